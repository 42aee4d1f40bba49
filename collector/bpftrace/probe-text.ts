// probe-text - The files of probes/ as text: what one borrows of another, and how the v6 series' kernel names things.

import { readFileSync } from "node:fs";
import type { Variant } from "../events/event.ts";

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

/** A socket in manual mode is met by manual.bt, when it returns or closes: its counter is all there is to read. */
const V6_MET = `if ($sk->sk_devmem_info.autorelease == 0) {
      $holds = (uint64)0;
    }`;

/** Level sampled is without manual.bt: there a reading is where it is met, as one with an xarray is. */
const V6_MET_SAMPLED = `if ($sk->sk_devmem_info.autorelease == 0) {
      $holds = (uint64)((int64)$sk->sk_devmem_info.outstanding_urefs.counter > 0);
    }`;

/**
 * Level sampled, at tcp_close of a socket in manual mode: its counter is all there is to read. It keeps what an unbind has
 * swept, and the dma-buf is gone once nothing refers to the binding: then only a socket that was met has a line.
 */
const V6_CLOSING = `$info = args.sk->sk_devmem_info;
  $b = $info.binding;
  $urefs = (int64)$info.outstanding_urefs.counter;
  if ($info.autorelease == 0 && $urefs > 0) {
    if ($b->ref.refs.counter > 0) {
      if (@sock[$sk].1 == 0) {
        @sock[$sk] = ((uint64)0, nsecs);
      }
      printf("held t=%llu sk=%llx born=%llu sockmode=2 held=%lld whole=1 netns=%u binding=%llx dmabuf=%u bytes=%llu shift=%d ifindex=%d ifname=%s\\n",
        nsecs, $sk, @sock[$sk].1, $urefs, args.sk->__sk_common.skc_net.net->ns.inum, (uint64)$b, $b->id,
        (uint64)$b->dmabuf->size, $b->chunk_pool->min_alloc_order, $b->dev->ifindex, $b->dev->name);
    } else if (@sock[$sk].1 != 0) {
      printf("held t=%llu sk=%llx born=%llu sockmode=2 held=%lld whole=1 netns=%u binding=0 dmabuf=0 bytes=0 shift=0 ifindex=0 ifname=\\n",
        nsecs, $sk, @sock[$sk].1, $urefs, args.sk->__sk_common.skc_net.net->ns.inum);
    }
  }`;

/** Levels holds and profile: what comes back of a page is the oldest of it, see paged.bt. */
const V6_NUMBER = `$paged = @paged[$sk, $token];
      $number = (uint64)($token | $paged.1 << 32);`;
const V6_GIVEN_BACK = `if ($paged.0 > $paged.1 + 1) {
          @paged[$sk, $token] = ($paged.0, $paged.1 + 1, $now);
        } else {
          delete(@paged[$sk, $token]);
        }`;

/** Of the births of a page, the oldest one, and one only in a walk over all of them. */
const V6_PAGE = `$token = (uint64)($token & 0xffffffff);
      $paged = @paged[$sk, $token];
      if ($paged.0 > 0 && ($kv.0.1 >> 32 != $paged.1 || $paged.2 == $now)) {
        $at = $end;
      }`;

/** A file of probes/ without its `#!` line. */
export function textOf(file: string): string {
  return readFileSync(new URL(`../../probes/${file}`, import.meta.url), "utf8").replace(/^#!.*\n/, "");
}

/** The part of `text` after `from` and before the next `to`, or up to its end. */
export function between(text: string, from: string, to?: string): string {
  const start = text.indexOf(from) + from.length;
  return text.slice(start, to === undefined ? undefined : text.indexOf(to, start));
}

/** A program in the names of a kernel of `variant`; `counted`: of a level that counts tokens. */
export function forVariant(text: string, variant: Variant, counted = true): string {
  if (variant !== "sockopt") return text;
  return text
    .replaceAll(XARRAY.mainline, XARRAY.v6)
    .replace("// manual mode: see probe-text.ts", () => V6_MODES)
    .replace("// manual mode, met: see probe-text.ts", () => (counted ? V6_MET : V6_MET_SAMPLED))
    .replace("// manual mode, its number: see probe-text.ts", () => V6_NUMBER)
    .replace("// manual mode, its page: see probe-text.ts", () => V6_PAGE)
    .replaceAll("// manual mode, given back: see probe-text.ts", () => V6_GIVEN_BACK)
    .replace("// manual mode, closing: see probe-text.ts", () => V6_CLOSING)
    .replace(
      'printf("held t=%llu sk=%llx born=%llu sockmode=0',
      'printf("held t=%llu sk=%llx born=%llu sockmode=1',
    );
}

/**
 * At tcp_close, for a socket whose xarray is not empty ($head): the walk of snapshot.bt, and the line that says what it
 * found. A socket nothing was known of is known from here on.
 */
function closing(): string {
  const walk = between(textOf("snapshot.bt"), "// what it holds {\n", "    // } what it holds\n");
  return `if ($s.1 == 0) {
      $s = ((uint64)0, nsecs);
      @sock[$sk] = $s;
      // level counts {
      @issued[$sk] = sum((int64)0);
      @returned[$sk] = sum((int64)0);
      @linear[$sk] = sum((int64)0);
      // } level counts
    }
    if ($head != 0) {
${walk}
      printf("held t=%llu sk=%llx born=%llu sockmode=0 held=%lld whole=%u netns=%u binding=%llx dmabuf=%u bytes=%llu shift=%d ifindex=%d ifname=%s\\n",
        nsecs, $sk, $s.1, $held, $whole, args.sk->__sk_common.skc_net.net->ns.inum, (uint64)$binding, $binding->id,
        (uint64)$binding->dmabuf->size, $binding->chunk_pool->min_alloc_order, $binding->dev->ifindex,
        $binding->dev->name);
    }`;
}

/** A program whose tcp_close says what the socket holds. */
export function withClosing(text: string): string {
  return text.replace("// what it holds: see probe-text.ts", closing);
}

/** A program without its lines from `// PART {` to `// } PART`. */
function without(text: string, part: string): string {
  return text.replace(new RegExp(` *// ${part} \\{\\n.*?// \\} ${part}\\n`, "gs"), "");
}

/** A program without what is only for levels that count: there are no sums, and nothing that could have moved. */
export function uncounted(text: string): string {
  return without(text, "level counts");
}

const NATIVE = "native_queued_spin_lock_slowpath";
const GENERIC = "queued_spin_lock_slowpath";

/**
 * A program that meets waits for spinlocks in these functions; locks.bt names the one that most kernels have. The generic one
 * is a dangerous function to bpftrace, and what 0.23 adds to a fentry to make it safe does not load: it gets a kprobe. Its
 * return would not tell of which lock it is, and at that of a map's lock nothing may be written: the time is left out.
 */
export function withSlowpaths(text: string, slowpaths: readonly string[] = [NATIVE]): string {
  if (slowpaths.includes(GENERIC))
    return without(text, "its end")
      .replace(`fentry:${NATIVE}`, `kprobe:${GENERIC}`)
      .replace("(uint64)args.lock", "(uint64)arg0");
  return text.replace(new RegExp(`^(fentry|fexit):${NATIVE}$`, "gm"), (_, hook: string) =>
    slowpaths.map((name) => `${hook}:${name}`).join(",\n"),
  );
}

/**
 * A program for a bpftrace that has ranges. A loop that counts up to a constant at its top becomes one: what LLVM 0.27
 * makes of the `while` takes the verifier beyond its million instructions, and a range's body is checked once. (0.23, which
 * has no ranges, has no `break` within a `for` either: what else ends the loop stands in its condition.)
 */
export function withRanges(text: string): string {
  return text.replace(
    /\$(\w+) = \(uint64\)0;\n( *)while \(\$\1 < (\d+)(?: && (\$\w+) < (\$\w+))?\) \{\n *\$\1\+\+;\n/g,
    (_, name: string, indent: string, rounds: string, low?: string, high?: string) => {
      const end = low ? `${indent}  if (${low} >= ${high}) {\n${indent}    break;\n${indent}  }\n` : "";
      return `for ($${name} : 0..${rounds}) {\n${end}`;
    },
  );
}
