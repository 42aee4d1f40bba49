// diff - Two recordings side by side: what got better, what got worse, and whether B leaks where A did not.

import { roleName } from "../ledger/sockets/role.ts";
import type { Role } from "../ledger/state/let-go.ts";
import { mapped } from "../output/memory.ts";
import type { Report } from "../report/shape.ts";
import { inBoth, matchedRoles } from "./match-roles.ts";
import { type Better, isStuck, KEPT_SHARE, type Measure, OF_DEVICE, OF_ROLE, type Unit } from "./measures.ts";
import type { Group, Side } from "./side.ts";

/** `other`: it changed, and that is neither good nor bad; null: one of the two recordings does not have it. */
export type Change = "better" | "worse" | "same" | "other" | null;

export interface Compared {
  name: string;
  unit: Unit;
  a: number | null;
  b: number | null;
  change: Change;
}

/** Whether a role leaks, by the evidence; `absent`: it is not in that recording. */
export type Leaks = "yes" | "no" | "unknown" | "absent";

export interface RoleDiff {
  role: Role;
  leaks: { a: Leaks; b: Leaks };
  measures: Compared[];
}

export interface DeviceDiff {
  device: string;
  measures: Compared[];
}

export interface SideHead extends Pick<Report, "verdict" | "level" | "kernel" | "lost"> {
  name: string;
  /** ns. */
  duration: number;
}

/** `worse` is about leaks only; the other measures are for the reader to judge. */
export interface Diff {
  schema: 1;
  outcome: "no worse" | "worse" | "inconclusive";
  why: string;
  a: SideHead;
  b: SideHead;
  roles: RoleDiff[];
  devices: DeviceDiff[];
}

/** Values that differ by less than this share count as the same: no two runs are alike. */
const NOISE = 0.1;

/** B against A. */
export function diffOf(a: Side, b: Side): Diff {
  const roles = mapped(matchedRoles(a, b), ([before, after]) => roleDiff(a, before, b, after));
  const devices = mapped(inBoth(a.devices, b.devices), ([before, after]) => ({
    device: (after ?? before)?.[0]?.ifname ?? "",
    measures: compared(OF_DEVICE, before, after),
  }));
  return { schema: 1, ...outcome(a, b, roles), a: head(a), b: head(b), roles, devices };
}

function head({ name, duration, report: { verdict, level, kernel, lost } }: Side): SideHead {
  return { name, verdict, level, kernel, lost, duration };
}

function roleDiff(a: Side, before: Group | undefined, b: Side, after: Group | undefined): RoleDiff {
  return {
    role: ((after ?? before) as Group).role,
    leaks: { a: leaks(a, before), b: leaks(b, after) },
    measures: compared(OF_ROLE, before, after),
  };
}

const LEAKS: ReadonlySet<string> = new Set(["lingering", "reclaimed", "leaked", "swept"]);

/** A role missing from an inconclusive recording may have been lost. */
function leaks({ report }: Side, group: Group | undefined): Leaks {
  if (!group) return report.verdict === "inconclusive" ? "unknown" : "absent";
  if (group.sockets.some(({ verdict }) => LEAKS.has(verdict))) return "yes";
  return group.sockets.some(({ verdict }) => verdict === "inconclusive") ? "unknown" : "no";
}

function compared<T>(measures: Measure<T>[], before: T | undefined, after: T | undefined): Compared[] {
  return measures.map(({ name, unit, better, value }) => {
    const a = before === undefined ? null : value(before);
    const b = after === undefined ? null : value(after);
    return { name, unit, a, b, change: change(a, b, better) };
  });
}

function change(a: number | null, b: number | null, better: Better): Change {
  if (a === null || b === null) return null;
  if (Math.abs(a - b) <= NOISE * Math.max(Math.abs(a), Math.abs(b))) return "same";
  if (better === null) return "other";
  return b < a === (better === "less") ? "better" : "worse";
}

function outcome(a: Side, b: Side, roles: RoleDiff[]): Pick<Diff, "outcome" | "why"> {
  const worse = [...roles.flatMap((role) => newLeak(role)), ...newlyStuck(a, b)];
  if (worse.length > 0) return { outcome: "worse", why: worse.join("; ") };
  const doubt = roles.map(roleDoubt).find((why) => why !== "") ?? sideDoubt(b);
  return doubt ? { outcome: "inconclusive", why: doubt } : { outcome: "no worse", why: "" };
}

/** Why it is unknown whether a role got worse; empty where it is known. */
function roleDoubt({ role, leaks }: RoleDiff): string {
  if (leaks.b === "unknown") return `whether ${roleName(role)} leaks in B is unknown`;
  return leaks.b === "yes" && leaks.a === "unknown"
    ? `${roleName(role)} leaks in B; whether it leaked in A is unknown`
    : "";
}

function sideDoubt({ report }: Side): string {
  return report.verdict === "inconclusive" ? `B is inconclusive: ${report.why}` : "";
}

function newLeak({ role, leaks, measures }: RoleDiff): string[] {
  if (leaks.b !== "yes") return [];
  if (leaks.a === "no") return [`${roleName(role)} leaks in B but not in A`];
  if (leaks.a === "absent") return [`${roleName(role)} leaks in B and is absent from A`];
  const share = measures.find(({ name }) => name === KEPT_SHARE.name);
  return leaks.a === "yes" && share?.change === "worse"
    ? [`${roleName(role)} keeps a larger share of its tokens in B than in A`]
    : [];
}

function newlyStuck(a: Side, b: Side): string[] {
  return [...b.devices]
    .filter(([device, bindings]) => bindings.some(isStuck) && !a.devices.get(device)?.some(isStuck))
    .map(([device]) => `a dma-buf on ${device || "?"} is unbound and not freed in B, and none was in A`);
}
