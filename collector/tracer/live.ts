// live - This host as a stream: bpftrace's lines, parsed, between a header and an end.

import { TOOL } from "../base/version.ts";
import { attached, attachPoints } from "../bpftrace/attach-points.ts";
import { hasRanges, requireBpftrace, startTracer } from "../bpftrace/bpftrace.ts";
import { requireFitting } from "../bpftrace/fitting.ts";
import type { Line } from "../events/bpftrace-line.ts";
import {
  BIRTHS,
  type Event,
  type Header,
  isTracerEvent,
  type Level,
  type LostEvent,
  type ProbeEvent,
} from "../events/event.ts";
import { type Epoch, epoch, parse } from "../events/parse.ts";
import { programsOf } from "../kernel/bpf-stats.ts";
import { kernelFunctions } from "../kernel/functions.ts";
import { requireKernel } from "../kernel/kernel.ts";
import { Processes } from "../kernel/processes.ts";
import { FORMAT } from "../recording/format/header.ts";
import type { Stream } from "../recording/stream.ts";
import { type Polling, startPolling } from "../snapshot/polling.ts";
import { type Meter, openMeter } from "./cost.ts";
import { originOf } from "./recording-origin.ts";
import { type RestartingTracer, startRestarting, type TracerStatus } from "./restarting-tracer.ts";
import { SkippedRuns } from "./skipped-runs.ts";

/** Text of a line that could not be read, as far as it is kept. */
const DETAIL_CHARACTERS = 200;

/** A stream that goes on until it is stopped; after `stop` the events that are left still come, then `end`. */
export interface LiveStream extends Stream {
  stop(): void;
}

/**
 * Attaches the probes of `level`; resolves when every one is attached. Throws UserError (exit 4) where it cannot.
 * @param births tokens whose birth levels holds and profile keep at once
 */
export async function traceHost(level: Level, births = BIRTHS): Promise<LiveStream> {
  const kernel = requireKernel();
  const version = requireBpftrace();
  const origin = originOf();
  const target = { ...kernel, hasRanges: hasRanges(version) };
  const { program, absent } = requireFitting(level, target, kernelFunctions(), births);
  const tracer = await startProgram(program, version);
  const meter = openMeter(tracer, program);
  const header: Header = {
    devmemTrace: FORMAT,
    tool: TOOL,
    level,
    kernel: { release: kernel.release, variant: kernel.variant },
    bpftrace: tracer.version,
    ...(absent.length > 0 && { absent }),
    ...origin,
  };
  const polling = await startPolling(kernel, level, epoch(header.t0)).catch((error) => {
    tracer.stop();
    throw error;
  });
  const trace = new HostTrace(header, tracer, meter, polling);
  return { header, events: trace.events(), stop: () => trace.stop() };
}

function startProgram(program: string, version: string): Promise<RestartingTracer> {
  const points = attachPoints(program);
  return startRestarting(
    (signal) => startTracer(program, version, { signal }),
    (pid) => {
      const programs = programsOf(pid);
      return new SkippedRuns(() => attached(programs(), points));
    },
  );
}

/** One trace of this host: bpftrace, what it costs, and the kernel read beside it. */
class HostTrace {
  readonly #tracer: RestartingTracer;
  readonly #meter: Meter;
  readonly #polling: Polling;
  readonly #from: Epoch;
  readonly #t0: bigint;
  readonly #processes = new Processes();
  #isStopped = false;
  /** Time of the newest event, and how many there were. */
  #t = 0;
  #count = 0;

  constructor({ t0 }: Header, tracer: RestartingTracer, meter: Meter, polling: Polling) {
    this.#tracer = tracer;
    this.#meter = meter;
    this.#polling = polling;
    this.#from = epoch(t0);
    this.#t0 = BigInt(t0);
  }

  /** The kernel is read once more before the probes go. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#polling.end();
    this.#meter.look();
    this.#tracer.stop();
  }

  async *events(): AsyncGenerator<Event> {
    for await (const line of this.#tracer.lines) {
      const event = this.#eventOf(line);
      if (!event) continue;
      this.#t = event.t;
      if (event.kind === "lost") this.#polling.lose();
      for (const one of isTracerEvent(event) ? [event] : this.#polling.pass(event)) {
        const named = this.#processes.namedFirstBy(one);
        if (named) yield named;
        this.#meter.see(one);
        this.#count++;
        yield one;
      }
      // The costs follow a tick: once a second, and in the stream's time.
      if (event.kind === "tick") yield* this.#meter.read(this.#t, this.#count);
    }
    yield* this.#meter.end(this.#t, this.#count);
    yield* this.#polling.finish(this.#t);
    const detail = await this.#tracer.ended;
    yield { kind: "end", t: this.#t, reason: detail === "" ? "stopped" : "died", detail };
  }

  /** What is known to be missing went missing before now, in whatever queue its lines were. */
  #eventOf(line: Line | TracerStatus): Event | null {
    if (line.kind !== "text") return this.#statusEvent(line);
    const event = parse(line.text, this.#from);
    return event ? withoutUs(event) : lost("parse", 1, this.#now(), line.text);
  }

  #statusEvent(line: Exclude<Line, { kind: "text" }> | TracerStatus): Event | null {
    const t = this.#now();
    switch (line.kind) {
      case "lost":
        return lost("bpftrace", line.count, t, "");
      case "full":
        return lost("map", 1, t, "");
      case "skipped":
        return lost("skipped", line.count, t, line.program);
      case "other":
        return lost("parse", 1, t, line.text);
      case "gap":
        return { kind: "gap", t, from: this.#t, detail: line.detail };
      case "resumed":
        return { kind: "resumed", t };
      case "stall":
        return { kind: "stall", t, silent: line.silent };
      case "attached":
        return null;
      default:
        return line satisfies never;
    }
  }

  #now(): number {
    return Number(process.hrtime.bigint() - this.#t0);
  }
}

/** When a program closes a socket while we read it, we do the close (snapshot/reader.ts): who it was is not known. */
function withoutUs(event: ProbeEvent): ProbeEvent {
  return event.kind === "close" && event.pid === process.pid ? { ...event, pid: 0, comm: "" } : event;
}

function lost(what: LostEvent["what"], count: number, t: number, text: string): LostEvent {
  return { kind: "lost", t, count, what, detail: text.slice(0, DETAIL_CHARACTERS) };
}
