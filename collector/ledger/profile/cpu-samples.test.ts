// cpu - A sample goes to the class of the function furthest in that the table names, whatever called it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { addSample, byClass, CLASSES, classOf, type Sample } from "./cpu-samples.ts";

const SYSCALL = "entry_SYSCALL_64_after_hwframe;do_syscall_64";
const RECEIVE = `${SYSCALL};__sys_recvmsg;sock_recvmsg;inet_recvmsg;tcp_recvmsg;tcp_recvmsg_locked`;
const RETURN = `${SYSCALL};__sys_setsockopt;sk_setsockopt;sock_devmem_dontneed`;

const CASES: [stack: string, name: string][] = [
  ["", "user space"],
  [`${RECEIVE};tcp_recvmsg_dmabuf;put_cmsg_notrunc;_copy_to_user`, "copy and receive"],
  [
    `${RECEIVE};tcp_recvmsg_dmabuf;__xa_alloc;xas_store;xas_create;kmem_cache_alloc_lru`,
    "token bookkeeping (xarray)",
  ],
  [`${RETURN};__xa_erase;xas_load`, "token bookkeeping (xarray)"],
  [`${RETURN};sock_devmem_dontneed_manual_release`, "token bookkeeping (uref)"],
  [`${RETURN};sock_devmem_dontneed_manual_release;napi_pp_put_page`, "return path"],
  [`${RETURN};sock_devmem_dontneed_autorelease;_raw_spin_lock_bh`, "token bookkeeping (xarray)"],
  [`${RETURN};sock_devmem_dontneed_autorelease;napi_pp_put_page;page_pool_put_unrefed_netmem`, "return path"],
  [`${RECEIVE};tcp_recvmsg_dmabuf;skb_release_data;napi_pp_put_page`, "copy and receive"],
  [`${RETURN};napi_pp_put_page;page_pool_put_unrefed_netmem`, "return path"],
  [`${RETURN};_raw_spin_lock_bh;native_queued_spin_lock_slowpath`, "lock waiting"],
  [`${RETURN};bpf_trampoline_6442;bpf_prog_1a2b_fexit;native_queued_spin_lock_slowpath`, "our own probes"],
  [`${RECEIVE};__local_bh_enable_ip;do_softirq;handle_softirqs;tcp_v4_rcv`, "interrupts and the NIC's work"],
  [`${SYSCALL};__x64_sys_poll;do_poll`, "other kernel"],
];

for (const [stack, name] of CASES)
  test(`${stack.split(";").at(-1) || "no frame"}: ${name}`, () => assert.equal(classOf(stack), name));

test("more different samples than are kept still count in their class", () => {
  const samples = new Map<string, Sample>();
  const add = (stack: string) => addSample(samples, { kind: "sample", t: 1, tid: 1, pid: 1, stack });
  for (let i = 0; i < 8192; i++) add(`${RETURN};f${i}`);
  for (const [stack] of CASES) add(stack);
  assert.ok(samples.size <= 8192 + CLASSES.length);
  const beyond = byClass([...samples.values()].filter(({ pid }) => pid === 0));
  assert.deepEqual(beyond, byClass(CASES.map(([stack]) => ({ pid: 1, stack, times: 1 }))));
});

test("every sample is in one class, and every class is listed", () => {
  const samples = CASES.map(([stack], i) => ({ pid: 1, stack, times: i + 1 }));
  const classes = byClass(samples);
  assert.deepEqual(
    classes.map(({ name }) => name),
    CLASSES,
  );
  assert.equal(
    classes.reduce((sum, { times }) => sum + times, 0),
    samples.reduce((sum, { times }) => sum + times, 0),
  );
});
