// kernel - Which token bookkeeping this kernel has, by the names in its BTF and never by a version or option number.

import { readFileSync } from "node:fs";
import { release } from "node:os";
import { cannot } from "../base/errors.ts";
import type { Variant } from "../events/event.ts";

export const BTF = "/sys/kernel/btf/vmlinux";

/**
 * The variant a kernel's BTF describes. `xarray`: struct sock has sk_user_frags (mainline) · `sockopt`: the v6 series,
 * sk_devmem_info with outstanding_urefs · `netlink`: v7 to v10, sk_devmem_info without it · `none`: no devmem TCP.
 * @param btf the raw BTF; its string section holds every member name NUL-terminated (Documentation/bpf/btf.rst)
 */
export function variantOf(btf: Buffer): Variant {
  const has = (name: string) => btf.includes(`\0${name}\0`);
  if (has("sk_user_frags")) return "xarray";
  if (has("sk_devmem_info")) return has("outstanding_urefs") ? "sockopt" : "netlink";
  return "none";
}

/** What a CPU runs that waits for a spinlock: see spinlockOf. */
export const SPINLOCKS = ["native", "paravirt", "generic"] as const;
export type Spinlock = (typeof SPINLOCKS)[number];

/**
 * Which function a CPU runs that waits for a spinlock, by the names in a kernel's BTF (kernel/locking/qspinlock.c). `native`:
 * native_queued_spin_lock_slowpath · `paravirt`: it or __pv_queued_spin_lock_slowpath, where the kernel can be a guest with
 * paravirtual spinlocks (CONFIG_PARAVIRT_SPINLOCKS, which makes both) · `generic`: queued_spin_lock_slowpath.
 */
export function spinlockOf(btf: Buffer): Spinlock {
  const has = (name: string) => btf.includes(`\0${name}\0`);
  // queued_spin_lock_slowpath is also the name of a member (struct pv_lock_ops), so the other two are looked for first.
  if (!has("native_queued_spin_lock_slowpath")) return "generic";
  return has("__pv_queued_spin_lock_slowpath") ? "paravirt" : "native";
}

/** Why variant `netlink` is not traced; the end of a sentence that starts with the kernel. */
export const NETLINK_FORM =
  "has the netlink form of the autorelease series (v7 to v10, one mode for all sockets): the probes support mainline and v6 only";

/** A kernel, and what programs for it differ by. */
export interface Kernel {
  release: string;
  variant: Variant;
  spinlock: Spinlock;
}

/** The running kernel; null where it has no BTF (CONFIG_DEBUG_INFO_BTF). */
export function runningKernel(): Kernel | null {
  try {
    const btf = readFileSync(BTF);
    return { release: release(), variant: variantOf(btf), spinlock: spinlockOf(btf) };
  } catch {
    return null;
  }
}

/** The running kernel. Throws UserError (exit 4) where it has no BTF, or no devmem TCP in a form that the probes know. */
export function requireKernel(): Kernel {
  const kernel = runningKernel();
  if (!kernel)
    throw cannot(`This kernel has no BTF (${BTF}): it must be built with CONFIG_DEBUG_INFO_BTF=y.`);
  if (kernel.variant === "none")
    throw cannot(
      `This kernel (${kernel.release}) has no devmem TCP: 6.12 or newer with CONFIG_NET_DEVMEM=y is needed.`,
    );
  if (kernel.variant === "netlink") throw cannot(`This kernel (${kernel.release}) ${NETLINK_FORM}.`);
  return kernel;
}
