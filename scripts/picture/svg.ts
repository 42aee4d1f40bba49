// svg - A terminal screen with escape sequences (ECMA-48 SGR) as an SVG image: text on a grid of cells.

import Anser from "anser";

/** Pixels. The cell is as wide as those of common monospaced fonts of this size. */
const FONT = 14;
const CELL = { width: 8.4, height: 18 };
const BASELINE = 13.5;
const PADDING = 12;
const FOREGROUND = "#d0d7de";
const BACKGROUND = "#161b22";
const FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/** Characters of one look, side by side. */
interface Run {
  row: number;
  column: number;
  text: string;
  colour: string;
  background: string;
  bold: boolean;
}

/** The screen of `columns` x `rows` as an image. `title`: what a screen reader says. */
export function svgOf(ansi: string, columns: number, rows: number, title: string): string {
  const width = px(columns * CELL.width + 2 * PADDING);
  const height = px(rows * CELL.height + 2 * PADDING);
  const runs = runsOf(ansi).flatMap((run) => [...backgroundOf(run), ...textOf(run)]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>`,
    `<g font-family="${FONTS}" font-size="${FONT}" fill="${FOREGROUND}">`,
    ...runs,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function runsOf(ansi: string): Run[] {
  const runs: Run[] = [];
  let [row, column] = [0, 0];
  for (const piece of piecesOf(ansi))
    for (const [i, text] of piece.content.split("\n").entries()) {
      if (i > 0) [row, column] = [row + 1, 0];
      if (text !== "") runs.push({ row, column, text, ...looksOf(piece) });
      column += text.length;
    }
  return runs;
}

/** Text of one look as anser reports it; its own types lack null and `isInverted`. */
interface Piece {
  content: string;
  /** "255, 135, 0"; null: the default. */
  fg: string | null;
  bg: string | null;
  isInverted: boolean;
  decorations: string[];
}

function piecesOf(ansi: string): Piece[] {
  return Anser.ansiToJson(ansi, { use_classes: false, remove_empty: true }) as unknown as Piece[];
}

/** The screen uses inverse video only on text without colours. */
function looksOf({ fg, bg, isInverted, decorations }: Piece): Pick<Run, "colour" | "background" | "bold"> {
  const bold = decorations.includes("bold");
  if (isInverted) return { colour: BACKGROUND, background: FOREGROUND, bold };
  return { colour: hex(fg) ?? FOREGROUND, background: hex(bg) ?? BACKGROUND, bold };
}

/** "255, 135, 0" → "#ff8700". */
function hex(rgb: string | null): string | null {
  if (!rgb) return null;
  const parts = rgb.split(",").map((part) => Number(part).toString(16).padStart(2, "0"));
  return `#${parts.join("")}`;
}

function backgroundOf({ row, column, text, background }: Run): string[] {
  if (background === BACKGROUND) return [];
  const size = `width="${px(text.length * CELL.width)}" height="${CELL.height}"`;
  return [`<rect x="${left(column)}" y="${top(row)}" ${size} fill="${background}"/>`];
}

/** Words that are one space apart stay together: a renderer may make one space of more. */
function textOf(run: Run): string[] {
  const words = run.text.matchAll(/\S+(?: \S+)*/g);
  return [...words].map(({ 0: text, index }) => word({ ...run, text, column: run.column + index }));
}

/** The length is stated, so that a font with other widths does not move the text off the grid. */
function word({ row, column, text, colour, bold }: Run): string {
  const length = `textLength="${px(text.length * CELL.width)}" lengthAdjust="spacingAndGlyphs"`;
  const fill = colour === FOREGROUND ? "" : ` fill="${colour}"`;
  const weight = bold ? ' font-weight="bold"' : "";
  return `<text x="${left(column)}" y="${px(top(row) + BASELINE)}" ${length}${fill}${weight}>${escaped(text)}</text>`;
}

function left(column: number): number {
  return px(PADDING + column * CELL.width);
}

function top(row: number): number {
  return PADDING + row * CELL.height;
}

/** To a tenth of a pixel: the same text on every machine. */
function px(n: number): number {
  return Number(n.toFixed(1));
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
