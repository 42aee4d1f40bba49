// kernel - Which token bookkeeping this kernel has, by the names in its BTF and never by a version or option number.

import { readFileSync } from "node:fs";
import { release } from "node:os";
import { cannot } from "../base/errors.ts";
import type { Variant } from "../events/event.ts";
import { Btf } from "./btf.ts";
import { type Layouts, layoutsOf } from "./layouts.ts";

export const BTF = "/sys/kernel/btf/vmlinux";

/**
 * The variant that a kernel's types describe. `xarray`: struct sock has sk_user_frags (mainline) · `sockopt`: the v6 series,
 * sk_devmem_info with outstanding_urefs · `netlink`: v7 to v10, sk_devmem_info without it · `none`: no devmem TCP.
 */
export function variantOf(btf: Pick<Btf, "has">): Variant {
  if (btf.has("sock.sk_user_frags")) return "xarray";
  if (!btf.has("sock.sk_devmem_info")) return "none";
  return btf.has("sock.sk_devmem_info.outstanding_urefs") ? "sockopt" : "netlink";
}

/** What a CPU runs that waits for a spinlock: see spinlockOf. */
export const SPINLOCKS = ["native", "paravirt", "generic"] as const;
export type Spinlock = (typeof SPINLOCKS)[number];

/**
 * Which function a CPU runs that waits for a spinlock, by the functions in a kernel's BTF (kernel/locking/qspinlock.c). `native`:
 * native_queued_spin_lock_slowpath · `paravirt`: it or __pv_queued_spin_lock_slowpath, where the kernel can be a guest with
 * paravirtual spinlocks (CONFIG_PARAVIRT_SPINLOCKS, which makes both) · `generic`: queued_spin_lock_slowpath.
 */
export function spinlockOf(btf: Pick<Btf, "has">): Spinlock {
  if (!btf.has("native_queued_spin_lock_slowpath()")) return "generic";
  return btf.has("__pv_queued_spin_lock_slowpath()") ? "paravirt" : "native";
}

/** Why variant `netlink` is not traced; the end of a sentence that starts with the kernel. */
export const NETLINK_FORM =
  "has the netlink form of the autorelease series (v7 to v10, one mode for all sockets): the probes support mainline and v6 only";

/** A kernel, and what programs for it differ by. */
export interface Kernel {
  release: string;
  variant: Variant;
  spinlock: Spinlock;
  layouts: Layouts;
}

/** What is known of a kernel by its BTF; `unknown`: a clause for each fact that its layouts lack. */
export interface KernelFacts extends Omit<Kernel, "layouts"> {
  layouts: Partial<Layouts>;
  unknown: string[];
}

/** What the BTF of a kernel says. */
export function factsIn(btf: Pick<Btf, "has">): Omit<KernelFacts, "release"> {
  return { variant: variantOf(btf), spinlock: spinlockOf(btf), ...layoutsOf(btf) };
}

/** The running kernel; null where it has no BTF (CONFIG_DEBUG_INFO_BTF). */
export function runningKernel(): KernelFacts | null {
  try {
    return { release: release(), ...factsIn(new Btf(readFileSync(BTF))) };
  } catch {
    return null;
  }
}

/** Whether every layout is known. */
export function isKnown(kernel: KernelFacts): kernel is Kernel & KernelFacts {
  return kernel.unknown.length === 0;
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
  if (!isKnown(kernel))
    throw cannot(`This kernel (${kernel.release}) cannot be traced: ${kernel.unknown.join("; ")}.`);
  return kernel;
}
