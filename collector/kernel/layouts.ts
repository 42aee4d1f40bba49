// layouts - Where kernels keep what the probes read: each fact with the forms it has had, recognized by BTF and never by a version.

import type { Btf } from "./btf.ts";

/** A fact that probes read: what it is, and the members by which a kernel is known to have it in a form. */
interface Layout {
  what: string;
  forms: Readonly<Record<string, readonly string[]>>;
  /** Only kernels with this member have probes that read it. */
  readWith?: string;
}

/**
 * Every fact. Where a kernel fits several forms, the first is right. The members are those of include/net/netmem.h,
 * net/core/devmem.h, include/linux/dma-buf.h, net/ipv4/tcp.c and lib/genalloc.c.
 */
export const LAYOUTS = {
  /**
   * `chunk`: a net_iov belongs to a chunk of a gen_pool, which has the binding · `area`: it belongs to the area that is
   * part of the binding.
   */
  owner: {
    what: "the binding of a net_iov",
    forms: {
      chunk: ["net_iov.owner", "dmabuf_genpool_chunk_owner.binding"],
      area: ["net_iov.owner", "net_devmem_dmabuf_binding.area"],
    },
  },
  /** `niov_shift`: the binding has it, from 7.3 · `chunk_pool`: its gen_pool has. */
  shift: {
    what: "the page size of a binding",
    forms: {
      niov_shift: ["net_devmem_dmabuf_binding.niov_shift"],
      chunk_pool: ["net_devmem_dmabuf_binding.chunk_pool.min_alloc_order"],
    },
  },
  /** `refcount`: 0 when the binding is freed · `percpu`: from 7.0; its data is gone then. */
  references: {
    what: "the reference count of a binding",
    readWith: "sock.sk_devmem_info",
    forms: {
      refcount: ["net_devmem_dmabuf_binding.ref.refs.counter"],
      percpu: ["net_devmem_dmabuf_binding.ref.data"],
    },
  },
  dmabuf: {
    what: "the number and size of a dma-buf",
    forms: {
      pointer: [
        "net_devmem_dmabuf_binding.id",
        "net_devmem_dmabuf_binding.dmabuf.size",
        "net_devmem_dmabuf_binding.attachment",
      ],
    },
  },
  device: {
    what: "the device of a binding",
    forms: { pointer: ["net_devmem_dmabuf_binding.dev.ifindex", "net_devmem_dmabuf_binding.dev.name"] },
  },
  batch: {
    what: "the tokens that a recvmsg commits",
    forms: { pool: ["tcp_xa_pool.idx", "tcp_xa_pool.max", "tcp_xa_pool.tokens", "tcp_xa_pool.netmems"] },
  },
  xarray: {
    what: "the entries of an xarray",
    forms: { nodes: ["xa_node.slots", "xa_node.count", "xa_node.shift", "xa_node.parent", "xa_node.offset"] },
  },
} as const satisfies Record<string, Layout>;

export type Fact = keyof typeof LAYOUTS;

/** The form of each fact in one kernel. */
export type Layouts = { [F in Fact]: keyof (typeof LAYOUTS)[F]["forms"] };

/** Those that differ between kernels. */
export type VaryingLayouts = Pick<Layouts, "owner" | "shift" | "references">;

const OLDEST: VaryingLayouts = {
  owner: "chunk",
  shift: "chunk_pool",
  references: "refcount",
};
const PERCPU = { ...OLDEST, references: "percpu" } as const;
const LARGE_PAGES = { ...PERCPU, shift: "niov_shift" } as const;

/** What kernels have had, by the first that has it; `next`: net-next of September 2026, which has no gen_pool. */
export const KNOWN_LAYOUTS = {
  "6.12": OLDEST,
  "7.0": PERCPU,
  "7.3": LARGE_PAGES,
  next: { ...LARGE_PAGES, owner: "area" },
} as const satisfies Record<string, VaryingLayouts>;

/** All facts, and the names of all forms of one. */
export const FACTS = Object.keys(LAYOUTS) as Fact[];
export function formsOf<F extends Fact>(fact: F): Layouts[F][] {
  return Object.keys(LAYOUTS[fact].forms) as Layouts[F][];
}

/**
 * The forms that a kernel with these types has, and a sentence for each fact that it has in none of them. A fact that is not
 * read in this kernel has any form.
 */
export function layoutsOf(btf: Pick<Btf, "has">): { layouts: Partial<Layouts>; unknown: string[] } {
  const found = FACTS.map((fact) => [fact, formIn(btf, LAYOUTS[fact])] as const);
  const unknown = found.flatMap(([fact, form]) => (form === undefined ? [unknownText(LAYOUTS[fact])] : []));
  return { layouts: Object.fromEntries(found.filter(([, form]) => form !== undefined)), unknown };
}

function formIn(btf: Pick<Btf, "has">, { forms, readWith }: Layout): string | undefined {
  const found = Object.keys(forms).find((form) => forms[form]?.every((path) => btf.has(path)));
  const isRead = readWith === undefined || btf.has(readWith);
  return found ?? (isRead ? undefined : Object.keys(forms)[0]);
}

function unknownText({ what, forms }: Layout): string {
  const known = Object.values(forms).map((paths) => paths.join(" with "));
  return `where it keeps ${what} is not known: not as ${known.join(", nor as ")}`;
}
