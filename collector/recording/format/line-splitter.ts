// line-splitter - Bytes of text, in any pieces → groups of lines, in bounded memory.

import { isBlockLine } from "./block.ts";
import { MOST_BYTES } from "./frames.ts";
import type { Line, LineGroup } from "./line-group.ts";

/** Longest line that is read, bytes: the largest block has less than a tenth of it. */
const LONGEST = MOST_BYTES / 2;
const LF = 0x0a;

/** A line that is too long is reported as soon as it is, and skipped; so is an empty one, without a word. */
export class LineSplitter {
  /** The line that is not complete yet. */
  #parts: Buffer[] = [];
  #length = 0;
  #isSkipping = false;
  /** Bytes taken before that line. */
  #at = 0;

  /** Takes the next bytes and returns what they complete. */
  take(bytes: Buffer): LineGroup[] {
    const groups: LineGroup[] = [];
    let from = this.#skipEmpty(bytes, 0);
    for (let to = bytes.indexOf(LF, from); to >= 0; to = bytes.indexOf(LF, from)) {
      this.#keep(bytes.subarray(from, to), groups);
      if (!this.#isSkipping) this.#complete(groups);
      this.#isSkipping = false;
      this.#at += 1;
      from = this.#skipEmpty(bytes, to + 1);
    }
    this.#keep(bytes.subarray(from), groups);
    return groups;
  }

  /** Where the next line starts that is not empty: lines of nothing come by the million. */
  #skipEmpty(bytes: Buffer, from: number): number {
    if (this.#length > 0 || this.#isSkipping) return from;
    let at = from;
    while (bytes[at] === LF) at += 1;
    this.#at += at - from;
    return at;
  }

  /** The last line, if it has no end. */
  end(): LineGroup[] {
    const groups: LineGroup[] = [];
    this.#complete(groups);
    return groups;
  }

  #complete(groups: LineGroup[]): void {
    const line = this.#length > 0 ? this.#line() : "";
    if (line !== "") this.#add(groups, line);
    else this.#forget();
  }

  #keep(part: Buffer, groups: LineGroup[]): void {
    if (this.#isSkipping) {
      this.#at += part.length;
      return;
    }
    this.#parts.push(part);
    this.#length += part.length;
    if (this.#length <= LONGEST) return;
    this.#add(groups, { unreadable: `a line of more than ${LONGEST} bytes` });
    this.#forget();
    this.#isSkipping = true;
  }

  #add(groups: LineGroup[], line: Line): void {
    const last = groups.at(-1);
    const isText = typeof line === "string";
    // A block begins a group, and the header is alone in one.
    if (last && last.at > 0 && !(isText && isBlockLine(line))) last.lines.push(line);
    else groups.push({ at: this.#at, lines: [line] });
    if (isText) this.#forget();
  }

  #line(): string {
    const [first, ...more] = this.#parts;
    const text = (first && more.length === 0 ? first : Buffer.concat(this.#parts)).toString("utf8");
    return text.endsWith("\r") ? text.slice(0, -1) : text;
  }

  #forget(): void {
    this.#parts = [];
    this.#at += this.#length;
    this.#length = 0;
  }
}
