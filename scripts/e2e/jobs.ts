// jobs - What the receive workload is made to do end to end; counts are primes, so that no two are mistaken for each other.

import type { Job } from "../receive/job/options.ts";

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
  { name: "run dry", runDry: 1500, rest: 200, dmabufPages: 8192, bytes: 40_000_000, deadline: 240 },
  { name: "FIN_WAIT", finWait: 1500, keep: 23 },
];

/** What only a kernel with SO_DEVMEM_AUTORELEASE can do; the option is 0 unless a job says otherwise. */
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

/** Last: it leaves a dma-buf behind that is never freed. */
const UNBIND_RACE: E2eJob = { name: "unbind race", unbindRace: true, tail: 30_000 };

/** Has received all it will before the tracer attaches; goes on, and ends, when it has. */
const EARLIER: E2eJob = {
  name: "before the tracer",
  keep: 61,
  autorelease: "0",
  pause: 20_000,
  deadline: 900,
};

const FIRST_PORT = { 4: 5400, 6: 5600 } as const;
const MANUAL_PORT = 5800;

/** Every misdeed over one IP version, each on a port of its own: that is how its sockets are told apart. */
export function jobs(family: 4 | 6): E2eJob[] {
  return MISDEEDS.map((job, i) => ({
    ...job,
    name: `IPv${family}: ${job.name}`,
    family: String(family) as "4" | "6",
    port: FIRST_PORT[family] + i,
    peer: "peer",
  }));
}

/** The misdeeds of a mainline kernel with the option set to 1, where nothing may have changed. */
export function optionOneJobs(): E2eJob[] {
  return [...jobs(4), ...jobs(6)].map((job) => ({ ...job, name: `option 1: ${job.name}`, autorelease: "1" }));
}

/** Everything manual mode is about, in a process each socket of which starts in it; the last binding gets stuck. */
export function manualJobs(): E2eJob[] {
  return [...MANUAL, UNBIND_RACE].map((job, i) => ({ ...job, port: MANUAL_PORT + i, peer: "peer" }));
}

export function earlierJob(): E2eJob {
  return { ...EARLIER, port: MANUAL_PORT - 1, peer: "peer" };
}
