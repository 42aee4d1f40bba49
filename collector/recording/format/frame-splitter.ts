// frame-splitter - Bytes of a compressed recording → groups of lines, a group per frame; damaged stretches are skipped.

import { contentOf, FRONT_BYTES, lengthAt, nextFrame } from "./frames.ts";
import type { Line, LineGroup } from "./line-group.ts";

/**
 * Takes the whole frames from the front of `bytes`, which are at `offset` in the file.
 * @param isLast whether nothing comes after: then all of `bytes` is taken, and an incomplete frame is damaged
 * @returns the groups, and how many bytes were taken
 */
export function cutFrames(
  bytes: Buffer,
  offset: number,
  isLast: boolean,
): { groups: LineGroup[]; taken: number } {
  const groups: LineGroup[] = [];
  let at = 0;
  while (at < bytes.length && (isLast || isComplete(bytes, at))) {
    const { lines, next } = frameAt(bytes, at, isLast);
    groups.push({ at: offset + at, lines });
    at = next;
  }
  return { groups, taken: at };
}

/** Whether the frame at `at` is there to its end; also where none can start. */
function isComplete(bytes: Buffer, at: number): boolean {
  const length = lengthAt(bytes, at);
  return length ? at + length <= bytes.length : bytes.length - at >= FRONT_BYTES;
}

/** The lines of the frame at `at`, or that it cannot be read; and where to go on. */
function frameAt(bytes: Buffer, at: number, isLast: boolean): { lines: Line[]; next: number } {
  const length = lengthAt(bytes, at);
  const content = length && isComplete(bytes, at) ? contentOf(bytes.subarray(at, at + length)) : null;
  if (length && content) return { lines: content.toString("utf8").trimEnd().split("\n"), next: at + length };
  const next = resume(bytes, at + 1, isLast);
  return { lines: [{ unreadable: `${next - at} bytes that are not a whole record` }], next };
}

/** Where reading can go on. The start of a frame may be among the last bytes that have come so far. */
function resume(bytes: Buffer, at: number, isLast: boolean): number {
  const next = nextFrame(bytes, at);
  if (next >= 0) return next;
  return isLast ? bytes.length : Math.max(at, bytes.length - FRONT_BYTES + 1);
}
