// screen - The one file that knows blessed: takes the terminal over, draws lines, names keys, gives the terminal back.

import type { ReadStream, WriteStream } from "node:tty";
import blessed from "blessed";
import type { Line } from "../draw/styled-line.ts";
import { sgr } from "../draw/theme.ts";
import type { Abilities } from "./abilities.ts";

export interface Screen {
  width(): number;
  height(): number;
  /** Draws what fits; only cells that changed are sent. */
  draw(lines: Line[]): void;
  /** Gives the terminal back as it was. Further calls do nothing. */
  leave(): void;
}

/** What the screen calls back. */
export interface Listener {
  key(name: string): void;
  resize(): void;
}

/** Takes the terminal over. Keys have the names of input/keys.ts. */
export function openScreen(
  input: ReadStream,
  output: WriteStream,
  abilities: Abilities,
  listener: Listener,
): Screen {
  const screen = blessedScreen(input, output, abilities.unicode);
  listen(screen, listener);
  return new BlessedScreen(screen, output, abilities.colours);
}

/** blessed misreads the current terminfo of many terminals; all of them understand the description it has of this one. */
const TERMINAL = "xterm-256color";

// blessed's options are typed as far as its own widgets use them: hence the casts.
function blessedScreen(input: ReadStream, output: WriteStream, unicode: boolean): blessed.Widgets.Screen {
  // Its own description of the terminal, compiled to code: no other is read, wherever TERMINFO or HOME lead.
  (blessed as unknown as { tput: { ipaths: string[] } }).tput.ipaths = [];
  const program = blessed.program({ input, output, terminal: TERMINAL, forceUnicode: unicode } as object);
  // Keeps it from drawing UTF-8 characters in the VT100's line-drawing set, which not every terminal maps back.
  (program as unknown as { tput: { brokenACS: boolean } }).tput.brokenACS = true;
  const screen = blessed.screen({
    program,
    smartCSR: false,
    autoPadding: false,
    warnings: false,
    fullUnicode: unicode,
  } as object);
  screen.program.hideCursor();
  return screen;
}

function listen(screen: blessed.Widgets.Screen, listener: Listener): void {
  screen.program.on("keypress", (text: string | undefined, key: Key) => {
    const name = keyName(text, key);
    if (name) listener.key(name);
  });
  screen.on("resize", listener.resize);
}

class BlessedScreen implements Screen {
  private readonly screen: blessed.Widgets.Screen;
  private readonly box: blessed.Widgets.BoxElement;
  private readonly output: WriteStream;
  private readonly colours: boolean;
  private left = false;

  constructor(screen: blessed.Widgets.Screen, output: WriteStream, colours: boolean) {
    const whole = {
      parent: screen,
      top: 0,
      left: 0,
      width: "100%",
      height: "100%",
      tags: false,
      wrap: false,
    };
    this.screen = screen;
    this.box = blessed.box(whole as object);
    this.output = output;
    this.colours = colours;
  }

  width(): number {
    return this.output.columns || 80;
  }

  height(): number {
    return this.output.rows || 24;
  }

  draw(lines: Line[]): void {
    if (this.left) return;
    this.box.setContent(lines.map((line) => ansi(line, this.colours)).join("\n"));
    this.screen.render();
  }

  leave(): void {
    if (this.left) return;
    this.left = true;
    this.screen.destroy();
  }
}

/** A key as blessed reports it. */
interface Key {
  name?: string;
  full?: string;
}

/** Keys that are named instead of typed. */
const NAMED = new Set([
  "enter",
  "escape",
  "tab",
  "S-tab",
  "space",
  "backspace",
  "up",
  "down",
  "pageup",
  "pagedown",
  "home",
  "end",
  "C-c",
  "C-f",
  "C-b",
  "C-u",
]);

/** The key's name; null for one that the screen does not use. */
function keyName(text: string | undefined, key: Key): string | null {
  if (key.name === "return") return null; // blessed reports the same key as `enter` too.
  if (key.name === "linefeed") return "enter";
  if (key.full && NAMED.has(key.full)) return key.full;
  if (text === " ") return "space";
  return text !== undefined && text.length === 1 && text >= " " && text !== "\x7f" ? text : null;
}

/** A line with its escape sequences. Panes print no control characters; if one did, it would not reach the terminal. */
function ansi(line: Line, colours: boolean): string {
  return line.map(({ text, role }) => styled(text, sgr(role, colours))).join("");
}

function styled(text: string, on: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach the terminal.
  const safe = text.replace(/[\x00-\x1f\x7f-\x9f]/g, "?");
  return on ? `${on}${safe}\x1b[m` : safe;
}
