// tokens - Tokens, and who received them.

import { bind, issue, type Recordings, SMALL, socket, TASK } from "./events.ts";
import { MIB, many, recording } from "./files.ts";

/** A stack of so many frames, each of its own name. */
const stack = (frames: number, name = "f") =>
  Array.from({ length: frames }, (_, i) => `${name}${i}`).join(";");

/** Name → what makes it. */
export const TOKENS: Recordings = {
  "tokens never returned": () =>
    recording(
      many((i) => issue({ token: i, t: 10 + i, offset: i * 4096 }), [bind(), socket()]),
      { level: "tokens" },
    ),
  "tokens before their socket": () =>
    recording(
      many((i) => issue({ token: i, t: i, sk: `s${i % 20011}` })),
      { level: "tokens" },
    ),
  "a token's every return": () =>
    recording(
      many(
        (i) => ({
          kind: "return",
          t: 9 + i,
          sk: "s0",
          first: -i,
          count: Number.MAX_SAFE_INTEGER,
          tid: i,
          ...TASK,
        }),
        [bind(), socket(), issue()],
      ),
      { level: "tokens" },
    ),
  "returns of wide ranges": () =>
    recording(
      many(
        (i) => [
          issue({ token: i, t: 10 + i }),
          { kind: "return", t: 10 + i, sk: "s0", first: 2 ** 40, count: 2 ** 40, tid: 1, ...TASK },
        ],
        [bind(), socket(), ...Array.from({ length: 5000 }, (_, i) => issue({ token: 2 ** 30 + i }))],
      ),
      { level: "tokens" },
    ),
  "stacks of many frames": () =>
    recording(
      many((i) => ({ kind: "sample", t: i, tid: i, pid: 61, stack: stack(60000 + i) }), SMALL),
      { level: "profile" },
    ),
  "one stack of empty frames": () =>
    recording([...SMALL, { kind: "sample", t: 70, tid: 1, pid: 61, stack: ";".repeat(8 * MIB) }], {
      level: "profile",
    }),
  "stacks of other frames": () =>
    recording(
      many((i) => ({ kind: "sample", t: i, tid: i, pid: i, stack: stack(20, `p${i}_`) }), SMALL),
      { level: "profile" },
    ),
  "callers of many frames": () =>
    recording(
      many(
        (i) => [
          { kind: "caller", t: i, tid: i, pid: 61, stack: stack(30000, `c${i}_`) },
          ...Array.from({ length: 200 }, (_, k) => issue({ token: i * 200 + k, t: i + 9, tid: i })),
        ],
        [bind(), socket()],
      ),
      { level: "tokens" },
    ),
  "token threads": () =>
    recording(
      many((i) => issue({ token: i % 7, t: 10 + i, tid: i, pid: i }), [bind(), socket()]),
      { level: "tokens" },
    ),
  histograms: () =>
    recording(
      many(
        (i) => [
          socket({ sk: i.toString(16), born: i + 1, t: i }),
          ...["holds", "issues", "returns"].map((of) => ({
            kind: "bucket",
            t: i,
            sk: i.toString(16),
            of,
            low: 2 ** 52,
            count: 1,
          })),
        ],
        [bind()],
      ),
      { level: "profile" },
    ),
};
