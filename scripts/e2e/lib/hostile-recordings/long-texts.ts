// long-texts - Long texts, and rows beside them.

import { bind, lost, type Recordings, SMALL, socket } from "./events.ts";
import { MIB, many, recording } from "./files.ts";

/** Name → what makes it. */
export const LONG_TEXTS: Recordings = {
  "a long name beside rows": () =>
    recording(
      many(
        (i) => socket({ sk: i.toString(16), t: i, born: i + 1 }),
        [bind({ comm: "n".repeat(MIB) }), socket({ comm: "w".repeat(MIB), laddr: "a".repeat(MIB) })],
      ),
    ),
  "a long device beside bindings": () =>
    recording(many((i) => bind({ binding: i.toString(16), t: i }), [bind({ ifname: "\u754c".repeat(MIB) })])),
  "long names": () =>
    recording(many((i) => socket({ sk: `s${i}`, born: i + 1, t: i, comm: "é|".repeat(MIB / 4) }), [bind()])),
  "a long device of many sockets": () =>
    recording(
      many(
        (i) => socket({ sk: i.toString(16), born: i + 1, t: i, binding: "b0" }),
        [bind({ ifname: "<".repeat(MIB) })],
      ),
    ),
  "long reasons": () =>
    recording(
      many(
        (i) => [
          { kind: "gap", t: i, from: i, detail: "&".repeat(MIB) },
          { kind: "unchecked", t: i, detail: "<".repeat(MIB) },
          lost({ t: i, what: "skipped", detail: `${i}${"`".repeat(MIB)}` }),
        ],
        SMALL,
      ),
    ),
  "fields nobody knows": () =>
    recording(many((i) => bind({ binding: `b${i}`, t: i, more: Array.from({ length: 20000 }, () => ({})) }))),
  "a long header": () =>
    recording(SMALL, {
      tool: "t".repeat(4 * MIB),
      host: "h".repeat(4 * MIB),
      command: Array.from({ length: 2 ** 19 }, () => "x"),
    }),
};
