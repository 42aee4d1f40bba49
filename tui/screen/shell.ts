// shell - The loop around the screen: the source moves, keys come in, frames go out. Everything pure is elsewhere.

import { performance } from "node:perf_hooks";
import type { ReadStream, WriteStream } from "node:tty";
import { UserError } from "../../collector/base/errors.ts";
import type { Ledger } from "../../collector/ledger/state/ledger.ts";
import { type Glyphs, glyphs } from "../draw/glyphs.ts";
import { type Line, plainText } from "../draw/styled-line.ts";
import { type Effect, update } from "../input/update.ts";
import { contextOf } from "../layout/context.ts";
import { frame } from "../layout/frame.ts";
import type { Source } from "../sources/source.ts";
import { type Model, newModel } from "../state/model.ts";
import { freeze, type ScreenState } from "../state/screen-state.ts";
import { type View, viewOf } from "../state/view.ts";
import { abilities } from "./abilities.ts";
import { saveScreen } from "./save-screen.ts";
import { openScreen, type Screen } from "./screen.ts";

/** What the shell draws on, and what ends it from outside. */
export interface Terminal {
  input: ReadStream;
  output: WriteStream;
  /** Calls back on SIGINT, SIGTERM or SIGHUP. */
  onInterrupt(stop: () => void): void;
}

/**
 * Shows a source until the user quits. Resolves with the ledger for the report, null if there never was one.
 * The terminal is given back first, whatever happens.
 * @throws UserError what the source failed with, or one sentence about a programming error
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
    throw asUserError(error);
  } finally {
    shell.close();
  }
  return source.leave();
}

function asUserError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  const what = error instanceof Error ? error.message : String(error);
  return new UserError(
    `The screen failed on a programming error: ${what}. --plain prints the same as lines.`,
  );
}

/** No more frames than the eye can use; a costly frame is followed by a longer rest. */
const FRAME_MS = 50;
const REST = 3;

class Shell {
  private readonly source: Source;
  private readonly screen: Screen;
  private readonly input: ReadStream;
  private readonly glyphs: Glyphs;
  private model: Model;
  /** The state shown during a pause. */
  private frozen: ScreenState | null = null;
  /** A frame is due. */
  private due = true;
  private timer: NodeJS.Timeout | undefined;
  private last = performance.now();
  private leave: () => void = () => {};
  private crash: (error: unknown) => void = () => {};

  constructor(source: Source, { input, output, onInterrupt }: Terminal, model: Model) {
    const able = abilities(process.env);
    this.source = source;
    this.model = model;
    this.glyphs = glyphs(able.unicode);
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
    // An open input would keep the process alive until the next key.
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
    const { replay } = this.source.status();
    if (!replay || this.model.paused) return;
    if (replay.t >= replay.end) this.model = { ...this.model, paused: true };
    this.due = true;
    this.source.advance(ms).catch(this.crash);
  }

  private view(): View {
    const status = this.source.status();
    const frozen = this.frozenOf(status.state, status.replay !== null);
    const missed = (status.state?.events ?? 0) - (frozen?.events ?? 0);
    return viewOf({ ...status, state: frozen ?? status.state }, this.model, this.glyphs, missed);
  }

  /** During a pause the screen shows the state at its start. A replay needs no copy: it stands still. */
  private frozenOf(state: ScreenState | null, replay: boolean): ScreenState | null {
    if (!this.model.paused || replay || !state) this.frozen = null;
    else this.frozen ??= freeze(state);
    return this.frozen;
  }

  private lines(view: View): Line[] {
    return frame(view, this.screen.width(), this.screen.height());
  }

  private draw(): void {
    this.due = false;
    this.screen.draw(this.lines(this.view()));
  }

  private key(name: string): void {
    const view = this.view();
    const context = contextOf(view, this.screen.width(), this.screen.height());
    const { model, effect } = update(this.model, name, context);
    this.model = model;
    if (effect) this.act(effect, view);
    else this.draw();
  }

  private act(effect: Effect, view: View): void {
    if (effect.do === "quit") return this.leave();
    if (effect.do === "save") return this.say(saveScreen(plainText(this.lines(view))));
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
