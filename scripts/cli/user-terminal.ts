// user-terminal - Whether there is a terminal to draw on, and where its keys come from.

import { openSync } from "node:fs";
import { ReadStream } from "node:tty";
import type { Terminal } from "../../tui/screen/shell.ts";
import { onInterrupt } from "./common.ts";

/** The user's terminal; null when stdout is none or no keys can be read. stdin may be the stream: keys are not. */
export function userTerminal(): Terminal | null {
  if (!process.stdout.isTTY) return null;
  try {
    return { input: new ReadStream(openSync("/dev/tty", "r")), output: process.stdout, onInterrupt };
  } catch {
    return null; // No controlling terminal: a script that captures a pseudo-terminal's output.
  }
}
