// workload - The receive workload kept running, so that a measured job does not pay for starting it.

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Job } from "../receive/options.ts";
import type { Statement } from "../receive/statement.ts";

/** Runs jobs one at a time, each on a port of its own. */
export class Workload {
  readonly #child: ChildProcess;
  readonly #statements: AsyncIterator<string>;
  #port = 5300;

  constructor() {
    this.#child = spawn("node", ["--import", "tsx", "scripts/receive.ts", "--jobs", "-"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (!this.#child.stdout) throw new Error("the workload has no standard output");
    this.#statements = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Receives `bytes`, returns every token in batches of 64 unless `options` say else, and states what it did. */
  async receive(bytes: number, options: Partial<Job> = {}): Promise<Statement> {
    const job = { name: "bench", peer: "peer", port: this.#port++, bytes, ...options };
    this.#child.stdin?.write(`${JSON.stringify(job)}\n`);
    const next = await this.#statements.next();
    if (next.done) throw new Error("the workload ended early");
    return JSON.parse(next.value) as Statement;
  }

  end(): void {
    this.#child.stdin?.end();
  }
}
