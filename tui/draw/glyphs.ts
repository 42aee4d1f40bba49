// glyphs - Bars, sparklines and signs, in Unicode and in ASCII.

export interface Glyphs {
  /** Rising levels of a sparkline; the first is zero. */
  levels: string;
  full: string;
  empty: string;
  down: string;
  up: string;
  cursor: string;
  dot: string;
}

const UNICODE: Glyphs = {
  levels: "▁▂▃▄▅▆▇█",
  full: "█",
  empty: "░",
  down: "▼",
  up: "▲",
  cursor: ">",
  dot: "·",
};

const ASCII: Glyphs = {
  levels: "_.-:=+*#",
  full: "#",
  empty: ".",
  down: "v",
  up: "^",
  cursor: ">",
  dot: "|",
};

/** The glyphs that a terminal can show. */
export function glyphs(unicode: boolean): Glyphs {
  return unicode ? UNICODE : ASCII;
}

/** One character per value, scaled to the largest; an all-zero series is a flat line. */
export function sparkline(values: number[], { levels }: Glyphs): string {
  const top = Math.max(1, ...values);
  const level = (v: number) => (v <= 0 ? 0 : Math.ceil((v / top) * (levels.length - 1)));
  return values.map((v) => levels[level(v)]).join("");
}

/** A bar of `columns`, filled by `share` (0 to 1). Any share above 0 fills at least one column. */
export function bar(share: number, columns: number, { full, empty }: Glyphs): string {
  const filled = Math.min(columns, share > 0 ? Math.max(1, Math.round(share * columns)) : 0);
  return full.repeat(filled) + empty.repeat(Math.max(0, columns - filled));
}
