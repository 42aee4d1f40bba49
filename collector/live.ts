// live - This host as a stream: bpftrace's lines, parsed, between a header and an end.

import { startTracer, type Tracer } from "./bpftrace.ts";
import type { Event, Header, Level, LostEvent } from "./event.ts";
import { requireKernel } from "./kernel.ts";
import type { Line } from "./line.ts";
import { originOf } from "./origin.ts";
import { type Epoch, epoch, parse } from "./parse.ts";
import { program } from "./probes.ts";
import { FORMAT, type Stream } from "./recording.ts";
import { TOOL } from "./version.ts";

/** A stream that goes on until it is stopped; after `stop` the events that are left still come, then `end`. */
export interface LiveStream extends Stream {
  stop(): void;
}

/** Attaches the probes of `level`; resolves when every one is attached. Throws UserError (exit 4) where it cannot. */
export async function traceHost(level: Level): Promise<LiveStream> {
  const kernel = requireKernel();
  const origin = originOf();
  const tracer = await startTracer(program(level, kernel.variant));
  const header: Header = {
    devmemTrace: FORMAT,
    tool: TOOL,
    level,
    kernel,
    bpftrace: tracer.version,
    ...origin,
  };
  return { header, events: events(tracer, epoch(header.t0)), stop: tracer.stop };
}

async function* events(tracer: Tracer, from: Epoch): AsyncGenerator<Event> {
  let t = 0;
  for await (const line of tracer.lines) {
    const event = eventOf(line, from, t);
    if (!event) continue;
    t = event.t;
    yield event;
  }
  const detail = await tracer.ended;
  yield { kind: "end", t, reason: detail === "" ? "stopped" : "died", detail };
}

function eventOf(line: Line, from: Epoch, t: number): Event | null {
  switch (line.kind) {
    case "text":
      return parse(line.text, from) ?? lost("parse", 1, t, line.text);
    case "lost":
      return lost("bpftrace", line.count, t, "");
    case "full":
      return lost("map", 1, t, "");
    case "other":
      return lost("parse", 1, t, line.text);
    case "attached":
      return null;
  }
}

function lost(what: LostEvent["what"], count: number, t: number, text: string): LostEvent {
  return { kind: "lost", t, count, what, detail: text.slice(0, 200) };
}
