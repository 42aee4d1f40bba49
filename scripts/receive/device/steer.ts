// steer - Points the test's port at the bound queue, and all other traffic at the queues below it (ethtool).
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { Failure } from "../failure.ts";

/** A removed device has no rules left. */
const exists = (ifname: string) => fs.existsSync(`/sys/class/net/${ifname}`);

/** Throws Failure when there is no such device or it lacks one of the receive queues. */
export function checkDevice(ifname: string, queues: readonly number[]): void {
  if (!exists(ifname)) throw new Failure(`no network device is called ${ifname}; see: ip link`);
  const there = fs
    .readdirSync(`/sys/class/net/${ifname}/queues`)
    .filter((queue) => queue.startsWith("rx-")).length;
  const missing = queues.find((queue) => queue >= there);
  if (missing !== undefined)
    throw new Failure(`${ifname} has receive queues 0 to ${there - 1}, not ${missing}`);
}

/** Splits headers from data, which devmem needs, and keeps queues from `queue` up free of other traffic. */
export function prepareDevice(ifname: string, queue: number): void {
  const split = ["-G", ifname, "tcp-data-split", "on"];
  // hds-thresh exists since 6.14
  if (ethtool([...split, "hds-thresh", "0"]).status !== 0) must(split);
  ethtool(["-K", ifname, "ntuple", "on"]);
  must(["-X", ifname, "equal", String(queue)]);
}

/** Restores the driver's own spread over the queues. */
export function restoreDevice(ifname: string): void {
  if (exists(ifname)) must(["-X", ifname, "default"]);
}

/** Steers TCP to `port` to `queue`; the rule's number. */
export function steer(ifname: string, family: "4" | "6", port: number, queue: number): string {
  const rule = ["flow-type", `tcp${family}`, "dst-port", String(port), "action", String(queue)];
  const id = must(["-N", ifname, ...rule]).match(/rule with ID (\d+)/)?.[1];
  if (id === undefined) throw new Failure(`ethtool -N ${ifname} did not name the rule it made`);
  return id;
}

/** Removes the rule. */
export function unsteer(ifname: string, rule: string): void {
  if (exists(ifname)) must(["-N", ifname, "delete", rule]);
}

function must(args: string[]): string {
  const { status, stdout, stderr, error } = ethtool(args);
  if (status === 0) return stdout;
  const why = error ? `${error.message}; is ethtool installed?` : stderr.trim().replaceAll("\n", "; ");
  throw new Failure(`ethtool ${args.join(" ")}: ${why}`);
}

function ethtool(args: string[]) {
  return spawnSync("ethtool", args, { encoding: "utf8" });
}
