// workload - The receive workload, kept running so that no measured job includes its start.

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Job } from "../receive/job/options.ts";
import type { Statement } from "../receive/session/statement.ts";

/** Runs jobs one at a time, each on a port of its own. */
export class Workload {
  readonly #child: ChildProcess;
  readonly #statements: AsyncIterator<string>;
  #port = 5300;

  constructor() {
    this.#child = spawn("scripts/run-ts", ["scripts/receive.ts", "--jobs", "-"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (!this.#child.stdout) throw new Error("the workload has no standard output");
    this.#statements = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Receives `bytes`, returns every token in batches of 64 unless `options` differ, and states what it did. */
  async receive(bytes: number, options: Partial<Job> = {}): Promise<Statement> {
    const job = { name: "bench", peer: "peer", port: this.#port++, bytes, deadline: 3600, ...options };
    this.#child.stdin?.write(`${JSON.stringify(job)}\n`);
    const next = await this.#statements.next();
    if (next.done) throw new Error("the workload ended early");
    return JSON.parse(next.value) as Statement;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  end(): void {
    this.#child.stdin?.end();
  }
}

/** All tokens its sockets were issued. */
export function tokensOf({ sockets }: Statement): number {
  return sockets.reduce((sum, { issued }) => sum + issued, 0);
}

/** User and system time of the receive loop per token, microseconds. */
export function cpuPerToken(statement: Statement): number {
  return (statement.cpuUs.user + statement.cpuUs.system) / tokensOf(statement);
}

/** System time alone, without the workload's own JavaScript. */
export function systemPerToken(statement: Statement): number {
  return statement.cpuUs.system / tokensOf(statement);
}
