// tsx - Arguments to Node that run the sources as they are in a process of a test's own.

import { fileURLToPath } from "node:url";

/** For `process.execPath`, before the program. */
export const AS_SOURCES = ["--import", fileURLToPath(new URL("../../scripts/tsx.mjs", import.meta.url))];
