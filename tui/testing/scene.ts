// scene - Real captures as views, for tests: a recording read up to a time, drawn at a size.

import { readFileSync } from "node:fs";
import type { Event } from "../../collector/events/event.ts";
import { readRecording } from "../../collector/recording/stream.ts";
import { glyphs } from "../draw/glyphs.ts";
import { plainText } from "../draw/styled-line.ts";
import { frame } from "../layout/frame.ts";
import { type Model, newModel } from "../state/model.ts";
import { feed, newScreenState, type ScreenState } from "../state/screen-state.ts";
import { type SourceStatus, type View, viewOf } from "../state/view.ts";

const RECORDINGS = new URL("../../collector/testdata/recordings/", import.meta.url);

/** Lines of a capture in collector/testdata/recordings. */
export function linesOf(name: string): string[] {
  return readFileSync(new URL(`${name}.jsonl`, RECORDINGS), "utf8")
    .trimEnd()
    .split("\n");
}

async function* each(lines: string[]): AsyncGenerator<string> {
  yield* lines;
}

/** The screen's state after all events of a recording up to `until` seconds, and these events. */
export async function stateAt(
  lines: string[],
  until = Number.POSITIVE_INFINITY,
): Promise<{ state: ScreenState; events: Event[] }> {
  const stream = await readRecording(each(lines), "capture");
  const state = newScreenState(stream.header);
  const events: Event[] = [];
  for await (const event of stream.events) {
    if (event.t > until * 1e9) break;
    feed(state, event);
    events.push(event);
  }
  return { state, events };
}

/** The status that a source in this state would have. */
export function statusOf(state: ScreenState | null, change: Partial<SourceStatus> = {}): SourceStatus {
  const ended = state?.ledger.ended ?? null;
  const phase: SourceStatus["phase"] = ended === null ? { is: "running" } : { is: "ended", why: ended };
  return { source: "this host", phase, state, replay: null, warning: "", ...change };
}

/** A view with some of the user's choices made; in ASCII where asked. */
export function sceneOf(status: SourceStatus, change: Partial<Model> = {}, unicode = true, missed = 0): View {
  return viewOf(status, { ...newModel(), ...change }, glyphs(unicode), missed);
}

/** The frame as text. */
export function textOf(view: View, width: number, height: number): string {
  return plainText(frame(view, width, height));
}
