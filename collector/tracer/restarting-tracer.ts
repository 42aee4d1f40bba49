// restarting-tracer - bpftrace kept running: started again when it ends by itself, watched for silence and skipped probe runs.

import type { Starter, Tracer } from "../bpftrace/bpftrace.ts";
import type { Line } from "../events/bpftrace-line.ts";
import { LineQueue } from "./line-queue.ts";
import type { Skipped, SkippedRuns } from "./skipped-runs.ts";
import { Watchdog } from "./watchdog.ts";

/** What happened to bpftrace itself, between its lines. */
export type TracerStatus =
  /** It ended; `detail`: why. */
  | { kind: "gap"; detail: string }
  | { kind: "resumed" }
  /** No line for `silent` ns. */
  | { kind: "stall"; silent: number }
  | ({ kind: "skipped" } & Skipped);

/** A tracer that goes on when its bpftrace is killed. */
export interface RestartingTracer extends Omit<Tracer, "lines"> {
  lines: AsyncIterable<Line | TracerStatus>;
}

/** Silence that is reported; a tick is due every second. */
const SILENCE_MS = 5000;
/** Lines that are read ahead of our reader. */
const ROOM = 8192;
/** This many starts in a row that did not last this long are enough. */
const QUICK_STARTS = 3;
const QUICK_MS = 10_000;

/**
 * Starts bpftrace by `start`, and again whenever it ends unasked. Throws UserError when the first start fails.
 * @param skippedRunsOf those of the bpftrace with this pid
 */
export async function startRestarting(
  start: Starter,
  skippedRunsOf: (pid: number) => SkippedRuns,
): Promise<RestartingTracer> {
  return new Restarter(start, skippedRunsOf).begin();
}

class Restarter {
  readonly #start: Starter;
  readonly #skippedRunsOf: (pid: number) => SkippedRuns;
  readonly #stopping = new AbortController();
  readonly #lines = new LineQueue<Line | TracerStatus>();
  #tracer: Tracer | null = null;
  #skippedRuns: SkippedRuns | null = null;
  #quickStarts = 0;

  constructor(start: Starter, skippedRunsOf: (pid: number) => SkippedRuns) {
    this.#start = start;
    this.#skippedRunsOf = skippedRunsOf;
  }

  async begin(): Promise<RestartingTracer> {
    const first = await this.#start(this.#stopping.signal);
    const ended = this.#run(first);
    ended.then(() => this.#lines.end());
    const pid = () => this.#tracer?.pid ?? first.pid;
    return {
      version: first.version,
      get pid() {
        return pid();
      },
      lines: this.#lines,
      stop: () => this.#stop(),
      ended,
    };
  }

  #stop(): void {
    this.#reportSkippedRuns();
    this.#stopping.abort();
    this.#tracer?.stop();
  }

  /** Until it has ended for good: why; empty when it was asked to. */
  async #run(first: Tracer): Promise<string> {
    let tracer = first;
    for (;;) {
      const why = await this.#follow(tracer);
      if (this.#stopping.signal.aborted || this.#quickStarts >= QUICK_STARTS) return why;
      this.#lines.put({ kind: "gap", detail: why || "bpftrace ended unasked." });
      try {
        tracer = await this.#start(this.#stopping.signal);
      } catch (error) {
        if (this.#stopping.signal.aborted) return "";
        return `${why} It could not be started again: ${(error as Error).message}`;
      }
      this.#lines.put({ kind: "resumed" });
    }
  }

  /** Passes on the lines of one bpftrace until it ends: why. */
  async #follow(tracer: Tracer): Promise<string> {
    this.#tracer = tracer;
    this.#skippedRuns = this.#skippedRunsOf(tracer.pid);
    const started = performance.now();
    const watchdog = new Watchdog(SILENCE_MS, (silent) => this.#lines.put({ kind: "stall", silent }));
    for await (const line of tracer.lines) {
      watchdog.heard();
      this.#lines.put(line);
      if (line.kind === "text" && line.text.startsWith("tick ")) this.#reportSkippedRuns();
      // Our reader is slow, so we are slow too: bpftrace counts as lost what it has no room for.
      if (this.#lines.waiting >= ROOM) await watchdog.pausedFor(this.#lines.emptied());
    }
    watchdog.end();
    this.#quickStarts = performance.now() - started < QUICK_MS ? this.#quickStarts + 1 : 0;
    return tracer.ended;
  }

  #reportSkippedRuns(): void {
    for (const skipped of this.#skippedRuns?.take() ?? []) this.#lines.put({ kind: "skipped", ...skipped });
  }
}
