// json - A line of JSON from a file that anybody may have written.

/** Lines up to this length are parsed as they are: whatever is in them, it is little. */
const SHORT = 2 ** 16;
/** Most values of a longer line, and how deep they may be: a block of ours has a third of these, and is half as deep. */
const MOST_VALUES = 2 ** 18;
const DEEPEST = 8;

/** A text as a whole, so that what is in it does not count; or what separates values. */
const SIGNS = /"(?:[^"\\]|\\.)*"|[[\]{},]/gs;

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

/** Whether it has no more values, and no deeper ones, than a block of ours could have. */
function isModest(line: string): boolean {
  let values = 0;
  let depth = 0;
  for (const { 0: sign } of line.matchAll(SIGNS)) {
    if (sign === "[" || sign === "{") depth += 1;
    if (sign === "]" || sign === "}") depth -= 1;
    values += 1;
    if (values > MOST_VALUES || depth > DEEPEST) return false;
  }
  return true;
}
