// kernel - A model of the kernel's devmem receive path: pages, xarrays and counters; it knows nothing of any tracer.
//
// Written from net/core/devmem.c, net/core/sock.c and net/ipv4/tcp.c (6.12) and from the v6 series. Whoever traces hangs
// hooks on the functions the real probes are attached to, and sees what they would see.

/** One dma-buf bound to a device: struct net_devmem_dmabuf_binding. */
export interface Binding {
  ptr: string;
  attachment: string;
  id: number;
  /** References to each page: tokens in xarrays, skbs; in manual mode one for all tokens of the page. */
  refs: number[];
  /** Manual mode: net_iov.uref of each page. */
  uref: number[];
  bound: boolean;
  freed: boolean;
  /** Unbound before anything was traced. */
  early: boolean;
}

/** A fragment of payload in an skb: which page it lies in. It pins the page. */
interface Frag {
  binding: Binding;
  page: number;
}

/** struct sock, and what it is remembered for: one connection. */
export interface Sock {
  ptr: string;
  port: number;
  manual: boolean;
  /** Fragments received and not read yet. */
  queue: Frag[];
  /** sk_user_frags: token number to page. */
  xarray: Map<number, Frag>;
  /** sk_devmem_info: manual mode. */
  binding: Binding | null;
  urefs: number;
  closed: boolean;
  destroyed: boolean;
  /** Calls of setsockopt on it under way: it cannot be closed. */
  returning: number;
}

/** What the probes are attached to. Each is called where the kernel would run them. */
export interface Hooks {
  recvmsg(sock: Sock, peek: boolean): void;
  /** put_cmsg_notrunc of a token. */
  cmsg(sock: Sock, token: number, frag: Frag): void;
  /** tcp_xa_pool_commit_locked; in manual mode fexit of tcp_recvmsg_dmabuf. before: what the xarray held, without this batch. */
  batch(sock: Sock, binding: Binding, tokens: number, before: number): void;
  recvmsgDone(sock: Sock, peek: boolean): void;
  dontneed(sock: Sock): void;
  dontneedDone(sock: Sock, ranges: Range[], freed: number, had: number): void;
  close(sock: Sock): void;
  /** fentry and fexit of tcp_v4_destroy_sock. */
  destroy(sock: Sock): void;
  destroyed(sock: Sock): void;
  bound(binding: Binding): void;
  /** netdev_nl_sock_priv_destroy, before the unbind. */
  unbinding(): void;
  unbind(binding: Binding): void;
  unbound(binding: Binding): void;
  /** dma_buf_detach. */
  free(binding: Binding): void;
}

/** struct dmabuf_token. */
export interface Range {
  first: number;
  count: number;
}

/** Frags of one skb: MAX_SKB_FRAGS less two for the headers, as the testbed's NIC makes them. */
const SKB_FRAGS = 15;
/** MAX_DONTNEED_FRAGS, net/core/sock.c. */
const DONTNEED_FRAGS = 1024;

/** The kernel's state and system calls. */
export class Kernel {
  readonly bindings: Binding[] = [];
  /** Every connection there ever was, oldest first. */
  readonly socks: Sock[] = [];
  /** Frags in skbs a CPU has not freed yet (skb_attempt_defer_free). */
  limbo: Frag[] = [];
  readonly #hooks: Hooks;
  readonly #freePtrs: string[];
  readonly #freeBindings = ["b0", "b1", "b2"];
  #ids = 0;
  #ports = 40000;

  constructor(hooks: Hooks, pointers: number) {
    this.#hooks = hooks;
    this.#freePtrs = Array.from({ length: pointers }, (_, i) => `a${i}`);
  }

  /** bind-rx: a new binding of `pages` pages; none where there are as many as there may be. */
  bind(pages: number): Binding | null {
    const ptr = this.#freeBindings.shift();
    if (!ptr) return null;
    const id = ++this.#ids;
    const none = () => new Array<number>(pages).fill(0);
    const binding = {
      ptr,
      attachment: `t${id}`,
      id,
      refs: none(),
      uref: none(),
      bound: true,
      freed: false,
      early: false,
    };
    this.bindings.push(binding);
    this.#hooks.bound(binding);
    return binding;
  }

  /** The netlink socket is closed. */
  unbind(binding: Binding): void {
    this.#hooks.unbinding();
    this.#hooks.unbind(binding);
    binding.bound = false;
    for (let page = 0; page < binding.uref.length; page++) {
      if ((binding.uref[page] as number) > 0) this.#put({ binding, page });
      binding.uref[page] = 0;
    }
    this.#hooks.unbound(binding);
    this.#freeIfLast(binding);
  }

  /** A connection, on memory that is free; null where there is none. */
  accept(manual: boolean): Sock | null {
    const ptr = this.#freePtrs.shift();
    if (!ptr) return null;
    const sock = {
      ptr,
      port: this.#ports++,
      manual,
      queue: [],
      xarray: new Map(),
      binding: null,
      urefs: 0,
      closed: false,
      destroyed: false,
      returning: 0,
    };
    this.socks.push(sock);
    return sock;
  }

  /** The NIC receives `frags` fragments for it: as many as there are pages for. `share`: they lie in the page before, too. */
  arrive(sock: Sock, binding: Binding, frags: number, share: boolean): void {
    if (!binding.bound) return;
    for (let i = 0; i < frags; i++) {
      const last = sock.queue.at(-1);
      const page = share && last?.binding === binding ? last.page : binding.refs.indexOf(0);
      if (page < 0) return;
      binding.refs[page] = (binding.refs[page] as number) + 1;
      sock.queue.push({ binding, page });
    }
  }

  /** recvmsg(MSG_SOCK_DEVMEM): hands out tokens for at most `most` fragments. */
  receive(sock: Sock, most: number, peek: boolean): void {
    this.#hooks.recvmsg(sock, peek);
    let left = Math.min(most, sock.queue.length);
    let at = 0;
    while (left > 0) {
      const batch = this.#skb(sock.queue.slice(at, at + left));
      const [first] = batch as [Frag];
      if (sock.manual && (sock.binding ?? first.binding) !== first.binding) break; // EFAULT: a second binding.
      this.#issue(sock, first.binding, batch);
      left -= batch.length;
      if (peek) at += batch.length;
      else for (const frag of sock.queue.splice(0, batch.length)) this.#put(frag);
    }
    this.#hooks.recvmsgDone(sock, peek);
  }

  /** The first skb of what is queued: of one binding. */
  #skb(frags: Frag[]): Frag[] {
    const other = frags.findIndex(({ binding }) => binding !== frags[0]?.binding);
    return frags.slice(0, Math.min(SKB_FRAGS, other < 0 ? frags.length : other));
  }

  #issue(sock: Sock, binding: Binding, frags: Frag[]): void {
    const before = sock.manual ? sock.urefs : sock.xarray.size;
    if (sock.manual) sock.binding ??= binding;
    for (const frag of frags) this.#hooks.cmsg(sock, this.#token(sock, frag), frag);
    if (sock.manual) sock.urefs += frags.length;
    this.#hooks.batch(sock, binding, frags.length, before);
  }

  #token(sock: Sock, { binding, page }: Frag): number {
    if (sock.manual) {
      const uref = (binding.uref[page] as number) + 1;
      binding.uref[page] = uref;
      if (uref === 1) this.#get({ binding, page });
      return page;
    }
    let token = 1;
    while (sock.xarray.has(token)) token++;
    sock.xarray.set(token, { binding, page });
    this.#get({ binding, page });
    return token;
  }

  /** Enters SO_DEVMEM_DONTNEED and frees; `finish` returns from it. */
  dontneed(sock: Sock, ranges: Range[]): { finish(): void } {
    this.#hooks.dontneed(sock);
    sock.returning += 1;
    const had = sock.urefs;
    const freed = this.#free(sock, ranges);
    return {
      finish: () => {
        sock.returning -= 1;
        this.#hooks.dontneedDone(sock, ranges, freed, had);
      },
    };
  }

  #free(sock: Sock, ranges: Range[]): number {
    let [looked, freed] = [0, 0];
    for (const { first, count } of ranges)
      for (let token = first; token < first + count; token++) {
        if (++looked > DONTNEED_FRAGS) return freed;
        if (sock.manual ? this.#freePage(sock, token) : this.#freeToken(sock, token)) freed++;
      }
    return freed;
  }

  #freeToken(sock: Sock, token: number): boolean {
    const frag = sock.xarray.get(token);
    if (!frag) return false;
    sock.xarray.delete(token);
    this.#put(frag);
    return true;
  }

  /** The testbed's patch: a page that nobody holds is not counted, and the socket's counter stops at 0. */
  #freePage(sock: Sock, page: number): boolean {
    const { binding } = sock;
    if (!binding || !((binding.uref[page] ?? 0) > 0)) return false;
    const uref = (binding.uref[page] as number) - 1;
    binding.uref[page] = uref;
    if (uref === 0) this.#put({ binding, page });
    sock.urefs = Math.max(0, sock.urefs - 1);
    return true;
  }

  /** The last descriptor goes; what is queued is dropped, some of it later. */
  close(sock: Sock, defer: boolean): void {
    this.#hooks.close(sock);
    sock.closed = true;
    const dropped = sock.queue.splice(0);
    if (defer) this.limbo.push(...dropped);
    else for (const frag of dropped) this.#put(frag);
  }

  /** tcp_v4_destroy_sock: the xarray is emptied, the memory may be used again. */
  destroy(sock: Sock): void {
    this.#hooks.destroy(sock);
    const frags = [...sock.xarray.values()];
    sock.xarray.clear();
    sock.destroyed = true;
    this.#hooks.destroyed(sock);
    for (const frag of frags) this.#put(frag);
    this.#freePtrs.push(sock.ptr);
    if (sock.binding) this.#reuse(sock.binding);
  }

  /** A CPU frees the skbs that were left to it. */
  drain(): void {
    for (const frag of this.limbo.splice(0)) this.#put(frag);
  }

  /** Pages of `binding` that are out of its page pools. */
  inflight(binding: Binding): number {
    return binding.refs.filter((refs) => refs > 0).length;
  }

  #get({ binding, page }: Frag): void {
    binding.refs[page] = (binding.refs[page] as number) + 1;
  }

  #put({ binding, page }: Frag): void {
    binding.refs[page] = (binding.refs[page] as number) - 1;
    this.#freeIfLast(binding);
  }

  #freeIfLast(binding: Binding): void {
    if (binding.bound || binding.freed || binding.refs.some((refs) => refs > 0)) return;
    binding.freed = true;
    this.#hooks.free(binding);
    this.#reuse(binding);
  }

  /** A socket in manual mode holds the memory of its binding, also once that is freed (sk_devmem_info.binding). */
  #reuse(binding: Binding): void {
    const held = this.socks.some((sock) => sock.binding === binding && !sock.destroyed);
    if (binding.freed && !held && !this.#freeBindings.includes(binding.ptr))
      this.#freeBindings.push(binding.ptr);
  }
}
