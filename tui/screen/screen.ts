// screen - The one file that knows blessed: the terminal taken over, lines drawn, keys named, the terminal given back.

import type { ReadStream, WriteStream } from "node:tty";
import blessed from "blessed";
import type { Line } from "../draw/styled-line.ts";
import { sgr } from "../draw/theme.ts";
import type { Abilities } from "./abilities.ts";

export interface Screen {
  width(): number;
  height(): number;
  /** Draws what fits; only the cells that changed are sent. */
  draw(lines: Line[]): void;
  /** Gives the terminal back as it was; more calls do nothing. */
  leave(): void;
}

/** What the screen tells. */
export interface Listener {
  key(name: string): void;
  resize(): void;
}

/** Takes the terminal over. Keys are named as keys.ts has them. */
export function openScreen(
  input: ReadStream,
  output: WriteStream,
  { colours, unicode }: Abilities,
  listener: Listener,
): Screen {
  const program = blessed.program({ input, output, terminal: TERMINAL, forceUnicode: unicode } as object);
  // With it set, what UTF-8 has is not drawn in the VT100's line-drawing set, which not every terminal maps back.
  (program as unknown as { tput: { brokenACS: boolean } }).tput.brokenACS = true;
  const screen = blessed.screen({ program, smartCSR: false, autoPadding: false, warnings: false } as object);
  const box = blessed.box({
    parent: screen,
    top: 0,
    left: 0,
    width: "100%",
    height: "100%",
    tags: false,
    wrap: false,
  } as object);
  program.on("keypress", (text: string | undefined, key: Key) => {
    const name = keyName(text, key);
    if (name) listener.key(name);
  });
  screen.on("resize", listener.resize);
  screen.program.hideCursor();
  let left = false;
  return {
    width: () => output.columns || 80,
    height: () => output.rows || 24,
    draw(lines) {
      if (left) return;
      box.setContent(lines.map((line) => ansi(line, colours)).join("\n"));
      screen.render();
    },
    leave() {
      if (left) return;
      left = true;
      screen.destroy();
    },
  };
}

/** blessed reads today's terminfo of many terminals wrongly; every terminal in use understands what it has of its own. */
const TERMINAL = "xterm-256color";

interface Key {
  name?: string;
  full?: string;
  ctrl?: boolean;
  meta?: boolean;
  shift?: boolean;
}

function keyName(text: string | undefined, key: Key): string | null {
  if (key.name === "return") return null; // The same key comes as `enter` too.
  if (key.name === "linefeed") return "enter";
  if (key.full && NAMED.has(key.full)) return key.full;
  if (text === " ") return "space";
  return text !== undefined && text.length === 1 && text >= " " && text !== "\x7f" ? text : null;
}

const NAMED = new Set([
  ...[
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
  ],
  ...["C-c", "C-f", "C-b", "C-u"],
]);

/** A line with its escape sequences; what is no printable character never gets here, and would not get out. */
function ansi(line: Line, colours: boolean): string {
  return line
    .map(({ text, role }) => {
      const on = sgr(role, colours);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach the terminal.
      const safe = text.replace(/[\x00-\x1f\x7f-\x9f]/g, "?");
      return on ? `${on}${safe}\x1b[m` : safe;
    })
    .join("");
}
