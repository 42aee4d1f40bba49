// shell - A source moves, keys come in, frames go out. What is pure is elsewhere.

import { performance } from "node:perf_hooks";
import type { ReadStream, WriteStream } from "node:tty";
import { UserError } from "../../collector/base/errors.ts";
import type { Ledger } from "../../collector/ledger/state.ts";
import { type Glyphs, glyphs } from "../draw/glyphs.ts";
import { plainText } from "../draw/styled-line.ts";
import { type Effect, update } from "../input/update.ts";
import { contextOf, frame } from "../layout/frame.ts";
import type { Source } from "../sources/source.ts";
import { type Model, newModel } from "../state/model.ts";
import { freeze, type Shown } from "../state/screen-state.ts";
import { type View, viewOf } from "../state/view.ts";
import { abilities } from "./abilities.ts";
import { writeScreen } from "./save-screen.ts";
import { openScreen, type Screen } from "./screen.ts";

/** What the shell draws on, and what ends it from outside. */
export interface Terminal {
  input: ReadStream;
  output: WriteStream;
  /** Calls back at SIGINT, SIGTERM or SIGHUP. */
  onInterrupt(stop: () => void): void;
}

/**
 * Shows a source until the user leaves. Resolves with the ledger the report is made of, null when there never was one.
 * The terminal is given back before anything else, whatever happens.
 * @throws UserError what the source failed with, or one sentence on an error of our own
 */
export async function show(
  source: Source,
  terminal: Terminal,
  start: Partial<Model> = {},
): Promise<Ledger | null> {
  const shell = new Shell(source, terminal, { ...newModel(), ...start });
  try {
    await shell.untilLeft();
  } catch (error) {
    source.abandon();
    throw own(error);
  } finally {
    shell.close();
  }
  return source.leave();
}

function own(error: unknown): UserError {
  if (error instanceof UserError) return error;
  const what = error instanceof Error ? error.message : String(error);
  return new UserError(
    `The screen stopped on an error of its own (${what}). --plain shows the same as lines.`,
  );
}

/** No more frames than the eye can use; a costly frame is followed by a longer rest. */
const FRAME_MS = 50;
const REST = 3;

class Shell {
  private readonly source: Source;
  private readonly screen: Screen;
  private readonly input: ReadStream;
  private readonly signs: Glyphs;
  private model: Model;
  private frozen: Shown | null = null;
  private due = true;
  private timer: NodeJS.Timeout | undefined;
  private last = performance.now();
  private leave: () => void = () => {};
  private crash: (error: unknown) => void = () => {};

  constructor(source: Source, { input, output, onInterrupt }: Terminal, model: Model) {
    const able = abilities(process.env);
    this.source = source;
    this.model = model;
    this.signs = glyphs(able.unicode);
    this.input = input;
    this.screen = openScreen(input, output, able, {
      key: (name) => this.key(name),
      resize: () => this.draw(),
    });
    onInterrupt(() => this.leave());
  }

  untilLeft(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.leave = resolve;
      this.crash = reject;
      process.on("uncaughtException", this.crash);
      this.source.run(() => this.change()).catch(reject);
      this.tick();
    });
  }

  close(): void {
    clearTimeout(this.timer);
    process.off("uncaughtException", this.crash);
    this.screen.leave();
    // Else the next key would keep the process.
    this.input.destroy();
  }

  private change(): void {
    this.due = true;
  }

  private tick(): void {
    const started = performance.now();
    this.advance(started - this.last);
    this.last = started;
    if (this.due) this.draw();
    const cost = performance.now() - started;
    this.timer = setTimeout(() => this.tick(), Math.max(FRAME_MS, REST * cost));
  }

  private advance(ms: number): void {
    const { replay } = this.source.stage();
    if (!replay || this.model.paused) return;
    if (replay.t >= replay.end) this.model = { ...this.model, paused: true };
    this.due = true;
    this.source.advance(ms).catch(this.crash);
  }

  private view(): View {
    const stage = this.source.stage();
    const frozen = this.frozenOf(stage.shown, stage.replay !== null);
    const missed = (stage.shown?.events ?? 0) - (frozen?.events ?? 0);
    return viewOf({ ...stage, shown: frozen ?? stage.shown, missed }, this.model, this.signs);
  }

  /** While paused the screen shows what was; a replay stands still by itself. */
  private frozenOf(shown: Shown | null, replay: boolean): Shown | null {
    if (!this.model.paused || replay || !shown) this.frozen = null;
    else this.frozen ??= freeze(shown);
    return this.frozen;
  }

  private lines(view: View) {
    return frame(view, this.screen.width(), this.screen.height());
  }

  private draw(): void {
    this.due = false;
    this.screen.draw(this.lines(this.view()));
  }

  private key(name: string): void {
    const view = this.view();
    const { model, effect } = update(
      this.model,
      name,
      contextOf(view, this.screen.width(), this.screen.height()),
    );
    this.model = model;
    if (effect) this.act(effect, view);
    else this.draw();
  }

  private act(effect: Effect, view: View): void {
    if (effect.do === "quit") return this.leave();
    if (effect.do === "write") return this.say(writeScreen(plainText(this.lines(view))));
    this.source
      .command(effect)
      .then((message) => this.say(message))
      .catch(this.crash);
  }

  private say(message: string): void {
    this.model = { ...this.model, message };
    this.draw();
  }
}
