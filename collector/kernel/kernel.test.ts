// kernel - Variants, and which function waits for a spinlock, by what BTF has and never by a number.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Variant } from "../events/event.ts";
import { type Spinlock, spinlockOf, variantOf } from "./kernel.ts";

const PATHS: [Variant, string[]][] = [
  ["xarray", ["sock.sk_user_frags"]],
  ["sockopt", ["sock.sk_devmem_info", "sock.sk_devmem_info.outstanding_urefs"]],
  ["netlink", ["sock.sk_devmem_info"]],
  ["none", ["sock.sk_socket"]],
];

const [GENERIC, NATIVE, PARAVIRT] = [
  "queued_spin_lock_slowpath()",
  "native_queued_spin_lock_slowpath()",
  "__pv_queued_spin_lock_slowpath()",
];

const SPINLOCKS: [string, string[], Spinlock][] = [
  ["queued spinlocks", [GENERIC], "generic"],
  ["queued spinlocks of a kernel that is never a guest", [GENERIC, NATIVE], "native"],
  ["paravirtual spinlocks", [GENERIC, NATIVE, PARAVIRT], "paravirt"],
];

const having = (paths: string[]) => ({ has: (path: string) => paths.includes(path) });

for (const [variant, paths] of PATHS) test(variant, () => assert.equal(variantOf(having(paths)), variant));

for (const [kind, paths, spinlock] of SPINLOCKS)
  test(kind, () => assert.equal(spinlockOf(having(paths)), spinlock));
