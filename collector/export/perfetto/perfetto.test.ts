// perfetto - The trace decoded by a reader that shares no code with the writer, number for number against the report.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Event } from "../../events/event.ts";
import { select } from "../../report/selection.ts";
import { decoded, exported } from "../../testing/exports.ts";
import { capture, named } from "../../testing/recordings.ts";

const CAPTURES = ["clean-v1", "leak-v1", "misdeeds-v1", "tokens-v1", "manual-v1", "manual-tokens-v1"];
const TYPE = { begin: 1, end: 2, instant: 3, counter: 4 };

interface Packet {
  timestamp: number;
  timestamp_clock_id: number;
  sequence_flags: number;
  data: "clock_snapshot" | "track_event" | "track_descriptor";
  clock_snapshot: { clocks: { clock_id: number; timestamp: number }[]; primary_trace_clock: number };
  track_descriptor: Descriptor;
  track_event: TrackEvent;
}
interface Descriptor {
  uuid: number;
  parent_uuid: number;
  name: string;
  process?: { pid: number; process_name: string };
  thread?: { pid: number; tid: number };
  counter?: { unit: number };
}
interface TrackEvent {
  name: string;
  type: number;
  track_uuid: number;
  counter_value: number;
  flow_ids: number[];
  terminating_flow_ids: number[];
  debug_annotations: { name: string; int_value: number; string_value: string }[];
}
type At = TrackEvent & { t: number };

class Decoded {
  readonly packets: Packet[];
  readonly tracks = new Map<number, Descriptor>();
  readonly events: At[];

  constructor(bytes: Buffer) {
    this.packets = decoded<{ packet: Packet[] }>(
      new URL("perfetto.proto", import.meta.url),
      "Trace",
      bytes,
    ).packet;
    for (const { data, track_descriptor } of this.packets)
      if (data === "track_descriptor") this.tracks.set(track_descriptor.uuid, track_descriptor);
    this.events = this.packets
      .filter(({ data }) => data === "track_event")
      .map(({ timestamp, track_event }) => ({ ...track_event, t: timestamp }));
  }

  /** The track of this name, and what happened on it, in time. */
  on(name: string, parent = ""): At[] {
    const uuids = [...this.tracks.values()]
      .filter(
        (track) =>
          track.name === name && (parent === "" || this.tracks.get(track.parent_uuid)?.name === parent),
      )
      .map(({ uuid }) => uuid);
    return this.events.filter((event) => uuids.includes(event.track_uuid)).sort((a, b) => a.t - b.t);
  }
}

const traceOf = async (name: string) => new Decoded(await exported(capture(name), "perfetto"));
const reportOf = async (name: string) => (await select(await capture(name), {})).report;

/** The field numbers that Perfetto publishes. */
const PUBLISHED = {
  Trace: { packet: 1 },
  TracePacket: {
    clock_snapshot: 6,
    timestamp: 8,
    trusted_packet_sequence_id: 10,
    track_event: 11,
    sequence_flags: 13,
    timestamp_clock_id: 58,
    track_descriptor: 60,
  },
  ClockSnapshot: { clocks: 1, primary_trace_clock: 2 },
  Clock: { clock_id: 1, timestamp: 2 },
  TrackDescriptor: { uuid: 1, name: 2, process: 3, thread: 4, parent_uuid: 5, counter: 8 },
  ProcessDescriptor: { pid: 1, process_name: 6 },
  ThreadDescriptor: { pid: 1, tid: 2, thread_name: 5 },
  CounterDescriptor: { unit: 3, unit_name: 6 },
  TrackEvent: {
    debug_annotations: 4,
    type: 9,
    track_uuid: 11,
    categories: 22,
    name: 23,
    counter_value: 30,
    flow_ids: 47,
    terminating_flow_ids: 48,
  },
  DebugAnnotation: { int_value: 4, string_value: 6, name: 10 },
};

test("every field has the number Perfetto publishes, flows are fixed64", () => {
  const numbers: Record<string, Record<string, number>> = {};
  let message = "";
  for (const line of readFileSync(new URL("perfetto.proto", import.meta.url), "utf8").split("\n")) {
    message = /message (\w+) \{/.exec(line)?.[1] ?? message;
    const [, type, field, number] = /^\s*(?:optional |repeated )?([\w.]+) (\w+) = (\d+);/.exec(line) ?? [];
    if (!field) continue;
    // What follows a nested message belongs to the one around it.
    const of =
      message === "Clock" && ["clocks", "primary_trace_clock"].includes(field) ? "ClockSnapshot" : message;
    numbers[of] = { ...numbers[of], [field]: Number(number) };
    if (field.endsWith("flow_ids")) assert.equal(type, "fixed64");
  }
  assert.deepEqual(numbers, PUBLISHED);
});

for (const name of CAPTURES)
  test(`${name}: a trace that another reader understands`, async () => {
    const { packets, tracks, events } = await traceOf(name);
    assert.equal(packets[0]?.sequence_flags, 1, "readers skip everything before this flag");
    const open = new Map<number, number>();
    for (const { type, track_uuid } of events.toSorted((a, b) => a.t - b.t)) {
      const track =
        tracks.get(track_uuid) ?? assert.fail(`an event of track ${track_uuid}, which is not described`);
      assert.equal(type === TYPE.counter, track.counter !== undefined);
      if (type === TYPE.begin) open.set(track_uuid, (open.get(track_uuid) ?? 0) + 1);
      if (type === TYPE.end) open.set(track_uuid, (open.get(track_uuid) ?? 0) - 1);
      assert.ok((open.get(track_uuid) ?? 0) >= 0, "a slice ends before it begins");
    }
    for (const { parent_uuid } of tracks.values()) assert.ok(parent_uuid === 0 || tracks.has(parent_uuid));
    assert.ok(
      packets.every(
        ({ data, timestamp_clock_id }) => data === "track_descriptor" || timestamp_clock_id === 3,
      ),
    );
  });

for (const name of CAPTURES)
  test(`${name}: tracks, counters and leaks agree with the report`, async () => {
    const trace = await traceOf(name);
    const { sockets, bindings } = await reportOf(name);
    for (const {
      local,
      remote,
      outstanding,
      heldAtClose,
      pinnedBytes,
      closedAt,
      firstTokenAt,
      pid,
      comm,
    } of sockets) {
      const track = `${local} <- ${remote}`;
      const held = trace.on("outstanding", track);
      assert.equal(held.at(-1)?.counter_value, outstanding);
      assert.ok(held.every(({ counter_value }) => counter_value >= 0));
      assert.ok(held.some(({ counter_value }) => counter_value >= heldAtClose));
      assert.equal(trace.on("pinned", track).at(-1)?.counter_value, pinnedBytes);
      const states = trace.on(track, comm);
      assert.equal(states[0]?.t, firstTokenAt);
      const leaks = states.filter((event) => event.name.startsWith("closed holding"));
      assert.deepEqual(
        leaks.map(({ t, type, name: what, debug_annotations }) => [
          ...[t, type, what],
          debug_annotations.find((note) => note.name === "heldAtClose")?.int_value,
        ]),
        heldAtClose === 0
          ? []
          : [
              [
                closedAt,
                TYPE.instant,
                `closed holding ${heldAtClose} token${heldAtClose === 1 ? "" : "s"}`,
                heldAtClose,
              ],
            ],
      );
      assert.ok(
        [...trace.tracks.values()].some(
          ({ process }) => process?.pid === pid && process.process_name === comm,
        ),
      );
    }
    for (const { id, ifname, outstanding, boundAt, unboundAt, freedAt } of bindings) {
      const track = `dma-buf ${id} on ${ifname}`;
      const slices = trace
        .on(track)
        .filter(({ type }) => type !== TYPE.instant)
        .map(({ t }) => t);
      assert.deepEqual(
        slices,
        [boundAt, unboundAt, unboundAt, freedAt].filter((t) => t !== null),
      );
      assert.equal(trace.on("outstanding", track).at(-1)?.counter_value, outstanding);
    }
  });

test("level tokens: an arrow from each issue to its return, none from tokens never returned", async () => {
  for (const name of ["tokens-v1", "manual-tokens-v1"]) {
    const { events, tracks } = await traceOf(name);
    const { sockets } = await reportOf(name);
    const issues = events.filter((event) => event.name === "issue");
    const returns = events.filter((event) => event.name === "return");
    const starts = issues.flatMap((event) => event.flow_ids);
    const ends = returns.flatMap((event) => event.terminating_flow_ids);
    assert.equal(
      new Set(starts).size,
      sockets.reduce((sum, s) => sum + (s.issued ?? 0), 0),
    );
    assert.equal(
      new Set(ends).size,
      sockets.reduce((sum, s) => sum + (s.returned ?? 0), 0),
    );
    assert.equal(ends.length, new Set(ends).size);
    const issuedAt = new Map(issues.map(({ flow_ids, t }) => [flow_ids[0], t]));
    for (const { t, terminating_flow_ids } of returns)
      for (const flow of terminating_flow_ids) assert.ok((issuedAt.get(flow) ?? assert.fail()) <= t);
    assert.ok(
      [...issues, ...returns].every(({ track_uuid }) => (tracks.get(track_uuid)?.thread?.tid ?? 0) > 0),
    );
  }
});

test("times are CLOCK_MONOTONIC, and the snapshot maps them to the wall clock", async () => {
  const { packets, events } = await traceOf("leak-v1");
  const { header } = await capture("leak-v1");
  const clock = packets[0]?.clock_snapshot;
  assert.equal(clock?.primary_trace_clock, 3);
  assert.deepEqual(
    clock?.clocks.map(({ clock_id, timestamp }) => [clock_id, timestamp]),
    [
      [3, Number(header.t0)],
      [1, Date.parse(header.wall) * 1e6],
    ],
  );
  assert.ok(events.every(({ t }) => t >= Number(header.t0)));
});

test("more than 104 days of uptime: not a nanosecond is lost", async () => {
  const { header, events } = await capture("leak-v1");
  const t0 = 90071992547409931n;
  const bytes = await exported({ header: { ...header, t0: String(t0) }, events }, "perfetto");
  const closes = (await eventsOf("leak-v1")).filter(({ kind }) => kind === "close");
  assert.ok(closes.length > 0);
  for (const { t } of closes) assert.ok(bytes.includes(varint(t0 + BigInt(t))));
});

async function eventsOf(name: string): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of (await capture(name)).events) events.push(event);
  return events;
}

/** A protobuf varint by the book: pbf reads it as a number and would round it. */
function varint(value: bigint): Buffer {
  const bytes = [];
  for (let rest = value; rest > 0n; rest >>= 7n) bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
  return Buffer.from(bytes);
}

test("a loss is an instant, a refused return one on its socket", async () => {
  const lost = capture("misdeeds-v1", (line) => (line.includes('"kind":"bind"') ? "torn" : line));
  const trace = new Decoded(await exported(lost, "perfetto"));
  assert.deepEqual(
    trace.on("events lost").map(({ name }) => name),
    ["1 event lost"],
  );
  const { sockets } = await reportOf("misdeeds-v1");
  const refused = sockets.find(({ findings }) => findings.some(({ kind }) => kind === "return refused"));
  const track = trace.on(`${refused?.local} <- ${refused?.remote}`);
  assert.ok(track.some(({ name }) => name === "refused"));
});

test("a hostile name stays a name", async () => {
  const trace = new Decoded(await exported(named("leak-v1", "\u001b[2J<script>\u202e\0"), "perfetto"));
  assert.ok([...trace.tracks.values()].some(({ process }) => process?.process_name === "?[2J<script>??"));
});
