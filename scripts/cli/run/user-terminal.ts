// user-terminal - Whether there is a terminal to draw on, and where its keys come from.

import { openSync } from "node:fs";
import { ReadStream } from "node:tty";
import type { Terminal } from "../../../tui/screen/shell.ts";
import { onInterrupt } from "./interrupt.ts";

/** The user's terminal; null when stdout is not one or no keys can be read. Keys never come from stdin, which may be the stream. */
export function userTerminal(): Terminal | null {
  if (!process.stdout.isTTY) return null;
  try {
    return { input: new ReadStream(openSync("/dev/tty", "r")), output: process.stdout, onInterrupt };
  } catch {
    return null; // No controlling terminal: a script captures the output of a pseudo-terminal.
  }
}
