// json - A line of JSON from a file that anybody may have written.

/** Lines up to this length are parsed as they are: whatever is in them, it is little. */
const SHORT = 2 ** 16;
/** Most values of a longer line, and how deep they may be: a block of ours has a third of these, and is half as deep. */
const MOST_VALUES = 2 ** 18;
const DEEPEST = 8;

/** The object on a line; null if there is none, or one that takes far more memory than its text. */
export function objectIn(line: string): Record<string, unknown> | null {
  if (line.length > SHORT && !isModest(line)) return null;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Whether it has no more values, and no deeper ones, than a block of ours could have. What stands in texts does not count. */
function isModest(line: string): boolean {
  let values = 0;
  let depth = 0;
  for (let at = 0; at < line.length; at++) {
    const sign = line[at] as string;
    if (sign === '"') at = endOfText(line, at);
    if (!SIGNS.has(sign)) continue;
    depth += SIGNS.get(sign) as number;
    values += 1;
    if (values > MOST_VALUES || depth > DEEPEST) return false;
  }
  return true;
}

/** What separates values, and how much deeper it leads. */
const SIGNS = new Map([
  ["[", 1],
  ["{", 1],
  ["]", -1],
  ["}", -1],
  [",", 0],
]);

/** Where the text ends that begins at `from`. */
function endOfText(line: string, from: number): number {
  for (let at = from + 1; at < line.length; at++) {
    if (line[at] === "\\") at += 1;
    else if (line[at] === '"') return at;
  }
  return line.length;
}
