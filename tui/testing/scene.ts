// scene - Real captures as views, for tests: a recording fed up to a time, drawn at a size.

import { readFileSync } from "node:fs";
import type { Event } from "../../collector/events/event.ts";
import { readRecording } from "../../collector/recording/stream.ts";
import { glyphs } from "../draw/glyphs.ts";
import { plainText } from "../draw/styled-line.ts";
import { frame } from "../layout/frame.ts";
import { type Model, newModel } from "../state/model.ts";
import { feed, newShown, type Shown } from "../state/screen-state.ts";
import { type Stage, type View, viewOf } from "../state/view.ts";

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

/** What there is to show of a recording after all events up to `until` seconds. */
export async function shownAt(
  lines: string[],
  until = Number.POSITIVE_INFINITY,
): Promise<{ shown: Shown; events: Event[] }> {
  const stream = await readRecording(each(lines), "capture");
  const shown = newShown(stream.header);
  const events: Event[] = [];
  for await (const event of stream.events) {
    if (event.t > until * 1e9) break;
    feed(shown, event);
    events.push(event);
  }
  return { shown, events };
}

/** A stage as the shell would have it. */
export function stageOf(shown: Shown | null, change: Partial<Stage> = {}): Stage {
  const ended = shown?.ledger.ended ?? null;
  const phase: Stage["phase"] = ended === null ? { is: "running" } : { is: "ended", why: ended };
  return { source: "this host", phase, shown, missed: 0, replay: null, ...change };
}

/** A view with a changed model; in ASCII where asked. */
export function sceneOf(stage: Stage, change: Partial<Model> = {}, unicode = true): View {
  return viewOf(stage, { ...newModel(), ...change }, glyphs(unicode));
}

/** The frame as text. */
export function textOf(view: View, width: number, height: number): string {
  return plainText(frame(view, width, height));
}
