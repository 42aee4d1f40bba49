// layouts - Each known kernel's layouts are recognized by its members; one that fits no form is named.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FACTS, KNOWN_LAYOUTS, LAYOUTS, layoutsOf } from "./layouts.ts";

/** A kernel that has these members, and those of every fact that is the same in all. */
function kernelWith(...members: string[]) {
  const common = FACTS.flatMap((fact) => {
    const [form, ...others] = Object.values<readonly string[]>(LAYOUTS[fact].forms);
    return others.length === 0 ? (form ?? []) : [];
  });
  const all = new Set([...common, "net_iov.owner", ...members]);
  return { has: (path: string) => all.has(path) };
}

const BINDING = "net_devmem_dmabuf_binding";
const CHUNK = "dmabuf_genpool_chunk_owner.binding";
const POOL = `${BINDING}.chunk_pool.min_alloc_order`;
const COUNT = `${BINDING}.ref.refs.counter`;
const [DATA, SHIFT] = [`${BINDING}.ref.data`, `${BINDING}.niov_shift`];

const KERNELS: [keyof typeof KNOWN_LAYOUTS, string[]][] = [
  ["6.12", [CHUNK, POOL, COUNT]],
  ["7.0", [CHUNK, POOL, DATA]],
  ["7.3", [CHUNK, POOL, DATA, SHIFT]],
  ["next", [`${BINDING}.area`, DATA, SHIFT]],
];

for (const [kernel, members] of KERNELS)
  test(`the layouts of ${kernel}`, () => {
    const { layouts, unknown } = layoutsOf(kernelWith(...members));
    assert.deepEqual({ ...layouts, ...KNOWN_LAYOUTS[kernel] }, layouts);
    assert.deepEqual(unknown, []);
  });

test("a fact that a kernel keeps elsewhere is named, with the places that are known", () => {
  const { layouts, unknown } = layoutsOf(kernelWith(CHUNK, COUNT));
  assert.equal(layouts.shift, undefined);
  assert.deepEqual(unknown, [
    `where it keeps the page size of a binding is not known: not as ${SHIFT}, nor as ${POOL}`,
  ]);
});

test("what only probes of the autorelease series read may be anywhere in mainline", () => {
  const elsewhere = [CHUNK, POOL];
  assert.deepEqual(layoutsOf(kernelWith(...elsewhere)).unknown, []);
  const { unknown } = layoutsOf(kernelWith(...elsewhere, "sock.sk_devmem_info"));
  assert.match(unknown.join(), /^where it keeps the reference count of a binding is not known/);
});
