// privileges - The capabilities that tracing and reading the kernel need: which this process has, and the fix for a missing one.

import { readFileSync } from "node:fs";

/** Bits of a capability set that matter here, include/uapi/linux/capability.h. */
const BITS = {
  CAP_DAC_OVERRIDE: 1,
  CAP_DAC_READ_SEARCH: 2,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
};
export type Capability = keyof typeof BITS;

/** What a process may do, and what the host requires. */
export interface Privileges {
  /** Effective user. */
  uid: number;
  effective: ReadonlySet<Capability>;
  /** kernel.perf_event_paranoid; null where it cannot be read. Debian has 3 and 4, which require CAP_SYS_ADMIN for any event. */
  perfEventParanoid: number | null;
}

/** From /proc/self and /proc/sys. Never throws: what cannot be read counts as absent. */
export function ownPrivileges(): Privileges {
  const status = read("/proc/self/status");
  return {
    uid: Number(/^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1] ?? -1),
    effective: capabilitiesOf(/^CapEff:\s+([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"),
    perfEventParanoid: numberOr(read("/proc/sys/kernel/perf_event_paranoid")),
  };
}

/** The capabilities in a set, hexadecimal as in /proc/PID/status. */
export function capabilitiesOf(hex: string): Set<Capability> {
  const set = BigInt(`0x${hex}`);
  const names = Object.keys(BITS) as Capability[];
  return new Set(names.filter((name) => (set >> BigInt(BITS[name])) & 1n));
}

/**
 * What is missing to trace: CAP_BPF to load programs and maps, CAP_PERFMON to attach them and read kernel memory;
 * CAP_SYS_ADMIN implies both (bpf_capable, perfmon_capable in include/linux/capability.h).
 */
export function lackingToTrace(has: Privileges): Capability[] {
  if (has.effective.has("CAP_SYS_ADMIN")) return [];
  const strict = (has.perfEventParanoid ?? 0) > 2;
  const needed: Capability[] = ["CAP_BPF", "CAP_PERFMON", ...(strict ? (["CAP_SYS_ADMIN"] as const) : [])];
  return needed.filter((name) => !has.effective.has(name));
}

/** What bpftrace requires of a user who is not root; versions up to 0.23 require user 0, whatever its capabilities. */
export function lackingForBpftrace(has: Privileges, version: string): (Capability | "user 0")[] {
  if (has.uid === 0) return [];
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major === 0 && minor <= 23) return ["user 0"];
  const needed: Capability[] = ["CAP_BPF", "CAP_PERFMON", "CAP_DAC_READ_SEARCH", "CAP_DAC_OVERRIDE"];
  return needed.filter((name) => !has.effective.has(name));
}

/** What is missing to read every network namespace (setns) and who has which socket open (/proc/PID/fd, ns). */
export function lackingToRead(has: Privileges): Capability[] {
  const needed: Capability[] = ["CAP_BPF", "CAP_PERFMON", "CAP_SYS_ADMIN", "CAP_SYS_PTRACE"];
  return needed.filter((name) => !has.effective.has(name));
}

/** "Tracing needs CAP_PERFMON; this process (user 1000) lacks it. Run it with sudo …": what, why, and what to do. */
export function lackText(
  what: string,
  lacking: readonly string[],
  { uid, perfEventParanoid }: Privileges,
): string {
  const isStrict = lacking.includes("CAP_SYS_ADMIN") && what === "Tracing";
  const because = isStrict ? `, because kernel.perf_event_paranoid is ${perfEventParanoid}` : "";
  const [it, only] = lacking.length === 1 ? ["it", "only that"] : ["them", "only these"];
  return `${what} needs ${lacking.join(" and ")}${because}; this process (user ${uid}) lacks ${it}. Run it with sudo, or grant ${only}: see docs/privileges.md.`;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function numberOr(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}
