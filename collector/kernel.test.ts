// kernel - Variants by the names in BTF, never by a number.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Variant } from "./event.ts";
import { variantOf } from "./kernel.ts";

const NAMES: [Variant, string[]][] = [
  ["xarray", ["sk_user_frags", "tx_vec"]],
  ["sockopt", ["sk_devmem_info", "outstanding_urefs", "uref", "vec"]],
  ["netlink", ["sk_devmem_info", "uref", "vec", "users"]],
  ["none", ["sk_socket", "my_sk_user_frags"]],
];

for (const [variant, names] of NAMES) {
  test(variant, () => assert.equal(variantOf(Buffer.from(`\0${names.join("\0")}\0`)), variant));
}
