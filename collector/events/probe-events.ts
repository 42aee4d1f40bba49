// probe-events - The one table of probe lines: kind, then `name=value` fields in the order the probes print them.

import type { Fields } from "./fields.ts";

const address = { laddr: "word", lport: "int", raddr: "word", rport: "int" } as const;
const task = { pid: "int", comm: "rest" } as const;
const totals = { issued: "int", returned: "int", linear: "int" } as const;
const dmabuf = { dmabuf: "int", bytes: "int", shift: "int", ifindex: "int", ifname: "word" } as const;
const firstTokens = {
  ...({ t: "time", sk: "hex", born: "time", binding: "hex" } as const),
  ...dmabuf,
  ...({ issued: "int", before: "int", netns: "int" } as const),
  ...address,
  ...task,
} as const;

/** Every line a probe prints. A field's kernel source stands in the comment above its line. */
export const grammar = {
  // First tokens of a socket, or first from another binding. issued: tokens before this batch (tcp_xa_pool.idx summed).
  // before: tokens the xarray held already when this first batch came, at least (64: more than one node); 0 for a new socket.
  // bytes, shift, ifindex, ifname: dma_buf.size, gen_pool.min_alloc_order, net_device of the net_devmem_dmabuf_binding.
  socket: firstTokens,
  // Kernels of variant `sockopt` only: first tokens of a socket in manual mode, or first since its mode was set.
  // before: sk_devmem_info.outstanding_urefs less this batch; what is above 0 is in issued, and was issued before the trace.
  manual: firstTokens,
  // Running totals of one socket. linear: payload bytes copied to the linear buffer (SCM_DEVMEM_LINEAR). closed: when
  // tcp_close ran, 0 before: a lost close line does not hide a close.
  count: { t: "time", sk: "hex", born: "time", ...totals, closed: "time" },
  // fentry tcp_close. xa: 1 while sk->sk_user_frags holds anything. bytes: tcp_sock.bytes_received, which counts
  // the peer's FIN, without that.
  close: { t: "time", sk: "hex", born: "time", ...totals, xa: "int", bytes: "int", ...address, ...task },
  // fentry tcp_close, just before its close line, where the socket's xarray is not empty: how many tokens are in it.
  // sockmode: 0 xarray, 1 autorelease; 2 manual, at level sampled: then held is sk_devmem_info.outstanding_urefs.
  // whole: 0 when there were more than the walk could visit. dmabuf ... ifname: of the binding of one of them.
  held: {
    ...{
      t: "time",
      sk: "hex",
      born: "time",
      sockmode: "int",
      held: "int",
      whole: "int",
      netns: "int",
      binding: "hex",
    },
    ...{ dmabuf: "int", bytes: "int", shift: "int", ifindex: "int", ifname: "rest" },
  },
  // fentry and fexit bpf_iter_run_prog, on a socket the probes know: their sums while an iterator read it, from `from` to t.
  // still: 1 when no return was under way and no sum moved. Becomes a reading (own.ts) and is not recorded.
  read: {
    ...{ t: "time", from: "time", sk: "hex", born: "time" },
    ...{ issued: "int", returned: "int", still: "int" },
  },
  // fexit tcp_v4_destroy_sock (IPv6 too). closed: time of the close line, 0 if there was none.
  destroy: { t: "time", sk: "hex", born: "time", ...totals, closed: "time", xa: "int" },
  // fexit sock_devmem_dontneed, negative: -EINVAL, -EFAULT, -EBADF, -ENOMEM. ranges: dmabuf_token structs passed.
  refused: { t: "time", sk: "hex", err: "int", ranges: "int", ...task },
  // fexit sock_devmem_dontneed, fewer freed than the token_counts add up to.
  short: { t: "time", sk: "hex", asked: "int", freed: "int", ...task },
  // fexit tcp_recvmsg_locked, negative: -EFAULT, -ENODEV, -ETOOSMALL (525), -ENOMEM.
  recverr: { t: "time", sk: "hex", born: "time", err: "int", ...task },
  // Tokens one recvmsg issued with MSG_PEEK.
  peek: { t: "time", sk: "hex", tokens: "int", ...task },
  // fexit sock_devmem_set_autorelease. born: 0 on a listening socket, which never has tokens. mode, value: the option before and as asked for; value is read from user memory.
  // err: 0, -EBUSY, -EINVAL, -EFAULT, -EBADF. held: tokens the kernel counted on the socket then.
  mode: {
    ...{ t: "time", sk: "hex", born: "time", mode: "int", value: "int", err: "int", held: "int" },
    ...task,
  },
  // fexit tcp_recvmsg_dmabuf, -EFAULT: the payload lies in dma-buf `other`, the socket's tokens are of dma-buf `dmabuf`.
  second: { t: "time", sk: "hex", born: "time", dmabuf: "int", other: "int", ...task },
  // fexit sock_devmem_dontneed in manual mode: `tokens` more were freed than the socket had outstanding, so these were
  // issued to other sockets of its binding.
  foreign: { t: "time", sk: "hex", tokens: "int", ...task },
  // What the pages of a binding hold (net_iov.uref) when a socket in manual mode closes or is destroyed, or at unbind.
  // at: the kernel's function, tcp_close, tcp_v4_destroy_sock or net_devmem_unbind_dmabuf.
  // urefs: sk_devmem_info.outstanding_urefs; tokens: sum of uref; pages: with uref > 0; walked: pages looked at.
  // sk is 0 and urefs 0 at unbind.
  pinned: {
    ...{ t: "time", at: "word", sk: "hex", born: "time", binding: "hex", urefs: "int" },
    ...{ tokens: "int", pages: "int", walked: "int" },
  },
  // fexit net_devmem_unbind_dmabuf: every uref there was has been dropped.
  swept: { t: "time", binding: "hex" },
  // fexit net_devmem_bind_dmabuf.
  bind: { t: "time", binding: "hex", ...dmabuf, netns: "int", ...task },
  bindfail: { t: "time", err: "int", ifindex: "int", ifname: "word", ...task },
  // fexit net_devmem_bind_dmabuf_to_queue.
  queue: { t: "time", binding: "hex", queue: "int", err: "int" },
  // fentry net_devmem_unbind_dmabuf.
  unbind: { t: "time", binding: "hex", dmabuf: "int", ...task },
  // fentry dma_buf_detach of the binding's attachment: the last step of freeing it.
  free: { t: "time", binding: "hex" },
  // fexit mp_dmabuf_devmem_alloc_netmems returned 0. failed: such allocations so far.
  dry: { t: "time", binding: "hex", failed: "int" },
  // Level tokens: fexit put_cmsg_notrunc of one dmabuf_cmsg. offset, size: bytes in the dma-buf.
  issue: {
    ...{ t: "time", sk: "hex", token: "int", dmabuf: "int", offset: "int", size: "int", tid: "int" },
    ...task,
  },
  // Level tokens: fentry tcp_recvmsg_locked with MSG_SOCK_DEVMEM. From here on this thread receives by this stack of user
  // space; empty: not known.
  caller: { t: "time", tid: "int", pid: "int", stack: "stack" },
  // Level tokens: fexit sock_devmem_dontneed, one line per dmabuf_token: the numbers first .. first + count - 1 were named.
  return: { t: "time", sk: "hex", first: "int", count: "int", tid: "int", ...task },
  // Totals of the kernel's own maps, so that a lost line hides nothing for good. kept: closes of a socket whose xarray held
  // tokens; unbound, freed: bindings, of those that were seen bound or in use. last: 1 once every probe is detached.
  sums: { t: "time", kept: "int", unbound: "int", freed: "int", last: "int" },
  // Levels holds and profile: what the map of births knows of one socket's tokens. held: births it has; oldest, age: the
  // earliest, and the sum of their ages, token-ns. Running totals: total: ns the returned ones were held, in all;
  // overtaken: returned after one issued later; untracked: issued with no room in the map; unknown: returned
  // (by sock_devmem_dontneed's answer) with no birth in it.
  hold: {
    ...{ t: "time", sk: "hex", held: "int", oldest: "time", age: "int", total: "int" },
    ...{ overtaken: "int", untracked: "int", unknown: "int" },
  },
  // A bucket of a socket's histogram that grew: the smallest value in it (the bounds are histogram.ts's) and how many are in it now.
  // of holds: ns from issue to return, per token; issues, returns (level profile): tokens per recvmsg and per return call.
  bucket: { t: "time", sk: "hex", of: ["holds", "issues", "returns"], low: "int", count: "int" },
  // Level profile: running totals of one socket. recvs: tcp_recvmsg_locked with MSG_SOCK_DEVMEM, `empty` of them answered
  // 0 or an error; bytes: taken out of the stream; skbs, received: calls of tcp_recvmsg_dmabuf, ns in them; returns:
  // sock_devmem_dontneed, freed: what it answered, returned: ns in it.
  calls: {
    ...{ t: "time", sk: "hex", recvs: "int", empty: "int", bytes: "int", skbs: "int", received: "int" },
    ...{ returns: "int", freed: "int", returned: "int" },
  },
  // Level profile: times the xarray's lock had to be waited for in these calls, and ns of waiting
  // (native_queued_spin_lock_slowpath, kernel/locking/qspinlock.c; its tracepoints tell less: locks.bt).
  wait: { t: "time", sk: "hex", times: "int", ns: "int" },
  // Level profile: what a receiving thread did when the CPU's clock, 99 Hz, looked. Empty: it was in user space.
  sample: { t: "time", tid: "int", pid: "int", stack: "stack" },
  // Once a second, so that time goes on while nothing happens.
  tick: { t: "time" },
} as const satisfies Record<string, Fields>;

export type Grammar = typeof grammar;
