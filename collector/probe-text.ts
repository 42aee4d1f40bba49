// probe-text - The files of probes/ as text: what one borrows of another, and how the v6 series' kernel names things.

import { readFileSync } from "node:fs";
import type { Variant } from "./event.ts";

/** Where the xarray of a socket is: the v6 series moved it. The files name the mainline one. */
const XARRAY = { mainline: "sk_user_frags", v6: "sk_devmem_info.frags" } as const;

/** A socket of that series in manual mode (mode 2) has a counter and one binding instead of an xarray; else it is 1. */
const V6_MODES = `$info = $sk->sk_devmem_info;
    $mode = (uint64)1;
    if ($info.autorelease == 0) {
      $mode = (uint64)2;
      $held = (int64)$info.outstanding_urefs.counter;
      $binding = (struct net_devmem_dmabuf_binding *)$info.binding;
    }`;

/** A file of probes/ without its `#!` line. */
export function textOf(file: string): string {
  return readFileSync(new URL(`../probes/${file}`, import.meta.url), "utf8").replace(/^#!.*\n/, "");
}

/** The part of `text` after `from` and before the next `to`, or up to its end. */
export function between(text: string, from: string, to?: string): string {
  const start = text.indexOf(from) + from.length;
  return text.slice(start, to === undefined ? undefined : text.indexOf(to, start));
}

/** A program in the names of a kernel of `variant`. */
export function forVariant(text: string, variant: Variant): string {
  if (variant !== "sockopt") return text;
  return text
    .replaceAll(XARRAY.mainline, XARRAY.v6)
    .replace("// manual mode: see probe-text.ts", () => V6_MODES);
}
