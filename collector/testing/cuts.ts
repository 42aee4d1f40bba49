// cuts - A recording cut at many places never says more than the whole one.
//
// Asserted: the events of a cut one are the first of the whole one's, then at most a loss, then an end that says it was cut:
// nothing is made up. So no run is clean (the rest may hold a leak), a run is a leak only where the whole one is, and a
// socket is called clean or reclaimed, which nothing that comes later changes, only where the whole recording does.

import assert from "node:assert/strict";
import type { Event } from "../events/event.ts";
import { follow } from "../recording/follow.ts";
import { reportOf } from "../report/report.ts";
import type { Report } from "../report/shape.ts";
import { cases } from "./gauntlet.ts";
import { read, streamOf } from "./recordings.ts";

export const CUTS = cases(20, 200);

/** As many places below `below`, the same in every run. */
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

/** The events without what reading adds: a loss and the end. */
export function told(events: Event[]): Event[] {
  return events.filter(({ kind }) => kind !== "lost" && kind !== "end");
}

/** Throws where one of the cuts says more than the whole, or fails in another way than by a sentence. */
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

/** Throws where the cut one has anything the whole has not. */
function isWhole(cut: Event[], whole: Event[]): boolean {
  assert.deepEqual(told(cut), told(whole).slice(0, told(cut).length));
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
