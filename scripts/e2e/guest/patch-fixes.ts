// patch-fixes - Inside the autorelease guest: the faults of version 6 of the series that the guest's patch fixes.
//
// Prints a line of JSON per case, with the kernel's answer; suites/patch-fixes.ts has the right ones.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { errnoName } from "../../../collector/base/errno.ts";
import { Message } from "../../../collector/kernel/native.ts";
import { type Binding, bind } from "../../receive/device/binding.ts";
import { prepareDevice, restoreDevice, steer, unsteer } from "../../receive/device/steer.ts";
import { type Job, parseJob } from "../../receive/job/options.ts";
import { Sender } from "../../receive/sender/sending.ts";
import { stream } from "../../receive/session/stream.ts";
import { CMSG_SPACE, Issue } from "../../receive/socket/cmsg.ts";
import { Connection } from "../../receive/socket/connection.ts";
import { acceptAll, addressOf, endpoint, listen } from "../../receive/socket/listen.ts";
import { changeMode } from "../../receive/socket/mode.ts";

const DEVICE = "devmem0";
const QUEUE = 3;
const PORT = 5300;
const BYTES = 6_000_000;
const TAIL = 1_000_000;
const KEPT = 23;
const FOREIGN = 38;

const sender = new Sender("peer");
const buffers = { message: new Message(1 << 20, 256 * CMSG_SPACE), issue: new Issue(256) };

/** Connections that have received everything but the tail, and hold all of its tokens. */
class Scene {
  readonly binding: Binding = bind(DEVICE, [QUEUE], 4096);
  connections: Connection[] = [];
  readonly #job: Job;
  #sent: Promise<void> = Promise.resolve();

  constructor(connections: number) {
    this.#job = parseJob({ connections, bytes: BYTES, tail: TAIL });
  }

  async start(listenerMode?: number): Promise<Connection[]> {
    const to = addressOf(DEVICE, "4");
    const listener = listen("4", to, PORT, this.#job.connections);
    if (listenerMode !== undefined) changeMode(listener, listenerMode);
    this.#sent = sender.send({ ...this.#job, to, port: PORT, hold: 0 });
    const accepted = await acceptAll(listener, "4", endpoint("4", to, PORT), this.#job.connections);
    const plan = { keep: 0, stride: 1, reserve: 0, moves: false };
    this.connections = accepted.map((one) => new Connection(one, plan));
    return this.connections;
  }

  /** The first part; every token is in `kept`. */
  async receive(): Promise<Connection[]> {
    for (const connection of this.connections) connection.keepAll = true;
    await stream(this.connections, buffers, this.#job, BYTES - TAIL);
    return this.connections;
  }

  /** The tail; its tokens are in `kept` too. */
  async receiveTail(): Promise<void> {
    for (const connection of this.connections) connection.askForTail();
    await stream(this.connections, buffers, this.#job, BYTES);
  }

  async close(): Promise<void> {
    for (const { fd } of this.connections) fs.closeSync(fd);
    await this.#sent;
  }

  /** Whether the dma-buf is released, sooner or later. */
  async end(): Promise<boolean> {
    await this.close();
    this.binding.close();
    return released();
  }
}

async function released(): Promise<boolean> {
  for (let i = 0; i < 6000; i++) {
    if (/Total 0 objects/.test(fs.readFileSync("/sys/kernel/debug/dma_buf/bufinfo", "utf8"))) return true;
    await sleep(100);
  }
  return false;
}

const answer = (result: number) => (result < 0 ? errnoName(-result) : result);
const lastErrno = ({ modeChanges }: Connection) => modeChanges.at(-1)?.errno;

async function acceptedSockets(): Promise<unknown> {
  const modes = [];
  for (const listenerMode of [undefined, 0, 1]) {
    const scene = new Scene(1);
    await scene.start(listenerMode);
    const [one] = await scene.receive();
    one?.giveBackAll(128);
    await scene.receiveTail();
    modes.push(one?.accepted);
    await scene.end();
  }
  return modes;
}

async function nothingReceived(): Promise<unknown> {
  const scene = new Scene(1);
  const [one] = (await scene.start()) as [Connection];
  const result = answer(one.giveBack([0]));
  await scene.receive();
  one.giveBackAll(128);
  await scene.receiveTail();
  return [result, await scene.end()];
}

/** The socket points to a binding whose dma-buf is gone; what is read there must still be its memory. */
async function returnAfterUnbind(): Promise<unknown> {
  const scene = new Scene(1);
  await scene.start();
  const [one] = (await scene.receive()) as [Connection];
  const tokens = one.kept.slice(0, KEPT);
  one.giveBackAll(128);
  scene.binding.close();
  const gone = await released();
  const result = answer(one.giveBack([...tokens, 0, 4095, 4096, 2 ** 32 - 1]));
  await scene.receiveTail(); // in ordinary memory: the queue has no dma-buf now
  await scene.close();
  return [gone, result];
}

/** A count below zero would leave the tokens of the tail without a page reference, and give the page pool too many returns. */
async function doubleReturn(): Promise<unknown> {
  const scene = new Scene(1);
  await scene.start();
  const [one] = (await scene.receive()) as [Connection];
  const tokens = [...one.kept];
  one.giveBackAll(128);
  const again = [];
  while (tokens.length > 0) again.push(one.giveBack(tokens.splice(0, 128)));
  await scene.receiveTail();
  const held = one.tally.held;
  one.giveBackAll(128);
  return [Math.max(...again), one.tally.held - held === -held, await scene.end()];
}

/** The kernel stops this call at 1024 frags; what it freed must not prevent another mode. */
async function fragLimit(): Promise<unknown> {
  const scene = new Scene(1);
  await scene.start();
  const [one] = (await scene.receive()) as [Connection];
  const freed = one.giveBackRanges([{ start: Math.min(...one.kept), count: 4096 }]);
  one.giveBackAll(128);
  const held = one.tally.held;
  one.setMode(1);
  await scene.receiveTail();
  return [freed > 0, held, lastErrno(one), one.kept.includes(1), await scene.end()];
}

/** The second returns what the first received, then holds its own: the first count stays, the second starts at 0. */
async function anothersTokens(): Promise<unknown> {
  const scene = new Scene(2);
  await scene.start();
  const [first, second] = (await scene.receive()) as [Connection, Connection];
  const foreign = first.kept.splice(0, FOREIGN);
  second.giveBackAll(128);
  const freed = second.giveBack(foreign);
  await scene.receiveTail();
  second.setMode(1);
  const holding = lastErrno(second);
  second.giveBackAll(128);
  second.setMode(1);
  first.giveBackAll(128);
  first.setMode(1);
  return [freed, holding, lastErrno(second), lastErrno(first), await scene.end()];
}

const CASES = [acceptedSockets, nothingReceived, returnAfterUnbind, doubleReturn, fragLimit, anothersTokens];

prepareDevice(DEVICE, QUEUE);
const rule = steer(DEVICE, "4", PORT, QUEUE);
execFileSync("dmesg", ["-C"]);
for (const one of CASES) process.stdout.write(`${JSON.stringify([one.name, await one()])}\n`);
const said = execFileSync("dmesg", { encoding: "utf8" })
  .split("\n")
  // The clocks complain about a busy host.
  .filter((line) => line !== "" && !/\b(clocksource|hrtimer): /.test(line));
process.stdout.write(`${JSON.stringify(["kernel log", said])}\n`);
sender.stop();
unsteer(DEVICE, rule);
restoreDevice(DEVICE);
