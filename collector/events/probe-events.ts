// probe-events - The kinds of events that probes print: a line is the kind, then `name=value` fields in the order given here.

import type { KindEntry } from "./traits.ts";

const address = { laddr: "address", lport: "port", raddr: "address", rport: "port" } as const;
const task = { pid: "natural", comm: "rest" } as const;
const totals = { issued: "natural", returned: "natural", linear: "natural" } as const;
// ifindex 0, ifname empty: the device is gone (binding->dev is NULL after unregister_netdevice, since 6.15).
const dmabuf = {
  dmabuf: "natural",
  bytes: "natural",
  shift: "shift",
  ifindex: "natural",
  ifname: "device",
} as const;
const firstTokens = {
  t: "time",
  sk: "hex",
  born: "time",
  binding: "hex",
  ...dmabuf,
  issued: "natural",
  before: "int",
  netns: "natural",
  ...address,
  ...task,
} as const;

/** Every kind a probe prints. The comment above a kind names the kernel function or field its values come from. */
export const probeKinds = {
  // First tokens of a socket, or first from another binding. issued: tokens before this batch (tcp_xa_pool.idx summed).
  // before: tokens already in the xarray before this batch, a lower bound (64: more than one node); 0 for a new socket.
  // bytes, shift, ifindex, ifname: dma_buf.size, gen_pool.min_alloc_order, net_device of the net_devmem_dmabuf_binding.
  socket: {
    since: 1,
    is: { about: "socket", family: "life", loud: "news", carry: "every" },
    names: "receiver",
    fields: firstTokens,
  },
  // Kernels of variant `sockopt` only: first tokens of a socket in manual mode, or first since its mode was set.
  // before: sk_devmem_info.outstanding_urefs minus this batch; if above 0, it was issued before the trace and is part of issued.
  manual: {
    since: 1,
    is: { about: "socket", family: "life", loud: "news", carry: "every" },
    names: "receiver",
    fields: firstTokens,
  },
  // Running totals of one socket. linear: payload bytes copied to the linear buffer (SCM_DEVMEM_LINEAR). closed: when
  // tcp_close ran, 0 before that: a lost close line does not hide the close.
  count: {
    since: 1,
    is: { about: "socket", family: "total", loud: "total", carry: "newest" },
    fields: { t: "time", sk: "hex", born: "time", ...totals, closed: "time" },
  },
  // fentry tcp_close. xa: 1 while sk->sk_user_frags is not empty. bytes: tcp_sock.bytes_received without the
  // peer's FIN, which the kernel counts.
  close: {
    since: 1,
    is: { about: "socket", family: "life", loud: "news", carry: "every" },
    names: "known",
    fields: {
      t: "time",
      sk: "hex",
      born: "time",
      ...totals,
      xa: "natural",
      bytes: "natural",
      ...address,
      ...task,
    },
  },
  // fentry tcp_close, just before the close line, if the socket's xarray is not empty: how many tokens are in it.
  // sockmode: 0 xarray, 1 autorelease; 2 manual, at level sampled: then held is sk_devmem_info.outstanding_urefs.
  // whole: 0 if there were more than the walk could visit. dmabuf ... ifname: the binding of one of these tokens.
  held: {
    since: 2,
    is: { about: "socket", family: "check", loud: "silent", carry: "every" },
    fields: {
      t: "time",
      sk: "hex",
      born: "time",
      sockmode: "natural",
      held: "int",
      whole: "natural",
      netns: "natural",
      binding: "hex",
      dmabuf: "natural",
      bytes: "natural",
      shift: "shift",
      ifindex: "natural",
      ifname: "rest",
    },
  },
  // fentry and fexit bpf_iter_run_prog, on a socket the probes know: their sums while an iterator read it, from `from` to t.
  // still: 1 if no return was in progress and no sum changed. It becomes a `reading` (tracer-events.ts) and is not recorded.
  read: {
    since: 2,
    is: { about: "socket", family: "check", loud: "silent", carry: "nothing" },
    fields: {
      t: "time",
      from: "time",
      sk: "hex",
      born: "time",
      issued: "natural",
      returned: "natural",
      still: "natural",
    },
  },
  // fexit tcp_v4_destroy_sock (IPv6 too). closed: when tcp_close ran, 0 if it was not seen.
  destroy: {
    since: 1,
    is: { about: "socket", family: "life", loud: "news", carry: "every" },
    fields: { t: "time", sk: "hex", born: "time", ...totals, closed: "time", xa: "natural" },
  },
  // fexit sock_devmem_dontneed, negative: -EINVAL, -EFAULT, -EBADF, -ENOMEM. ranges: dmabuf_token structs passed.
  refused: {
    since: 1,
    is: { about: "socket", family: "finding", loud: "trouble", carry: "nothing" },
    names: "known",
    fields: { t: "time", sk: "hex", err: "int", ranges: "natural", ...task },
  },
  // fexit sock_devmem_dontneed: fewer tokens were freed than the token_counts add up to.
  short: {
    since: 1,
    is: { about: "socket", family: "finding", loud: "trouble", carry: "nothing" },
    names: "known",
    fields: { t: "time", sk: "hex", asked: "natural", freed: "natural", ...task },
  },
  // fexit tcp_recvmsg_locked, negative: -EFAULT, -ENODEV, -ETOOSMALL (525), -ENOMEM.
  recverr: {
    since: 1,
    is: { about: "socket", family: "finding", loud: "trouble", carry: "nothing" },
    names: "stranger",
    fields: { t: "time", sk: "hex", born: "time", err: "int", ...task },
  },
  // Tokens one recvmsg issued with MSG_PEEK.
  peek: {
    since: 1,
    is: { about: "socket", family: "finding", loud: "news", carry: "nothing" },
    names: "known",
    fields: { t: "time", sk: "hex", tokens: "natural", ...task },
  },
  // fexit sock_devmem_set_autorelease. born: 0 on a listening socket, which never has tokens. mode: the option before the call;
  // value: the one asked for, read from user memory. err: 0, -EBUSY, -EINVAL, -EFAULT, -EBADF. held: tokens of the socket by
  // the kernel's own count.
  mode: {
    since: 1,
    is: { about: "socket", family: "finding", loud: "news", carry: "first and newest" },
    names: "known",
    fields: {
      t: "time",
      sk: "hex",
      born: "time",
      mode: "int",
      value: "int",
      err: "int",
      held: "int",
      ...task,
    },
  },
  // fexit tcp_recvmsg_dmabuf, -EFAULT: the payload is in dma-buf `other`, the socket's tokens belong to dma-buf `dmabuf`.
  second: {
    since: 1,
    is: { about: "socket", family: "finding", loud: "news", carry: "nothing" },
    names: "known",
    fields: { t: "time", sk: "hex", born: "time", dmabuf: "natural", other: "natural", ...task },
  },
  // fexit sock_devmem_dontneed in manual mode: `tokens` more were freed than the socket had outstanding. These were
  // issued to other sockets of its binding.
  foreign: {
    since: 1,
    is: { about: "socket", family: "handover", loud: "silent", carry: "nothing" },
    names: "known",
    fields: { t: "time", sk: "hex", tokens: "natural", ...task },
  },
  // fexit sock_devmem_dontneed in manual mode, just before the foreign line: the socket had `own` tokens outstanding, and the
  // call freed more. The counts do not show which of the freed tokens were its own.
  mixed: {
    since: 2,
    is: { about: "socket", family: "handover", loud: "silent", carry: "nothing" },
    names: "known",
    fields: { t: "time", sk: "hex", own: "natural", ...task },
  },
  // What the pages of a binding hold (net_iov.uref) when a socket in manual mode closes or is destroyed, or at unbind.
  // at: the kernel function, tcp_close, tcp_v4_destroy_sock or net_devmem_unbind_dmabuf.
  // urefs: sk_devmem_info.outstanding_urefs; tokens: sum of uref; pages: those with uref > 0; walked: pages visited.
  // At unbind sk and urefs are 0.
  pinned: {
    since: 1,
    is: { about: "socket", family: "check", loud: "silent", carry: "every" },
    fields: {
      t: "time",
      at: "word",
      sk: "hex",
      born: "time",
      binding: "hex",
      urefs: "int",
      tokens: "natural",
      pages: "natural",
      walked: "natural",
    },
  },
  // fexit net_devmem_unbind_dmabuf: every uref that was left has been dropped.
  swept: {
    since: 1,
    is: { about: "binding", family: "life", loud: "news", carry: "every" },
    fields: { t: "time", binding: "hex" },
  },
  // fexit net_devmem_bind_dmabuf.
  bind: {
    since: 1,
    is: { about: "binding", family: "life", loud: "news", carry: "every" },
    names: "stranger",
    fields: { t: "time", binding: "hex", ...dmabuf, netns: "natural", ...task },
  },
  // fexit net_devmem_bind_dmabuf, negative.
  bindfail: {
    since: 1,
    is: { about: "process", family: "device", loud: "trouble", carry: "nothing" },
    names: "known",
    fields: { t: "time", err: "int", ifindex: "natural", ifname: "device", ...task },
  },
  // fexit net_devmem_bind_dmabuf_to_queue.
  queue: {
    since: 1,
    is: { about: "binding", family: "device", loud: "news", carry: "every" },
    fields: { t: "time", binding: "hex", queue: "natural", err: "int" },
  },
  // fentry net_devmem_unbind_dmabuf.
  unbind: {
    since: 1,
    is: { about: "binding", family: "life", loud: "news", carry: "every" },
    names: "known",
    fields: { t: "time", binding: "hex", dmabuf: "natural", ...task },
  },
  // fentry dma_buf_detach of the binding's attachment: the last step of freeing it.
  free: {
    since: 1,
    is: { about: "binding", family: "life", loud: "news", carry: "every" },
    fields: { t: "time", binding: "hex" },
  },
  // fexit mp_dmabuf_devmem_alloc_netmems returned 0: the dma-buf is exhausted. failed: such allocations so far.
  dry: {
    since: 1,
    is: { about: "binding", family: "device", loud: "trouble", carry: "newest" },
    fields: { t: "time", binding: "hex", failed: "natural" },
  },
  // Level tokens: fexit put_cmsg_notrunc of one dmabuf_cmsg. offset, size: bytes in the dma-buf.
  issue: {
    since: 1,
    is: { about: "socket", family: "token", loud: "silent", carry: "token" },
    names: "known",
    fields: {
      t: "time",
      sk: "hex",
      token: "int",
      dmabuf: "natural",
      offset: "natural",
      size: "natural",
      tid: "natural",
      ...task,
    },
  },
  // Level tokens: fentry tcp_recvmsg_locked with MSG_SOCK_DEVMEM. From now on this thread receives with this user
  // stack; empty: unknown.
  caller: {
    since: 2,
    is: { about: "thread", family: "task", loud: "silent", carry: { newestBy: ["tid"] } },
    names: "known",
    fields: { t: "time", tid: "natural", pid: "natural", stack: "stack" },
  },
  // Level tokens: fexit sock_devmem_dontneed, one line per dmabuf_token, which names the tokens first .. first + count - 1.
  return: {
    since: 1,
    is: { about: "socket", family: "token", loud: "silent", carry: "return" },
    names: "known",
    fields: { t: "time", sk: "hex", first: "int", count: "natural", tid: "natural", ...task },
  },
  // Totals of the probes' own maps, so that a lost line hides nothing for long. kept: closes of sockets whose xarray held
  // tokens; unbound: bindings; freed: those of them that were freed. last: 1 once every probe is detached.
  sums: {
    since: 2,
    is: { about: "trace", family: "total", loud: "idle", carry: "newest" },
    fields: { t: "time", kept: "natural", unbound: "natural", freed: "natural", last: "natural" },
  },
  // Levels holds and profile: one socket's tokens in the map of births. held: tokens in the map; oldest, age: the earliest
  // birth, and the sum of their ages, token-ns. Running totals: total: how long all returned tokens were held, ns;
  // overtaken: returned after a token issued later; untracked: issued when the map was full; unknown: returned
  // (by the result of sock_devmem_dontneed) without a birth in the map.
  hold: {
    since: 2,
    is: { about: "socket", family: "profile", loud: "silent", carry: "newest" },
    fields: {
      t: "time",
      sk: "hex",
      held: "int",
      oldest: "time",
      age: "int",
      total: "int",
      overtaken: "natural",
      untracked: "natural",
      unknown: "natural",
    },
  },
  // A bucket of a socket's histogram that grew. low: the smallest value in it (base/histogram.ts has the bounds); count: how
  // many values are in it now. of: holds: ns from issue to return, per token; issues, returns (level profile): tokens per
  // recvmsg and per return call.
  bucket: {
    since: 2,
    is: {
      about: "socket",
      family: "profile",
      loud: "silent",
      carry: { newestBy: ["of", "low"] },
    },
    fields: { t: "time", sk: "hex", of: ["holds", "issues", "returns"], low: "natural", count: "natural" },
  },
  // Level profile: running totals of one socket. recvs: tcp_recvmsg_locked with MSG_SOCK_DEVMEM, `empty` of them returned
  // 0 or an error; bytes: read from the stream; skbs, received: calls of tcp_recvmsg_dmabuf and ns in them; returns:
  // calls of sock_devmem_dontneed, freed: the sum of their results, returned: ns in them.
  calls: {
    since: 2,
    is: { about: "socket", family: "profile", loud: "silent", carry: "newest" },
    fields: {
      t: "time",
      sk: "hex",
      recvs: "natural",
      empty: "natural",
      bytes: "natural",
      skbs: "natural",
      received: "natural",
      returns: "natural",
      freed: "natural",
      returned: "natural",
    },
  },
  // Level profile: how often these calls had to wait for the xarray's lock, and for how many ns
  // (native_queued_spin_lock_slowpath, kernel/locking/qspinlock.c; its tracepoints show less: locks.bt).
  wait: {
    since: 2,
    is: { about: "socket", family: "profile", loud: "silent", carry: "newest" },
    fields: { t: "time", sk: "hex", times: "natural", ns: "natural" },
  },
  // Level profile: the kernel stack of a receiving thread, sampled by the CPU clock at 99 Hz. Empty: it was in user space.
  sample: {
    since: 2,
    is: { about: "thread", family: "profile", loud: "silent", carry: "nothing" },
    names: "known",
    fields: { t: "time", tid: "natural", pid: "natural", stack: "stack" },
  },
  // Once a second, so that time advances when nothing happens.
  tick: {
    since: 1,
    is: { about: "trace", family: "clock", loud: "idle", carry: "nothing" },
    fields: { t: "time" },
  },
} as const satisfies Record<string, KindEntry>;
