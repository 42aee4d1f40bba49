// live - This host as a stream: bpftrace's lines, parsed, between a header and an end.

import { TOOL } from "../base/version.ts";
import { startTracer } from "../bpftrace/bpftrace.ts";
import { program } from "../bpftrace/probes.ts";
import type { Line } from "../events/bpftrace-line.ts";
import {
  BIRTHS,
  type Event,
  type Header,
  isTracerEvent,
  type Level,
  type LostEvent,
} from "../events/event.ts";
import { type Epoch, epoch, parse } from "../events/parse.ts";
import { attached, attachPoints, programsOf } from "../kernel/bpf-stats.ts";
import { requireKernel } from "../kernel/kernel.ts";
import { Processes } from "../kernel/processes.ts";
import { FORMAT } from "../recording/format/header.ts";
import type { Stream } from "../recording/stream.ts";
import { type Rounds, startRounds } from "../snapshot/polling.ts";
import { type Meter, openMeter } from "./cost.ts";
import { originOf } from "./recording-origin.ts";
import { type KeptTracer, keepTracing, type Notice } from "./restarting-tracer.ts";
import { Misses } from "./skipped-runs.ts";

const KEEPS_BIRTHS: ReadonlySet<Level> = new Set(["holds", "profile"]);

/** A stream that goes on until it is stopped; after `stop` the events that are left still come, then `end`. */
export interface LiveStream extends Stream {
  stop(): void;
}

/**
 * Attaches the probes of `level`; resolves when every one is attached. Throws UserError (exit 4) where it cannot.
 * @param births tokens whose birth levels holds and profile keep at once
 */
export async function traceHost(level: Level, births = BIRTHS): Promise<LiveStream> {
  const { slowpaths, ...kernel } = requireKernel();
  const origin = originOf();
  const text = program(level, kernel.variant, slowpaths);
  const kept = KEEPS_BIRTHS.has(level) ? births : 0;
  const points = attachPoints(text);
  const tracer = await keepTracing(
    (signal) => startTracer(text, kept, signal),
    (pid) => {
      const programs = programsOf(pid);
      return new Misses(() => attached(programs(), points));
    },
  );
  const meter = openMeter(tracer, text);
  const header: Header = {
    devmemTrace: FORMAT,
    tool: TOOL,
    level,
    kernel,
    bpftrace: tracer.version,
    ...origin,
  };
  const t0 = BigInt(header.t0);
  const from = epoch(header.t0);
  const rounds = await startRounds(kernel, level, from).catch((error) => {
    tracer.stop();
    throw error;
  });
  let stopped = false;
  const stop = () => {
    if (stopped) return;
    stopped = true;
    rounds.end();
    meter.look();
    tracer.stop();
  };
  return { header, events: events(tracer, meter, from, t0, rounds), stop };
}

/** The costs follow a tick: once a second, and in the stream's time. */
async function* events(
  tracer: KeptTracer,
  meter: Meter,
  from: Epoch,
  t0: bigint,
  rounds: Rounds,
): AsyncGenerator<Event> {
  const now = () => Number(process.hrtime.bigint() - t0);
  const who = new Processes();
  let [t, count] = [0, 0];
  for await (const line of tracer.lines) {
    const told = eventOf(line, from, now, t);
    if (!told) continue;
    const event = notByUs(told);
    t = event.t;
    if (event.kind === "lost") rounds.lose();
    for (const one of isTracerEvent(event) ? [event] : rounds.pass(event)) {
      const receiver = who.isIn(one);
      if (receiver) yield receiver;
      meter.see(one);
      count++;
      yield one;
    }
    if (event.kind === "tick") yield* meter.read(t, count);
  }
  yield* meter.end(t, count);
  yield* rounds.finish(t);
  const detail = await tracer.ended;
  yield { kind: "end", t, reason: detail === "" ? "stopped" : "died", detail };
}

/** A program that closes a socket while we read it (reader.ts) leaves the close to us: who it was is not told then. */
function notByUs(event: Event): Event {
  return event.kind === "close" && event.pid === process.pid ? { ...event, pid: 0, comm: "" } : event;
}

/** `last`: time of the event before. What is known to be missing went missing before `now`, wherever its lines are queued. */
function eventOf(line: Line | Notice, from: Epoch, now: () => number, last: number): Event | null {
  switch (line.kind) {
    case "text":
      return parse(line.text, from) ?? lost("parse", 1, now(), line.text);
    case "lost":
      return lost("bpftrace", line.count, now(), "");
    case "full":
      return lost("map", 1, now(), "");
    case "skipped":
      return lost("skipped", line.count, now(), line.program);
    case "other":
      return lost("parse", 1, now(), line.text);
    case "gap":
      return { kind: "gap", t: now(), from: last, detail: line.detail };
    case "resumed":
      return { kind: "resumed", t: now() };
    case "stall":
      return { kind: "stall", t: now(), silent: line.silent };
    case "attached":
      return null;
  }
}

function lost(what: LostEvent["what"], count: number, t: number, text: string): LostEvent {
  return { kind: "lost", t, count, what, detail: text.slice(0, 200) };
}
