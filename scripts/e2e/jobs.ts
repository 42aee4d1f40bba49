// jobs - What the receive workload is made to do end to end; counts are primes, so that no two are mistaken for each other.

import type { Job } from "../receive/options.ts";

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

const FIRST_PORT = { 4: 5400, 6: 5600 } as const;

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
