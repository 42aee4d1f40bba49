// kernel - Variants, and what waits for a spinlock, by the names in BTF and never by a number.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Variant } from "../events/event.ts";
import { slowpathsOf, variantOf } from "./kernel.ts";

const NAMES: [Variant, string[]][] = [
  ["xarray", ["sk_user_frags", "tx_vec"]],
  ["sockopt", ["sk_devmem_info", "outstanding_urefs", "uref", "vec"]],
  ["netlink", ["sk_devmem_info", "uref", "vec", "users"]],
  ["none", ["sk_socket", "my_sk_user_frags"]],
];

const SLOWPATHS: [string, string[], string[]][] = [
  ["queued spinlocks", ["queued_spin_lock_slowpath"], ["queued_spin_lock_slowpath"]],
  [
    "paravirtual spinlocks, and the member of that name",
    ["queued_spin_lock_slowpath", "native_queued_spin_lock_slowpath", "__pv_queued_spin_lock_slowpath"],
    ["native_queued_spin_lock_slowpath", "__pv_queued_spin_lock_slowpath"],
  ],
];

const btfOf = (names: string[]) => Buffer.from(`\0${names.join("\0")}\0`);

for (const [variant, names] of NAMES) test(variant, () => assert.equal(variantOf(btfOf(names)), variant));

for (const [kind, names, slowpaths] of SLOWPATHS)
  test(kind, () => assert.deepEqual(slowpathsOf(btfOf(names)), slowpaths));
