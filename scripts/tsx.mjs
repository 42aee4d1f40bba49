// tsx - Runs the sources as they are, for development and tests: node --import ./scripts/tsx.mjs [--test] FILE.ts.
//
// tsx alone reads the tsconfig.json of the working directory or of a folder above it, and a cache in the temporary
// directory without asking whose it is. Here it reads this checkout's configuration and keeps no cache.
// @ts-check

import { fileURLToPath } from "node:url";

process.env.TSX_TSCONFIG_PATH = fileURLToPath(new URL("../tsconfig.json", import.meta.url));
process.env.TSX_DISABLE_CACHE = "1";
await import(import.meta.resolve("tsx"));
