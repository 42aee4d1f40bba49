// typed-time - The time that a user types: absolute, relative, or a share of the recording.

/**
 * "12.5" seconds since the start, "+5" and "-5" seconds from `now`, "50%" of the recording; all in ns, clamped to the recording.
 * null for any other text.
 */
export function typedTime(text: string, now: number, end: number): number | null {
  const match = /^([+-]?)(\d+(?:\.\d+)?)\s*(s|%)?$/.exec(text.trim());
  if (!match) return null;
  const [, sign, digits, unit] = match;
  const amount = unit === "%" ? (Number(digits) / 100) * end : Number(digits) * 1e9;
  const t = sign === "+" ? now + amount : sign === "-" ? now - amount : amount;
  return Math.max(0, Math.min(end, t));
}
