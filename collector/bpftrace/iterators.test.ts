// iterators.test - The iterators' programs: whole, and in the names of the kernel they are for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { iterators } from "./iterators.ts";

for (const variant of ["xarray", "sockopt"] as const) {
  for (const [name, program] of Object.entries(iterators(variant))) {
    test(`${variant}, ${name}: one iterator with the map size it needs, and braces that match`, () => {
      assert.equal(program.match(/^iter:/gm)?.length, 1);
      assert.match(program, /^config = \{ max_map_keys = 128 \}$/m);
      assert.equal(program.match(/\{/g)?.length, program.match(/\}/g)?.length);
      assert.match(program, /printf\("held t=/);
    });

    test(`${variant}, ${name}: reads the xarray where this kernel has it, and the counter only where there is one`, () => {
      const code = program.replace(/^ *\/\/.*$/gm, "");
      assert.equal(code.includes("sk_user_frags"), variant === "xarray");
      assert.equal(code.includes("sk_devmem_info.frags"), variant === "sockopt");
      assert.equal(code.includes("outstanding_urefs"), variant === "sockopt");
    });
  }
}
