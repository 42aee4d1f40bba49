// let-go - The sums of what a ledger does not keep one by one: of sockets by role, of bindings.

import { addTo } from "../base/histogram.ts";
import { isKept } from "./evidence/close-evidence.ts";
import { pageSizeOf } from "./pinned.ts";
import { newCalls, sumOfCalls } from "./profile/calls.ts";
import { newProfile, PARTS } from "./profile/profile.ts";
import { keyOf, roleOf } from "./sockets/role.ts";
import { outstanding, sharedBinding } from "./sockets/socket.ts";
import type { LetGo, Measured, Role, RoleSums } from "./state/let-go.ts";
import type { Binding, Socket } from "./state/socket-and-binding.ts";

/** Nothing was let go. */
export function newLetGo(): LetGo {
  return {
    sockets: 0,
    leaks: 0,
    roles: new Map(),
    others: newRoleSums({ comm: "", port: 0, device: "" }),
    kept: 0,
    doubt: "",
    bindings: 0,
    lookedAt: { finished: 0, bindings: 0 },
    measured: {
      profile: newProfile(),
      calls: newCalls(),
      holds: null,
      pinnedBytes: 0,
      payloadBytes: -1,
      born: Number.POSITIVE_INFINITY,
      closedAt: 0,
    },
  };
}

function newRoleSums(role: Role): RoleSums {
  return {
    role,
    sockets: 0,
    leaks: 0,
    verdicts: {},
    issued: 0,
    returned: 0,
    reclaimed: 0,
    swept: 0,
    heldAtClose: 0,
    payloadBytes: 0,
    linearBytes: 0,
  };
}

/** What is to be remembered of a socket that is let go: its verdict, why, and whether it counts as a leak. */
export interface Judged {
  verdict: string;
  why: string;
  isLeak: boolean;
}

/** Adds a socket to the sums. There are never more than `most` roles. */
export function addSocket(letGo: LetGo, socket: Socket, judged: Judged, most: number): void {
  letGo.sockets += 1;
  if (judged.isLeak) letGo.leaks += 1;
  if (isKept(socket)) letGo.kept += 1;
  if (judged.verdict === "inconclusive") letGo.doubt ||= judged.why;
  sumUp(sumsFor(letGo, roleOf(socket), judged.isLeak, most), socket, judged);
  measure(letGo.measured, socket);
  forsake(socket);
}

function sumUp(sums: RoleSums, socket: Socket, { verdict, isLeak }: Judged): void {
  sums.sockets += 1;
  if (isLeak) sums.leaks += 1;
  sums.verdicts[verdict] = (sums.verdicts[verdict] ?? 0) + 1;
  sums.issued += socket.issued;
  sums.returned += socket.returned;
  sums.reclaimed += socket.reclaimed;
  sums.swept += socket.swept;
  sums.heldAtClose += socket.heldAtClose;
  sums.payloadBytes += Math.max(0, socket.payloadBytes);
  sums.linearBytes += socket.linearBytes;
}

/** The sums of a role. A role that leaks takes the place of one that does not, so that every leak has a name. */
function sumsFor(letGo: LetGo, role: Role, isLeak: boolean, most: number): RoleSums {
  const { roles, others } = letGo;
  const key = keyOf(role);
  const known = roles.get(key);
  if (known) return known;
  if (roles.size >= most && !(isLeak && makeRoom(letGo))) return others;
  const sums = newRoleSums(role);
  roles.set(key, sums);
  return sums;
}

/** Adds a role that never leaked to the others. Returns whether there was one. */
function makeRoom({ roles, others }: LetGo): boolean {
  for (const [key, sums] of roles) {
    if (sums.leaks > 0) continue;
    roles.delete(key);
    mergeInto(others, sums);
    return true;
  }
  return false;
}

const COUNTS = [
  "sockets",
  "leaks",
  "issued",
  "returned",
  "reclaimed",
  "swept",
  "heldAtClose",
  "payloadBytes",
  "linearBytes",
] as const;

/** Adds `sums` to those of several roles. */
function mergeInto(others: RoleSums, sums: RoleSums): void {
  for (const name of COUNTS) others[name] += sums[name];
  for (const [verdict, times] of Object.entries(sums.verdicts))
    others.verdicts[verdict] = (others.verdicts[verdict] ?? 0) + times;
}

function measure(measured: Measured, socket: Socket): void {
  const { profile, calls, holds, issued, payloadBytes, born, closedAt } = socket;
  for (const part of PARTS) if (profile[part].total > 0) addTo(measured.profile[part], profile[part]);
  if (calls.recvs + calls.returns + calls.waits > 0) measured.calls = sumOfCalls([measured.calls, calls]);
  if (holds) measured.holds = sumOfHolds(measured.holds, holds);
  measured.pinnedBytes += issued * pageSizeOf(socket);
  if (payloadBytes >= 0) measured.payloadBytes = Math.max(0, measured.payloadBytes) + payloadBytes;
  measured.born = Math.min(measured.born, born);
  measured.closedAt = Math.max(measured.closedAt, closedAt);
}

function sumOfHolds(known: Measured["holds"], more: NonNullable<Measured["holds"]>): Measured["holds"] {
  const sum = known ?? { age: 0, total: 0, overtaken: 0 };
  return {
    age: sum.age + more.age,
    total: sum.total + more.total,
    overtaken: sum.overtaken + more.overtaken,
  };
}

/** Manual mode: what it left pinned stays so until the unbind, and other sockets may still return it. */
function forsake(socket: Socket): void {
  const binding = sharedBinding(socket);
  const tokens = outstanding(socket);
  if (!binding || tokens <= 0 || binding.freedAt >= 0) return;
  socket.forsaken = true;
  binding.forsaken.sockets += 1;
  binding.forsaken.tokens += tokens;
}

/** The sums of all roles together. */
export function totalsOf({ roles, others }: LetGo): RoleSums {
  const all = newRoleSums(others.role);
  for (const sums of [...roles.values(), others]) mergeInto(all, sums);
  return all;
}

/** Sockets let go as leaks of which that is not sure: tokens came back through other sockets that may have been theirs. */
export function doubtfulLeaks({ forsaken, unattributed }: Binding): number {
  return unattributed.length + forsaken.returned > 0 ? forsaken.sockets : 0;
}
