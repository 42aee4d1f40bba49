// block - Many events as one line: a column per field, times and totals as differences, texts as numbers.
//
// A block continues the ones before it, back to the last `fresh` one: differences and the numbers of texts go on. From a
// fresh block on, a recording can be read without what comes before. docs/recording.md describes it for other readers.

/** Many events. */
export interface Block {
  /** Events of the recording before this block. */
  first: number;
  /** Texts and differences start again here. */
  fresh: boolean;
  /** Texts that are new since the fresh block; they are numbered from 0. */
  texts: string[];
  /** Kinds and how often each comes, in turn: ["count", 256, "tick", 1]. */
  order: (string | number)[];
  /** A column per field of each kind, in the order that the header gives. */
  columns: Record<string, Column[]>;
}

/** One number per event; or one number, if it is the same for all. */
export type Column = number[] | number;

/** Most events of one block, so that one damaged line loses no more. */
export const BLOCK_EVENTS = 4096;

/** How the line of a block starts: JSON.stringify keeps the order of the keys. */
const BLOCK_START = '{"first":';

/** Whether a line is a block, by its first bytes. */
export function isBlockLine(line: string): boolean {
  return line.startsWith(BLOCK_START);
}

/** Whether it is a block that can be read without those before it. */
export function isFreshBlockLine(line: string): boolean {
  return /^\{"first":\d+,"fresh":true,/.test(line);
}

/** Whether a parsed line has the form of a block; the values in its columns are checked when they are read. */
export function isBlock(value: object): value is Block {
  const { first, fresh, texts, order, columns } = value as Partial<Block>;
  return (
    Number.isSafeInteger(first) &&
    typeof fresh === "boolean" &&
    Array.isArray(texts) &&
    texts.every((text) => typeof text === "string") &&
    isOrder(order) &&
    typeof columns === "object" &&
    columns !== null
  );
}

function isOrder(order: unknown): boolean {
  if (!Array.isArray(order) || order.length % 2 !== 0) return false;
  const counts = order.filter((_, i) => i % 2 === 1);
  const kinds = order.filter((_, i) => i % 2 === 0);
  const isSound =
    counts.every((n) => Number.isSafeInteger(n) && n > 0) && kinds.every((k) => typeof k === "string");
  return isSound && eventsOf({ order }) <= BLOCK_EVENTS;
}

/** How many events a block holds. */
export function eventsOf({ order }: Pick<Block, "order">): number {
  return order.reduce<number>((sum, n, i) => (i % 2 === 1 ? sum + (n as number) : sum), 0);
}
