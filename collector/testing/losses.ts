// losses - What can go wrong with a trace, and what a full ring buffer does to it: missing events, reported later.

import { type Event, having } from "../events/event.ts";
import type { Step } from "./kernel.ts";

/** In words; further steps of a schedule; whether events are lost. */
export const MISHAPS: [what: string, more: Step["act"][], lossy: boolean][] = [
  ["events are lost", ["unbind"], true],
  ["probe runs are skipped", ["unbind", "skip"], false],
  ["bpftrace is killed and started again", ["unbind", "kill", "restart", "restart"], false],
  ["all of that happens", ["unbind", "skip", "kill", "restart", "restart"], true],
];

/** What the tracer itself reports about the trace does not go through the ring buffer. */
const isEvidence = having("family", "evidence");

/** Drops events by coin toss; bpftrace reports the loss some time later, at the latest before the end. */
export function withLosses(events: readonly Event[], coin: () => boolean): Event[] {
  const kept: Event[] = [];
  let lost = 0;
  for (const event of events) {
    if (!isEvidence(event) && event.kind !== "end" && coin() && coin()) lost += 1;
    else kept.push(event);
    if (lost > 0 && coin()) {
      kept.push({ kind: "lost", t: event.t, count: lost, what: "bpftrace", detail: "" });
      lost = 0;
    }
  }
  const end = kept.pop() as Event;
  return lost > 0
    ? [...kept, { kind: "lost", t: end.t, count: lost, what: "bpftrace", detail: "" }, end]
    : [...kept, end];
}
