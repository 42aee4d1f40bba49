// few-bytes - Few bytes that stand for many things.

import { FIELD_NAMES } from "../../../../collector/recording/format/columns.ts";
import { frameOf } from "../../../../collector/recording/format/frames.ts";
import { type Recordings, socket } from "./events.ts";
import { bindBlocks, bomb, frames, full, MIB, many, recording, socketBlocks } from "./files.ts";

/** Name → what makes it. */
export const FEW_BYTES: Recordings = {
  "sockets in blocks": () => socketBlocks(192),
  "bindings in blocks": () => bindBlocks(192),
  "a gzip of empty lines": () => bomb({}, Buffer.alloc(64 * MIB, "\n"), 16),
  "a gzip of one line": () => bomb({}, Buffer.alloc(64 * MIB, "x"), 16),
  "a gzip of sockets": () =>
    bomb({}, recording(many((i) => socket({ sk: i.toString(16), t: i }))).subarray(recording([]).length), 64),
  "frames of empty lines": () => Buffer.concat([frames({}), ...Array.from({ length: 16 }, () => full("\n"))]),
  "frames of one deep value": () =>
    Buffer.concat([frames({}), ...Array.from({ length: 8 }, () => full("["))]),
  "a frame of many values": () =>
    Buffer.concat([
      frames({}),
      frameOf(`[${"0,".repeat(2 ** 23)}0]\n`),
      frameOf(`[${"{},".repeat(2 ** 22)}0]\n`),
    ]),
  "blocks of many texts": () =>
    frames({}, [
      JSON.stringify({
        first: 0,
        fresh: true,
        texts: Array.from({ length: 2 ** 20 }, () => ""),
        order: ["tick", 1],
        columns: { tick: [1] },
      }),
      32,
    ]),
  "a past for each text": () =>
    frames(
      {},
      ...Array.from({ length: 128 }, (_, b): [string, number] => [
        JSON.stringify({
          first: b * 4096,
          fresh: b === 0,
          texts: Array.from({ length: 4096 }, (_, i) => `${b} ${i}`),
          order: ["count", 4096],
          columns: { count: [1, Array.from({ length: 4096 }, (_, i) => b * 4096 + i), 5, 0, 0, 0, 0] },
        }),
        1,
      ]),
    ),
  "a header of many columns": () =>
    frames(
      {
        fields: { ...FIELD_NAMES, free: ["t", "binding", ...Array.from({ length: 3e5 }, (_, i) => `f${i}`)] },
      },
      [
        JSON.stringify({
          first: 0,
          fresh: true,
          texts: Array.from({ length: 4096 }, (_, i) => `${i}`),
          order: ["free", 4096],
          columns: {
            free: [1, Array.from({ length: 4096 }, (_, i) => i), ...Array.from({ length: 3e5 }, () => 0)],
          },
        }),
        1,
      ],
    ),
};
