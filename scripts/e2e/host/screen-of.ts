// screen-of - Draws every pane of a recording at its end and at its start, without a terminal: screen-of FILE.

import { EXIT, UserError } from "../../../collector/base/errors.ts";
import { openPlayer } from "../../../collector/recording/player.ts";
import { glyphs } from "../../../tui/draw/glyphs.ts";
import { plainText } from "../../../tui/draw/styled-line.ts";
import { frame } from "../../../tui/layout/frame.ts";
import { replaySource } from "../../../tui/sources/replay-source.ts";
import type { Source } from "../../../tui/sources/source.ts";
import { newModel, PANE_NAMES } from "../../../tui/state/model.ts";
import { viewOf } from "../../../tui/state/view.ts";

const [WIDTH, HEIGHT] = [160, 50];

function draw(source: Source): void {
  for (const pane of PANE_NAMES)
    console.log(
      plainText(frame(viewOf(source.status(), { ...newModel(), pane }, glyphs(true)), WIDTH, HEIGHT)),
    );
}

async function show(file: string): Promise<void> {
  const source = replaySource("a recording", () => openPlayer(file));
  await source.run(() => {});
  draw(source);
  for (const to of ["0", "50%", "100%"]) {
    await source.command({ do: "jump", to });
    draw(source);
  }
  await source.leave();
}

await show(process.argv[2] as string).catch((error) => {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = EXIT.error;
});
