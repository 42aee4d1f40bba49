// recordings - Recordings made to exhaust their reader: small files that ask for much memory, time or nesting.

import type { Recordings } from "./events.ts";
import { FEW_BYTES } from "./few-bytes.ts";
import { HARD_LINES } from "./hard-lines.ts";
import { LONG_TEXTS } from "./long-texts.ts";
import { MANY_THINGS } from "./many-things.ts";
import { ODD_VALUES } from "./odd-values.ts";
import { TOKENS } from "./tokens.ts";

/** All of them. */
export const HOSTILE: Recordings = {
  ...FEW_BYTES,
  ...MANY_THINGS,
  ...TOKENS,
  ...LONG_TEXTS,
  ...HARD_LINES,
  ...ODD_VALUES,
};
