// jobs - What the receive workload does end to end. Counts are primes, so that no two are mistaken for each other.

import { ALL } from "../../../collector/testing/gauntlet.ts";
import type { Job } from "../../receive/job/options.ts";

export type E2eJob = Partial<Job> & { name: string };

const MISDEEDS: E2eJob[] = [
  { name: "clean" },
  { name: "23 kept", keep: 23 },
  { name: "61 kept, 3 of 8 leak", connections: 8, leaky: 3, keep: 61, bytes: 300_000 },
  { name: "killed while holding", close: "kill", keep: 23 },
  { name: "exit while holding", close: "exit", keep: 61 },
  { name: "dup", dup: true, keep: 23 },
  { name: "fork", fork: true, keep: 23 },
  { name: "binding closed first", unbindFirst: true, keep: 127 },
  { name: "oversized batch", oversized: 131 },
  { name: "1024-frag stop", overFrags: 1031, bytes: 6_000_000 },
  { name: "1024-frag stop, rest returned", overFrags: 1031, overFragsRest: "return", bytes: 6_000_000 },
  { name: "double return", returnTwice: 23 },
  { name: "wrong socket", connections: 2, wrongSocket: 23, bytes: 300_000 },
  { name: "peek, kept", peek: 3 },
  { name: "peek, returned", peek: 3, peekReturn: true },
  { name: "no MSG_SOCK_DEVMEM, no room", plain: 2, cramped: 3 },
  { name: "run dry", runDry: 1500, rest: 200, dmabufPages: 8192, bytes: 40_000_000 },
  { name: "FIN_WAIT", finWait: 1500, keep: 23 },
];

/** Only possible on a kernel with SO_DEVMEM_AUTORELEASE; the option is 0 unless a job sets it. */
const MANUAL: E2eJob[] = [
  { name: "clean" },
  { name: "23 kept", keep: 23 },
  { name: "61 kept, several to a page", keep: 61, readSize: 1500, bytes: 400_000 },
  { name: "2 sockets, one leaks 127", connections: 2, leaky: 1, keep: 127 },
  { name: "61 kept, 38 returned through a second socket", connections: 2, leaky: 1, keep: 61, returnVia: 38 },
  {
    name: "61 kept, all returned through a second socket",
    connections: 2,
    leaky: 1,
    keep: 61,
    returnVia: 61,
  },
  { name: "23 returned through a second socket, both open", connections: 2, wrongSocket: 23 },
  { name: "unbound while both hold", connections: 2, keep: 61, unbindFirst: true },
  { name: "double return", returnTwice: 23 },
  { name: "oversized batch", oversized: 131 },
  { name: "1024-frag stop", overFrags: 1031, bytes: 6_000_000 },
  { name: "peek, kept", peek: 3 },
  { name: "killed while holding", close: "kill", keep: 23 },
  { name: "dup, fork", fork: true, keep: 23 },
  { name: "FIN_WAIT", finWait: 1500, keep: 23 },
  { name: "EBUSY, value 2", keep: 23, switch: ["1", "2"], tail: 100_000 },
  { name: "EBUSY, all returned, switched, 23 kept", keep: 23, switch: ["1", "return", "1"], tail: 200_000 },
  { name: "switched to manual, 23 kept", autorelease: "1", keep: 23, switch: ["return", "0"], tail: 200_000 },
  { name: "second binding", keep: 23, secondQueue: 2, tail: 100_000 },
  { name: "option 1, 23 kept", autorelease: "1", keep: 23 },
  { name: "option 1, second binding", autorelease: "1", keep: 23, secondQueue: 2, tail: 100_000 },
];

/** The last one: it leaves a dma-buf that is never freed. */
const UNBIND_RACE: E2eJob = { name: "unbind race", unbindRace: true, tail: 30_000 };

/** Has received everything before the tracer attaches; closes its sockets under it. */
const EARLIER: E2eJob = { name: "before the tracer", keep: 61, autorelease: "0", pause: 20_000 };

/** Ends a job that hangs; no job takes this long, however busy the host is. */
export const DEADLINE_S = 3600;

const FIRST_PORT = { 4: 5400, 6: 5600 } as const;
const MANUAL_PORT = 5800;

/** Every misdeed over one IP version, each on its own port, which identifies its sockets. */
export function jobs(family: 4 | 6): E2eJob[] {
  return MISDEEDS.map((job, i) => ({
    ...job,
    name: `IPv${family}: ${job.name}`,
    family: String(family) as "4" | "6",
    port: FIRST_PORT[family] + i,
    peer: "peer",
    deadline: DEADLINE_S,
  }));
}

/** The jobs whose name contains one of these words. */
export function jobsNamed(all: E2eJob[], words: string[]): E2eJob[] {
  return all.filter(({ name }) => words.some((word) => name.includes(word)));
}

const EVERY_WAY_TO_END = ["clean", "23 kept", "double return", "killed while holding", "FIN_WAIT"];

/** Over IPv6 what IPv4 has shown in the same guest: without --all a few, as trixie does all of it. */
export function fewJobs6(): E2eJob[] {
  return ALL ? jobs(6) : jobsNamed(jobs(6), EVERY_WAY_TO_END);
}

/** The misdeeds of a mainline kernel with the option at 1, where nothing may differ. */
export function optionOneJobs(): E2eJob[] {
  return [...jobs(4), ...fewJobs6()].map((job) => ({
    ...job,
    name: `option 1: ${job.name}`,
    autorelease: "1",
  }));
}

/** Everything about manual mode; the last job leaves a binding that is stuck. */
export function manualJobs(): E2eJob[] {
  return [...MANUAL, UNBIND_RACE].map((job, i) => inManualMode(job, i));
}

export function earlierJob(): E2eJob {
  return inManualMode(EARLIER, -1);
}

function inManualMode(job: E2eJob, i: number): E2eJob {
  return { ...job, port: MANUAL_PORT + i, peer: "peer", deadline: DEADLINE_S };
}
