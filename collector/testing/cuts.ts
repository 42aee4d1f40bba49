// cuts - A recording that is cut at many places never claims more than the whole one.
//
// Asserted: the events are the first of the whole recording, then at most one loss, then an end with reason `died`: nothing
// is made up. So no run is clean (the rest may contain a leak), a run is a leak only if the whole one is, and a socket is
// clean or reclaimed, which no later event changes, only if it is so in the whole recording.

import assert from "node:assert/strict";
import type { Event } from "../events/event.ts";
import { follow } from "../recording/follow.ts";
import { reportOf } from "../report/report.ts";
import type { Report } from "../report/shape.ts";
import { cases } from "./gauntlet.ts";
import { read, streamOf } from "./recordings.ts";

export const CUTS = cases(20, 200);

/** CUTS places below `below`, the same in every run. */
export function* places(below: number, seed = below): Generator<number> {
  let state = seed;
  for (let i = 0; i < CUTS; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield Math.floor((state / 2 ** 32) * below);
  }
}

/** The report of a recording's bytes. */
export async function reportFrom(bytes: Buffer): Promise<Report> {
  return reportOf(await follow(await streamOf(bytes)));
}

/** The events without those that reading adds: a loss and the end. */
export function recordedIn(events: Event[]): Event[] {
  return events.filter(({ kind }) => kind !== "lost" && kind !== "end");
}

/** Throws if a cut recording claims more than the whole, or fails other than with a message. */
export async function cutsAreNotFirmer(whole: Buffer): Promise<void> {
  const { events } = await read(whole);
  const expected = await reportFrom(whole);
  for (const at of places(whole.length)) {
    const cut = await read(whole.subarray(0, at)).catch((error) => error.message);
    if (typeof cut === "string")
      assert.match(cut, /^x (is empty|is not a devmem-trace recording|has a damaged header)/);
    else if (!isWhole(cut.events, events)) notFirmer(await reportFrom(whole.subarray(0, at)), expected);
  }
}

/** Whether nothing is missing. Throws if the cut recording has anything that the whole does not have. */
function isWhole(cut: Event[], whole: Event[]): boolean {
  assert.deepEqual(recordedIn(cut), recordedIn(whole).slice(0, recordedIn(cut).length));
  const end = cut.at(-1);
  if (end?.kind === "end" && end.reason === "died") return false;
  assert.deepEqual(cut, whole);
  return true;
}

const FINAL = new Set(["clean", "reclaimed"]);

function notFirmer(cut: Report, whole: Report): void {
  assert.notEqual(cut.verdict, "clean");
  if (cut.verdict === "leak") assert.equal(whole.verdict, "leak");
  for (const socket of cut.sockets.filter(({ verdict }) => FINAL.has(verdict)))
    assert.equal(socket.verdict, whole.sockets.find(({ id }) => id === socket.id)?.verdict);
}
