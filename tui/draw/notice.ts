// notice - A screen that has nothing to list: what is the matter and what to do, in the middle.

import { type Line, line, type Role, wrap } from "./styled-line.ts";

/** A heading and sentences, each wrapped, centred from top to bottom. */
export function notice(
  heading: string,
  role: Role,
  sentences: string[],
  width: number,
  height: number,
): Line[] {
  const columns = Math.max(1, Math.min(72, width - 4));
  const text = [
    ...wrap(heading, columns).map((part) => line(`  ${part}`, role)),
    ...sentences.flatMap((sentence) => [
      line(""),
      ...wrap(sentence, columns).map((part) => line(`  ${part}`)),
    ]),
  ];
  const above = Math.max(0, Math.floor((height - text.length) / 2));
  return [...Array.from({ length: above }, () => line("")), ...text].slice(0, height);
}
