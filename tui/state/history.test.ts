// history - Rates and sparklines depend on event times alone, and memory is bounded.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event, ProbeEvent } from "../../collector/events/event.ts";
import { linesOf, stateAt } from "../testing/scene.ts";
import { type History, rates, remember, trend } from "./history.ts";
import { feed, freeze, newScreenState } from "./screen-state.ts";

const S = 1e9;
const point = (t: number, issued: number, returned: number) => ({
  t: t * S,
  issued,
  returned,
  outstanding: issued - returned,
});

test("a rate covers the last two seconds", () => {
  const points = [point(1, 0, 0), point(2, 100, 0), point(3, 300, 50), point(4, 700, 150)];
  assert.deepEqual(rates(points, 4 * S), { issued: 300, returned: 75 });
});

test("a socket that stopped moving has no rate", () => {
  assert.deepEqual(rates([point(1, 0, 0), point(2, 100, 0)], 5 * S), { issued: 0, returned: 0 });
  assert.deepEqual(rates(undefined, 5 * S), { issued: 0, returned: 0 });
});

test("a socket's first batch is not mistaken for a high rate", () => {
  assert.equal(rates([point(1, 0, 0), point(1.001, 50, 0)], 1.001 * S).issued, 100);
});

test("a sparkline shows the peak of each interval, also one between its ends", () => {
  const points = [point(0, 0, 0), point(1.2, 61, 0), point(1.8, 61, 61), point(3.5, 84, 61)];
  assert.deepEqual(trend(points, 4 * S, 4, S), [0, 61, 0, 23]);
});

test("the history is bounded in time and in sockets", async () => {
  const { state, events } = await stateAt(linesOf("leak-v1"));
  const first = events.find((e) => e.kind === "socket") as ProbeEvent<"socket">;
  const history: History = new Map();
  const many = newScreenState(state.ledger.header);
  for (let i = 0; i < 5000; i++) {
    const event: Event = { ...first, sk: i.toString(16), born: first.t + i, t: first.t + i };
    feed(many, event);
    remember(history, event, many.ledger.changes);
  }
  assert.equal(history.size, 4096);
  for (let i = 1; i < 1000; i++) {
    const at = { ...first, t: first.t + i * S, issued: i, returned: 0, linear: 0, closed: 0 };
    feed(many, { ...at, kind: "count", sk: "1387", born: first.t + 4999 } as unknown as Event);
  }
  assert.ok([...many.history.values()].every((points) => points.length <= 128));
  assert.ok(many.journal.entries.length <= 1000);
});

test("a pause keeps the state it shows while the ledger goes on", async () => {
  const lines = linesOf("misdeeds-v1");
  const { state, events } = await stateAt(lines, 23);
  const frozen = freeze(state);
  const all = (await stateAt(lines)).events;
  for (const event of all.slice(events.length)) feed(state, event);
  assert.equal(frozen.ledger.sockets.filter((s) => s.closedAt >= 0).length, 0);
  assert.equal(state.ledger.sockets.filter((s) => s.closedAt >= 0).length, 3);
});

test("a recording read in pieces shows the same as one read at once", async () => {
  const lines = linesOf("tokens-v1");
  const whole = (await stateAt(lines)).state;
  const { state, events } = await stateAt(lines, 38.1);
  for (const event of (await stateAt(lines)).events.slice(events.length)) feed(state, event);
  assert.deepEqual(state, whole);
});
