// kernel - Variants, and which function waits for a spinlock, by the names in BTF and never by a number.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Variant } from "../events/event.ts";
import { type Spinlock, spinlockOf, variantOf } from "./kernel.ts";

const NAMES: [Variant, string[]][] = [
  ["xarray", ["sk_user_frags", "tx_vec"]],
  ["sockopt", ["sk_devmem_info", "outstanding_urefs", "uref", "vec"]],
  ["netlink", ["sk_devmem_info", "uref", "vec", "users"]],
  ["none", ["sk_socket", "my_sk_user_frags"]],
];

const [GENERIC, NATIVE, PARAVIRT] = [
  "queued_spin_lock_slowpath",
  "native_queued_spin_lock_slowpath",
  "__pv_queued_spin_lock_slowpath",
];

const SPINLOCKS: [string, string[], Spinlock][] = [
  ["queued spinlocks", [GENERIC], "generic"],
  [
    "queued spinlocks of a kernel that is never a guest, and the member of that name",
    [GENERIC, NATIVE],
    "native",
  ],
  ["paravirtual spinlocks", [GENERIC, NATIVE, PARAVIRT], "paravirt"],
];

const btfOf = (names: string[]) => Buffer.from(`\0${names.join("\0")}\0`);

for (const [variant, names] of NAMES) test(variant, () => assert.equal(variantOf(btfOf(names)), variant));

for (const [kind, names, spinlock] of SPINLOCKS)
  test(kind, () => assert.equal(spinlockOf(btfOf(names)), spinlock));
