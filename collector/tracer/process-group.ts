// process-group - Everything a traced command has started, to be ended with it.
//
// Without a terminal the command leads a group (and session) of its own, and the group is signalled. On a terminal it stays in
// the terminal's foreground group, which is ours: in any other it could not read from the terminal. Members of that group
// that are not the command's, such as the other end of a pipeline, are left alone.

import { readdirSync, readFileSync } from "node:fs";

/** A process, as /proc/PID/stat has it (proc_pid_stat(5)). */
export interface Process {
  pid: number;
  ppid: number;
  pgrp: number;
}

/** Whether this process has a controlling terminal. */
function hasTerminal(): boolean {
  return Number(fieldsOf("self")?.[4] ?? 0) !== 0;
}

/** What a command is about to be started into. */
export interface Group {
  /** Whether the command leads its own. */
  own: boolean;
  /** Who was there before it, where it is ours. */
  before: ReadonlySet<number>;
}

/** The group for a command that is started now. */
export function groupForCommand(): Group {
  const own = !hasTerminal();
  return { own, before: new Set(own ? [] : processes().map(({ pid }) => pid)) };
}

/** Sends `signal` to the command `leader` and everything it has started, as far as that has not left the group. */
export function signalGroup(leader: number, { own, before }: Group, signal: NodeJS.Signals): void {
  if (own) return send(-leader, signal);
  for (const pid of startedBy(leader, processes(), process.pid)) if (!before.has(pid)) send(pid, signal);
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch {} // It has ended.
}

/**
 * The members of the group of `self` that `leader` and its children started: those below it, and those whose parent
 * has ended. Processes that `self` and its siblings descend from, the siblings, and what is below them, are not.
 */
export function startedBy(leader: number, all: readonly Process[], self: number): number[] {
  const byPid = new Map(all.map((one) => [one.pid, one]));
  const own = byPid.get(self);
  const group = all.filter(({ pid, pgrp }) => pgrp === own?.pgrp && pid !== self);
  return group
    .filter((one) => isBelow(leader, one, byPid) || isOrphan(one, byPid, own))
    .map(({ pid }) => pid);
}

/** The chain of parents of a process, itself first, as far as it is in the same group. */
function chain(one: Process, byPid: ReadonlyMap<number, Process>): Process[] {
  const parents = [one];
  for (let at = byPid.get(one.ppid); at?.pgrp === one.pgrp; at = byPid.get(at.ppid)) parents.push(at);
  return parents;
}

function isBelow(leader: number, one: Process, byPid: ReadonlyMap<number, Process>): boolean {
  return chain(one, byPid).some(({ pid }) => pid === leader);
}

/** Whether it is below a process of the group that init, or a reaper in its stead, has taken over. */
function isOrphan(one: Process, byPid: ReadonlyMap<number, Process>, own: Process | undefined): boolean {
  if (!own) return false;
  const ancestors = chain(own, byPid);
  const top = chain(one, byPid).at(-1) as Process;
  const isOfOurs = ancestors.includes(top) || top.ppid === (ancestors.at(-1) as Process).ppid;
  return !isOfOurs;
}

function processes(): Process[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const [, ppid, pgrp] = fieldsOf(pid) ?? [];
    return ppid === undefined ? [] : [{ pid: Number(pid), ppid: Number(ppid), pgrp: Number(pgrp) }];
  });
}

/** state, ppid, pgrp, session, tty_nr, …: what follows the name, which may have any character. */
function fieldsOf(pid: string): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null; // It has ended.
  }
}
