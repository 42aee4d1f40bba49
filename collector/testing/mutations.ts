// mutations - Random changes of lines and bytes, reproducible by a seed.

/** Numbers at and beyond the limits of fields. */
const NUMBERS = [
  "0",
  "-1",
  "1",
  "63",
  "64",
  "2147483648",
  "4294967295",
  "9007199254740993",
  "18446744073709551615",
  "1e308",
  "NaN",
  "",
];
/** Text that terminals, parsers and UTF-16 often handle wrongly. */
const PIECES = [
  "\u001b[2J",
  "\u001b]0;x\u0007",
  "\u0000",
  "\n",
  "\r",
  '"',
  "\\",
  "{",
  "}",
  " ",
  "=",
  "\u202e",
  "\ud800",
  "\u009b31m",
  "%s",
  "𝄞",
];

/** The same seed gives the same mutations. */
export function mutator(seed: number) {
  const below = numbers(seed);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const changes: ((text: string, others: readonly string[]) => string)[] = [
    (text) => text.slice(0, below(text.length + 1)),
    (text) => splice(text, below(text.length + 1), below(9), ""),
    (text) => splice(text, below(text.length + 1), 0, pick(PIECES)),
    (text) => splice(text, below(text.length + 1), 1, String.fromCharCode(below(256))),
    (text) => repeated(text, below(text.length + 1), below(20), 1 + below(40)),
    (text, others) => text.slice(0, below(text.length + 1)) + pick(others).slice(below(60)),
    (text) => replaceNumber(text, below(20), pick(NUMBERS)),
    (text) => replaceNumber(text, below(20), String(below(100))),
    (text) => replaceNumber(text, below(20), pick(NUMBERS)),
  ];

  /** The text with one to three changes; once in eight times unchanged. */
  function text(original: string, others: readonly string[]): string {
    let changed = original;
    for (let n = below(4) + (below(2) ? 0 : 1); n > 0; n--) changed = pick(changes)(changed, others);
    return changed;
  }

  /** Some of the lines, with some changed, doubled, dropped or moved; the first is unchanged nine times in ten. */
  function some(lines: readonly string[]): string[] {
    const from = 1 + below(lines.length);
    const part = lines.slice(from, from + 1 + below(200));
    for (let n = below(8); n > 0; n--) {
      const at = below(part.length + 1);
      if (below(3) > 0) part.splice(at, 1, text(part[at] ?? "", lines));
      else if (below(2) > 0) part.splice(at, 0, pick(lines));
      else part.splice(at, 1);
    }
    return [below(10) > 0 ? (lines[0] as string) : text(lines[0] as string, lines), ...part];
  }

  /** The bytes with a few of them changed, or cut off. */
  function bytes(original: Buffer): Buffer {
    const changed = Buffer.from(original);
    for (let n = below(4); n > 0; n--) changed[below(changed.length)] = below(256);
    return below(4) > 0 ? changed : changed.subarray(0, below(changed.length + 1));
  }

  return { below, text, some, bytes };
}

function splice(text: string, at: number, length: number, piece: string): string {
  return text.slice(0, at) + piece + text.slice(at + length);
}

function repeated(text: string, at: number, length: number, times: number): string {
  return splice(text, at, 0, text.slice(at, at + length).repeat(times));
}

/** Replaces the n-th number in the text. */
function replaceNumber(text: string, n: number, by: string): string {
  let seen = 0;
  return text.replace(/\d+/g, (number) => (seen++ === n ? by : number));
}

/** Mulberry32: whole numbers from 0 up to, but not including, `limit`. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * limit);
  };
}
