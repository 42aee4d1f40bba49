// hard-lines - Lines that are hard to read.

import { type Recordings, SMALL } from "./events.ts";
import { MIB, many, recording } from "./files.ts";

/** Name → what makes it. */
export const HARD_LINES: Recordings = {
  "empty lines": () => recording(many(() => "")),
  "deep values": () =>
    recording([...SMALL, "[".repeat(8 * MIB), '{"a":'.repeat(MIB), `{"kind":"tick","t":${"[".repeat(MIB)}`]),
  "a line that never ends": () =>
    recording([
      ...SMALL,
      `{"kind":"lost","t":7,"count":1,"what":"parse","detail":"${"d".repeat(15 * MIB)}"}`,
      "x".repeat(40 * MIB),
    ]),
  "lines of many values": () =>
    recording([
      ...SMALL,
      `{"kind":"tick","t":7,"x":[${"[],".repeat(4 * MIB)}0]}`,
      `{${Array.from({ length: 6e5 }, (_, i) => `"k${i}":{}`).join()}}`,
    ]),
  "torn lines": () => recording(many((i) => `{"kind":"socket","t":${i},`)),
};
