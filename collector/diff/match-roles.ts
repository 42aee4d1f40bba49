// match-roles - Which sockets of A are those of B: the same role, else the same program and device on other ports.

import { listsBy } from "../base/lists.ts";
import type { Group, Side } from "./side.ts";

/** What A and B have under the same key; undefined where one has none. */
export type Pair<T> = [T | undefined, T | undefined];

/** Everything that either has, in A's order, then what only B has. */
export function inBoth<T>(a: Map<string, T>, b: Map<string, T>): Pair<T>[] {
  return [...new Set([...a.keys(), ...b.keys()])].map((key) => [a.get(key), b.get(key)]);
}

/**
 * The roles of A and B. A program of which neither run has a port of the other is the same program on another port: its
 * remaining roles on a device are compared as one.
 */
export function matchedRoles(a: Side, b: Side): Pair<Group>[] {
  const [left, right] = [byProgram(a, b), byProgram(b, a)];
  const moved = [...left.keys()].filter((program) => right.has(program));
  const joined = moved.map(
    (program): Pair<Group> => [joinedOf(a, left, program), joinedOf(b, right, program)],
  );
  const isJoined = new Set(
    moved.flatMap((program) => [...(left.get(program) ?? []), ...(right.get(program) ?? [])]),
  );
  return [...inBoth(without(a.groups, isJoined), without(b.groups, isJoined)), ...joined];
}

/** The keys of the roles that only `side` has, by program and device. */
function byProgram(side: Side, other: Side): Map<string, string[]> {
  const own = [...side.groups].filter(([key]) => !other.groups.has(key));
  const keys = [...listsBy(own, ([, { role }]) => JSON.stringify([role.comm, role.device]))];
  return new Map(keys.map(([program, groups]) => [program, groups.map(([key]) => key)]));
}

function joinedOf(side: Side, keys: Map<string, string[]>, program: string): Group {
  return side.joined(keys.get(program) ?? []);
}

function without(groups: Map<string, Group>, keys: ReadonlySet<string>): Map<string, Group> {
  return new Map([...groups].filter(([key]) => !keys.has(key)));
}
