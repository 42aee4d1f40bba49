// files - Files of lines, of frames and of gzip members, as large as they claim to be or much larger.

import { gzipSync } from "node:zlib";
import { FIELD_NAMES } from "../../../../collector/recording/format/columns.ts";
import { frameOf } from "../../../../collector/recording/format/frames.ts";
import { LARGE } from "../choices.ts";
import { HEADER, type Values } from "./events.ts";

export const MIB = 2 ** 20;
/** Bytes of text that a recording of many events has, about. */
const TEXT_BYTES = (LARGE ? 6 : 1) * MIB;

export function recording(lines: Iterable<unknown>, header: Values = {}): Buffer {
  const texts = [JSON.stringify({ ...HEADER, ...header })];
  for (const line of lines) texts.push(typeof line === "string" ? line : JSON.stringify(line));
  return Buffer.from(`${texts.join("\n")}\n`);
}

/** As many as fit into TEXT_BYTES, after `before`. */
export function* many(
  make: (i: number) => unknown,
  before: unknown[] = [],
  most = Number.POSITIVE_INFINITY,
): Generator<unknown> {
  yield* before;
  let left = TEXT_BYTES;
  for (let i = 0; left > 0 && i < most; i++) {
    const one = make(i);
    const lines = Array.isArray(one) ? one : [one];
    for (const line of lines) {
      const text = typeof line === "string" ? line : JSON.stringify(line);
      left -= text.length + 1;
      yield text;
    }
  }
}

/** Frames of `lines`, each repeated. */
export function frames(header: Values, ...lines: [line: string, times: number][]): Buffer {
  const head = frameOf(`${JSON.stringify({ ...HEADER, fields: FIELD_NAMES, ...header })}\n`);
  const rest = lines.flatMap(([line, times]) => {
    const frame = frameOf(`${line}\n`);
    return Array.from({ length: times }, () => frame);
  });
  return Buffer.concat([head, ...rest]);
}

/** A block of `rows` events of one kind, in which every column is one number: the step from row to row. */
export function steady(
  kind: string,
  values: Values,
  rows: number,
  first: number,
  texts: string[],
  fresh: boolean,
): string {
  const names = FIELD_NAMES[kind] as string[];
  const columns = names.map((name) => values[name] ?? 0);
  return JSON.stringify({ first, fresh, texts, order: [kind, rows], columns: { [kind]: columns } });
}

/** So many blocks of sockets, each of another birth, in a few bytes. */
export function socketBlocks(blocks: number): Buffer {
  const texts = ["s0", "b0", "eth0", "192.0.2.7", "192.0.2.9", "receiver"];
  const values = {
    t: 1,
    sk: 0,
    born: 1,
    binding: 1,
    dmabuf: 0,
    shift: 0,
    ifname: 2,
    laddr: 3,
    raddr: 4,
    comm: 5,
  };
  const lines = Array.from({ length: blocks }, (_, i): [string, number] => [
    steady("socket", values, 4096, i * 4096, texts, true),
    1,
  ]);
  return frames({}, ...lines);
}

export function bindBlocks(blocks: number): Buffer {
  const texts = ["b0", "eth0", "receiver"];
  const lines = Array.from({ length: blocks }, (_, i): [string, number] => [
    steady("bind", { t: 1, dmabuf: 1, ifname: 1, comm: 2 }, 4096, i * 4096, texts, true),
    1,
  ]);
  return frames({}, ...lines);
}

/** A frame that holds `piece` until it is as large as a frame can be. */
export function full(piece: string): Buffer {
  return frameOf(piece.repeat(Math.floor((2 ** 25 - 1) / piece.length)));
}

export function bomb(header: Values, piece: Buffer, times: number): Buffer {
  const head = gzipSync(`${JSON.stringify({ ...HEADER, ...header })}\n`);
  const member = gzipSync(piece, { level: 9 });
  return Buffer.concat([head, ...Array.from({ length: times }, () => member)]);
}
