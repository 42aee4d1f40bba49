// picture - The real screen in a real terminal, at telling moments of bundled recordings: the images of the README and docs.

import { Terminal } from "../e2e/lib/terminal.ts";
import { svgOf } from "./svg.ts";

/** One image, and the way to it. */
export interface Picture {
  /** From the root of the tree. */
  file: string;
  /** What a screen reader says. */
  title: string;
  recording: string;
  columns: number;
  rows: number;
  /** Keys, each group with what the screen shows once it has taken effect. */
  steps: [keys: string[], reached: RegExp][];
}

const RECORDINGS = "collector/testdata/recordings";

export const PICTURES: Picture[] = [
  {
    file: "docs/images/screen.svg",
    title:
      "devmem-trace shows three sockets: one closed while holding 49 tokens, one is open, one closed while holding tokens that the kernel reclaimed",
    recording: `${RECORDINGS}/misdeeds-v1.jsonl`,
    columns: 100,
    rows: 10,
    steps: [
      [["J"], /jump to/],
      [["0", "Enter"], /PAUSED 0\.000 of/],
      [["l"], /PAUSED 23\.299 of/],
      [["l"], /PAUSED 23\.305 of/],
      // Away from the first row, which shows its colours then. The key also clears the message at the bottom.
      [["j"], /q quit/],
    ],
  },
  {
    file: "docs/images/socket.svg",
    title:
      "devmem-trace shows one socket in detail: it closed while holding 176 tokens, and a return of its tokens was refused",
    recording: `${RECORDINGS}/misdeeds-v1.jsonl`,
    columns: 100,
    rows: 30,
    steps: [
      [["2"], /\[2 Leaks\]/],
      [["j"], /^>.*\b176\b/m],
      [["Enter"], /closed holding 176 tokens/],
    ],
  },
];

/** Makes a picture as SVG. The same on every run, because a paused replay stands still. Needs tmux. */
export async function take({ title, recording, columns, rows, steps }: Picture): Promise<string> {
  const terminal = new Terminal(`env -u NO_COLOR scripts/devmem-trace replay ${recording}`, columns, rows);
  try {
    await terminal.until(/PAUSED/);
    for (const [keys, reached] of steps) {
      terminal.keys(...keys);
      await terminal.until(reached);
    }
    return svgOf(await terminal.styledScreen(), columns, rows, title);
  } finally {
    terminal.close();
  }
}
