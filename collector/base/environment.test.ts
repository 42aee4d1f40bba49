// environment - The command gets the variables that were put aside back under their names.

import assert from "node:assert/strict";
import { test } from "node:test";
import { userEnvironment } from "./environment.ts";

test("what was put aside is back, the rest stays", () => {
  assert.deepEqual(
    userEnvironment({
      HOME: "/root",
      DEVMEM_TRACE_USER_NODE_OPTIONS: "--no-warnings",
      DEVMEM_TRACE_USER_LD_A: "",
    }),
    { HOME: "/root", NODE_OPTIONS: "--no-warnings", LD_A: "" },
  );
});
