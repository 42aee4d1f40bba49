// restarting-tracer - bpftrace kept running: started again when it ends by itself, watched for silence and for skipped probe runs.

import type { Starter, Tracer } from "../bpftrace/bpftrace.ts";
import type { Line } from "../events/bpftrace-line.ts";
import { Inbox } from "./line-queue.ts";
import type { Misses, Skipped } from "./skipped-runs.ts";
import { Silence } from "./watchdog.ts";

/** What is to be said of bpftrace itself, between its lines. */
export type Notice =
  | { kind: "gap"; detail: string }
  | { kind: "resumed" }
  /** No line for `silent` ns. */
  | { kind: "stall"; silent: number }
  | ({ kind: "skipped" } & Skipped);

/** A tracer that goes on in spite of a bpftrace that was killed. */
export interface KeptTracer extends Omit<Tracer, "lines"> {
  lines: AsyncIterable<Line | Notice>;
}

/** A tick is due every second. */
const SILENCE_MS = 5000;
/** Lines read ahead of whoever reads us. */
const ROOM = 8192;
/** So many starts in a row that did not last this long are enough. */
const STARTS = 3;
const LASTS_MS = 10_000;

/**
 * Starts bpftrace by `start` and starts it again whenever it ends unasked. Throws UserError when the first start fails.
 * @param misses those of the bpftrace with this pid
 */
export async function keepTracing(start: Starter, misses: (pid: number) => Misses): Promise<KeptTracer> {
  const keeper = new Keeper(start, misses);
  return keeper.begin();
}

class Keeper {
  readonly #start: Starter;
  readonly #missesOf: (pid: number) => Misses;
  readonly #stopping = new AbortController();
  readonly #inbox = new Inbox<Line | Notice>();
  #tracer: Tracer | null = null;
  #misses: Misses | null = null;
  #quick = 0;

  constructor(start: Starter, missesOf: (pid: number) => Misses) {
    this.#start = start;
    this.#missesOf = missesOf;
  }

  async begin(): Promise<KeptTracer> {
    const first = await this.#start(this.#stopping.signal);
    const ended = this.#run(first);
    ended.then(() => this.#inbox.end());
    const pid = () => this.#tracer?.pid ?? first.pid;
    return {
      version: first.version,
      get pid() {
        return pid();
      },
      lines: this.#inbox,
      stop: () => this.#stop(),
      ended,
    };
  }

  #stop(): void {
    this.#tellMisses();
    this.#stopping.abort();
    this.#tracer?.stop();
  }

  /** Until it ended for good: why, empty when it was asked to. */
  async #run(first: Tracer): Promise<string> {
    let tracer = first;
    for (;;) {
      const why = await this.#follow(tracer);
      if (this.#stopping.signal.aborted || this.#quick >= STARTS) return why;
      this.#inbox.put({ kind: "gap", detail: why || "bpftrace ended unasked." });
      try {
        tracer = await this.#start(this.#stopping.signal);
      } catch (error) {
        return this.#stopping.signal.aborted
          ? ""
          : `${why} It could not be started again: ${(error as Error).message}`;
      }
      this.#inbox.put({ kind: "resumed" });
    }
  }

  async #follow(tracer: Tracer): Promise<string> {
    this.#tracer = tracer;
    this.#misses = this.#missesOf(tracer.pid);
    const started = performance.now();
    const watch = new Silence(SILENCE_MS, (silent) => this.#inbox.put({ kind: "stall", silent }));
    for await (const line of tracer.lines) {
      watch.heard();
      this.#inbox.put(line);
      if (line.kind === "text" && line.text.startsWith("tick ")) this.#tellMisses();
      // Whoever reads us is slow: so are we, and what bpftrace has no room for it counts as lost.
      if (this.#inbox.waiting >= ROOM) await watch.without(this.#inbox.emptied());
    }
    watch.end();
    this.#quick = performance.now() - started < LASTS_MS ? this.#quick + 1 : 0;
    return tracer.ended;
  }

  #tellMisses(): void {
    for (const skipped of this.#misses?.take() ?? []) this.#inbox.put({ kind: "skipped", ...skipped });
  }
}
