// packets - Perfetto's trace packets as bytes: tracks, slices, instants, counters, flows. Times are CLOCK_MONOTONIC.

import { readFileSync } from "node:fs";
import protobuf from "protobufjs";
import { printable } from "../../base/format.ts";
import type { Header } from "../../events/event.ts";

const { root } = protobuf.parse(readFileSync(new URL("perfetto.proto", import.meta.url), "utf8"), {
  keepCase: true,
});
const Trace = root.lookupType("perfetto.protos.Trace");

const REALTIME = 1;
const MONOTONIC = 3;
const SEQUENCE = 1;
const STATE_CLEARED = 1;
const TYPE = { begin: 1, end: 2, instant: 3, counter: 4 } as const;
const UNIT = { count: 2, bytes: 3 } as const;

/** What a track is: a process, a thread of one, values over time, or just a name under another track. */
export interface Track {
  name: string;
  /** Uuid of the track it is drawn under. */
  parent?: number;
  process?: { pid: number };
  thread?: { pid: number; tid: number };
  counter?: { unit: keyof typeof UNIT; name?: string };
}

/** Details of an event, shown when it is clicked. */
export type Notes = Record<string, number | string>;

/** Flows are numbers we choose: an arrow goes from the event that starts one to the event that ends it. */
export interface Flows {
  starts?: number[];
  ends?: number[];
}

/** The packets of one sequence, kept until they are taken. */
export class Packets {
  readonly #t0: bigint;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #tracks = 0;

  /** Writes the first packet: which clocks the times belong to. */
  constructor({ t0, wall }: Header) {
    this.#t0 = BigInt(t0);
    const clocks = [
      { clock_id: MONOTONIC, timestamp: t0 },
      { clock_id: REALTIME, timestamp: String(BigInt(Date.parse(wall)) * 1_000_000n) },
    ];
    const clock_snapshot = { clocks, primary_trace_clock: MONOTONIC };
    this.#put({ ...this.#at(0), sequence_flags: STATE_CLEARED, clock_snapshot });
  }

  /** Bytes waiting to be taken. */
  get size(): number {
    return this.#size;
  }

  take(): Uint8Array {
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#size = 0;
    return all;
  }

  /** Describes a track and returns its uuid; describing the same `uuid` again renames it. */
  track({ name, parent, process, thread, counter }: Track, uuid = ++this.#tracks): number {
    const shown = printable(name);
    const track_descriptor = {
      uuid,
      name: shown,
      parent_uuid: parent,
      process: process && { pid: process.pid, process_name: shown },
      thread: thread && { pid: thread.pid, tid: thread.tid, thread_name: shown },
      counter: counter && { unit: UNIT[counter.unit], unit_name: counter.name },
    };
    this.#put({ trusted_packet_sequence_id: SEQUENCE, track_descriptor });
    return uuid;
  }

  begin(track: number, t: number, name: string, notes: Notes = {}): void {
    this.#event(t, { type: TYPE.begin, track_uuid: track, ...named(name, notes) });
  }

  end(track: number, t: number): void {
    this.#event(t, { type: TYPE.end, track_uuid: track });
  }

  instant(
    track: number,
    t: number,
    name: string,
    notes: Notes = {},
    { starts = [], ends = [] }: Flows = {},
  ): void {
    const flows = { flow_ids: starts, terminating_flow_ids: ends };
    this.#event(t, { type: TYPE.instant, track_uuid: track, ...named(name, notes), ...flows });
  }

  counter(track: number, t: number, value: number): void {
    this.#event(t, { type: TYPE.counter, track_uuid: track, counter_value: value });
  }

  #event(t: number, track_event: object): void {
    this.#put({ ...this.#at(t), track_event });
  }

  #at(t: number) {
    const timestamp = this.#t0 + BigInt(Math.round(t));
    return {
      timestamp: exact(timestamp),
      timestamp_clock_id: MONOTONIC,
      trusted_packet_sequence_id: SEQUENCE,
    };
  }

  /** Encodes a trace of one packet: traces set end to end are one trace. */
  #put(packet: object): void {
    const bytes = Trace.encode({ packet: [packet] }).finish();
    this.#chunks.push(bytes);
    this.#size += bytes.length;
  }
}

function named(name: string, notes: Notes) {
  const debug_annotations = Object.entries(notes).map(([key, value]) =>
    typeof value === "string"
      ? { name: key, string_value: printable(value) }
      : { name: key, int_value: exact(BigInt(Math.round(value))) },
  );
  return { categories: ["devmem"], name: printable(name), debug_annotations };
}

/** A 64-bit value as the library takes it: a number while that is exact, else decimal text. */
function exact(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
