// probes - A model of the probes' BPF programs: their maps, what each prints, and what a run the kernel skips leaves out.
//
// Written from probes/*.bt, program by program. A map is lost when bpftrace dies; a skipped program changes nothing.

import type { ProbeEvent } from "../../events/event.ts";
import type { Binding, Hooks, Range, Sock } from "./kernel.ts";

/** Prints a line: into the ring buffer, which may be full. */
export type Print = (event: ProbeEvent) => void;

/** @sock: binding and first seen. 0 for none. */
interface Entry {
  binding: string;
  born: number;
}

interface Sums {
  issued: number;
  returned: number;
}

export interface ProbeOptions {
  tokens: boolean;
  /** The v6 series: manual.bt and swept.bt run, too. */
  sockopt: boolean;
  /** Entries a map takes. */
  room: number;
}

const BOUND = { shift: 12, ifindex: 2, ifname: "devmem0" };
const WHO = { pid: 7, comm: "receive" };
const NONE = { issued: 0, returned: 0 };

/** The programs of a level, attached. `now` is bpf_ktime_get_ns. */
export class Probes implements Hooks {
  readonly #options: ProbeOptions;
  readonly #print: Print;
  readonly #now: () => number;
  readonly #full: () => void;
  /** Programs whose next run is skipped, and those skipped since they were last counted. */
  readonly #skip = new Set<string>();
  readonly #skipped = new Map<string, number>();
  readonly #sock = new Map<string, Entry>();
  readonly #sums = new Map<string, Sums>();
  readonly #closed = new Map<string, number>();
  readonly #shown = new Map<string, number>();
  readonly #attachment = new Map<string, string>();
  /** Calls that return tokens and are not over, by socket: each is a thread of its own. */
  readonly #returning = new Map<string, number>();
  #kept = 0;
  #unbound = 0;
  #freed = 0;
  /** Attachments of the bindings whose unbind was counted. */
  readonly #leaving = new Set<string>();

  constructor(options: ProbeOptions, print: Print, now: () => number, full: () => void) {
    this.#options = options;
    this.#print = print;
    this.#now = now;
    this.#full = full;
  }

  /** The next run of `program` is not made. */
  skipNext(program: string): void {
    this.#skip.add(program);
  }

  /** Runs not made since the last call, by program. */
  takeSkipped(): [program: string, count: number][] {
    const skipped = [...this.#skipped];
    this.#skipped.clear();
    return skipped;
  }

  #runs(program: string): boolean {
    if (!this.#skip.delete(program)) return true;
    this.#skipped.set(program, (this.#skipped.get(program) ?? 0) + 1);
    return false;
  }

  /** @sock[sk] = …, which a full map does not take; true where it is there now. */
  #meet(sk: string, binding: string, born: number): boolean {
    if (!this.#sock.has(sk) && this.#sock.size >= this.#options.room) {
      this.#full();
      return false;
    }
    this.#sock.set(sk, { binding, born });
    if (!this.#sums.has(sk)) this.#sums.set(sk, { ...NONE });
    return true;
  }

  #of(sk: string): Sums {
    return this.#sums.get(sk) ?? NONE;
  }

  // counts.bt, tokens.bt: where tokens are issued

  recvmsg(): void {}

  cmsg(sock: Sock, token: number, { binding, page }: { binding: Binding; page: number }): void {
    if (!this.#options.tokens || !this.#runs("fexit:put_cmsg_notrunc")) return;
    const [t, offset] = [this.#now(), page * 4096];
    this.#print({
      kind: "issue",
      t,
      sk: sock.ptr,
      token,
      dmabuf: binding.id,
      offset,
      size: 4096,
      tid: 7,
      ...WHO,
    });
  }

  batch(sock: Sock, binding: Binding, tokens: number, before: number): void {
    const program = sock.manual ? "fexit:tcp_recvmsg_dmabuf" : "fentry:tcp_xa_pool_commit_locked";
    if (!this.#runs(program)) return;
    const known = this.#sock.get(sock.ptr);
    if (known?.binding !== binding.ptr && !this.#firstFrom(sock, binding, before, known?.born)) return;
    this.#of(sock.ptr).issued += tokens;
  }

  /** Prints the line that introduces a socket, or a further binding of it. */
  #firstFrom(sock: Sock, binding: Binding, before: number, known = 0): boolean {
    const born = known || this.#now();
    this.#attachment.set(binding.attachment, binding.ptr);
    if (!this.#meet(sock.ptr, binding.ptr, born)) return false;
    const sums = this.#of(sock.ptr);
    const earlier = sock.manual && sums.issued === 0 ? before : 0;
    if (sock.manual) sums.issued += earlier;
    const kind = sock.manual ? "manual" : "socket";
    // A node of an xarray has 64 slots, and above it nothing is counted.
    const seen = sock.manual ? earlier : Math.min(64, before);
    this.#print({ ...this.#introduction(kind, sock, binding, born), issued: sums.issued, before: seen });
    return true;
  }

  #introduction(kind: "socket" | "manual", sock: Sock, binding: Binding, born: number) {
    const bytes = binding.refs.length * 4096;
    const first = {
      kind,
      t: this.#now(),
      sk: sock.ptr,
      born,
      binding: binding.ptr,
      dmabuf: binding.id,
      bytes,
    };
    return { ...first, ...BOUND, issued: 0, before: 0, netns: 1, ...address(sock), ...WHO };
  }

  recvmsgDone(sock: Sock, peek: boolean): void {
    if (peek && this.#sock.has(sock.ptr) && this.#runs("fexit:tcp_recvmsg_locked"))
      this.#print({ kind: "peek", t: this.#now(), sk: sock.ptr, tokens: 1, ...WHO });
  }

  // counts.bt, manual.bt, tokens.bt: where they are returned

  dontneed(sock: Sock): void {
    if (this.#runs("kprobe:sock_devmem_dontneed")) this.#enters(sock, 1);
    this.#meetLate(sock);
  }

  #enters({ ptr }: Sock, calls: 1 | -1): void {
    this.#returning.set(ptr, Math.max(0, (this.#returning.get(ptr) ?? 0) + calls));
  }

  /** manual.bt: a socket from before the trace is met when it returns or closes. */
  #meetLate(sock: Sock): void {
    const { binding, urefs } = sock;
    if (!sock.manual || urefs <= 0 || !binding || binding.freed || this.#sock.has(sock.ptr)) return;
    this.#attachment.set(binding.attachment, binding.ptr);
    const born = this.#now();
    if (!this.#meet(sock.ptr, binding.ptr, born)) return;
    this.#of(sock.ptr).issued += urefs;
    const line = this.#introduction("manual", sock, binding, born);
    this.#print({ ...line, issued: urefs, before: urefs });
  }

  dontneedDone(sock: Sock, ranges: Range[], freed: number, had: number): void {
    this.#enters(sock, -1);
    const asked = ranges.reduce((sum, { count }) => sum + count, 0);
    const [t, sk] = [this.#now(), sock.ptr];
    if (this.#runs("fexit:sock_devmem_dontneed")) {
      if (this.#sock.has(sk)) this.#of(sk).returned += freed;
      if (asked !== freed) this.#print({ kind: "short", t, sk, asked, freed, ...WHO });
    }
    if (sock.manual && freed > had) {
      if (had > 0) this.#print({ kind: "mixed", t, sk, own: had, ...WHO });
      this.#print({ kind: "foreign", t, sk, tokens: freed - had, ...WHO });
    }
    if (!this.#options.tokens) return;
    for (const { first, count } of ranges)
      this.#print({ kind: "return", t, sk, first, count, tid: 7, ...WHO });
  }

  // The end of a socket

  close(sock: Sock): void {
    if (sock.manual) this.#meetLate(sock);
    this.#pinned(sock, "tcp_close");
    const known = this.#sock.get(sock.ptr);
    const xa = sock.xarray.size > 0;
    if (!this.#runs("fentry:tcp_close") || (!known && !xa)) return;
    const t = this.#now();
    let born = known?.born ?? 0;
    if (!known) {
      born = t;
      this.#meet(sock.ptr, "0", t);
    }
    if (xa) this.#held(sock, born);
    this.#closed.set(sock.ptr, t);
    if (xa) this.#kept += 1;
    const { issued, returned } = this.#of(sock.ptr);
    const sums = { issued, returned, linear: 0, xa: Number(xa), bytes: 9 };
    this.#print({ kind: "close", t, sk: sock.ptr, born, ...sums, ...address(sock), ...WHO });
  }

  /** The walk through the xarray of a socket that is being closed. */
  #held({ ptr, xarray, manual }: Sock, born: number): void {
    const [frag] = xarray.values();
    if (!frag) return;
    const { ptr: binding, id: dmabuf, refs } = frag.binding;
    const sockmode = this.#options.sockopt && !manual ? 1 : 0;
    const what = {
      sockmode,
      held: xarray.size,
      whole: 1,
      netns: 1,
      binding,
      dmabuf,
      bytes: refs.length * 4096,
    };
    this.#print({ kind: "held", t: this.#now(), sk: ptr, born, ...what, ...BOUND });
  }

  /** manual.bt: what the pages of its binding hold. */
  #pinned(sock: Sock, at: string): void {
    const known = this.#sock.get(sock.ptr);
    if (!sock.manual || !sock.binding || !known) return;
    const walk = sock.urefs !== 0 && !sock.binding.freed ? sock.binding.uref : [];
    const line = { at, sk: sock.ptr, born: known.born, binding: sock.binding.ptr, urefs: sock.urefs };
    this.#print({ kind: "pinned", t: this.#now(), ...line, ...walked(walk) });
  }

  destroy(sock: Sock): void {
    this.#pinned(sock, "tcp_v4_destroy_sock");
  }

  destroyed(sock: Sock): void {
    if (!this.#runs("fexit:tcp_v4_destroy_sock")) return;
    const known = this.#sock.get(sock.ptr);
    const closed = this.#closed.get(sock.ptr) ?? 0;
    if (!known && closed === 0) return;
    const { issued, returned } = this.#of(sock.ptr);
    const sums = { issued, returned, linear: 0, closed, xa: 0 };
    this.#print({ kind: "destroy", t: this.#now(), sk: sock.ptr, born: known?.born ?? 0, ...sums });
    for (const map of [this.#sock, this.#sums, this.#closed, this.#shown]) map.delete(sock.ptr);
  }

  // bindings.bt, swept.bt

  bound(binding: Binding): void {
    if (!this.#runs("kretprobe:net_devmem_bind_dmabuf")) return;
    this.#attachment.set(binding.attachment, binding.ptr);
    const what = { binding: binding.ptr, dmabuf: binding.id, bytes: binding.refs.length * 4096 };
    this.#print({ kind: "bind", t: this.#now(), ...what, ...BOUND, netns: 1, ...WHO });
  }

  unbinding(): void {
    if (this.#runs("fentry:netdev_nl_sock_priv_destroy")) this.counts();
  }

  unbind(binding: Binding): void {
    const [t, ptr] = [this.#now(), binding.ptr];
    if (this.#options.sockopt) {
      const line = { at: "net_devmem_unbind_dmabuf", sk: "0", born: 0, binding: ptr, urefs: 0 };
      this.#print({ kind: "pinned", t, ...line, ...walked(binding.uref) });
    }
    if (!this.#runs("fentry:net_devmem_unbind_dmabuf")) return;
    this.#attachment.set(binding.attachment, ptr);
    this.#leaving.add(binding.attachment);
    this.#unbound += 1;
    this.#print({ kind: "unbind", t, binding: ptr, dmabuf: binding.id, ...WHO });
  }

  unbound({ ptr }: Binding): void {
    if (!this.#options.sockopt || !this.#runs("fexit:net_devmem_unbind_dmabuf")) return;
    for (const [sk, { binding }] of this.#sock) if (binding === ptr) this.#count(sk, 0);
    this.#print({ kind: "swept", t: this.#now(), binding: ptr });
  }

  free({ attachment }: Binding): void {
    const binding = this.#attachment.get(attachment);
    if (!this.#runs("fentry:dma_buf_detach") || binding === undefined) return;
    this.#attachment.delete(attachment);
    if (this.#leaving.delete(attachment)) this.#freed += 1;
    this.#print({ kind: "free", t: this.#now(), binding });
  }

  // Timers

  tick(last = 0): void {
    const totals = { kept: this.#kept, unbound: this.#unbound, freed: this.#freed };
    if (!last) this.#print({ kind: "tick", t: this.#now() });
    this.#print({ kind: "sums", t: this.#now(), ...totals, last });
  }

  /** The sums of sockets that moved. */
  counts(): void {
    for (const sk of this.#sock.keys()) {
      const { issued, returned } = this.#of(sk);
      if (issued + returned === (this.#shown.get(sk) ?? 0)) continue;
      this.#shown.set(sk, issued + returned);
      this.#count(sk, this.#closed.get(sk) ?? 0);
    }
  }

  #count(sk: string, closed: number): void {
    const born = this.#sock.get(sk)?.born ?? 0;
    this.#print({ kind: "count", t: this.#now(), sk, born, ...this.#of(sk), linear: 0, closed });
  }

  end(): void {
    this.tick(1);
    for (const sk of this.#sock.keys()) this.#count(sk, this.#closed.get(sk) ?? 0);
  }

  /** reading.bt: an iterator reads the socket under its lock; the line that comes of it. */
  read(sock: Sock): void {
    const holds = sock.manual ? false : sock.xarray.size > 0;
    if (!this.#sock.has(sock.ptr) && holds) this.#meet(sock.ptr, "0", this.#now());
    const known = this.#sock.get(sock.ptr);
    if (!known) return;
    const still = Number(!this.#returning.get(sock.ptr));
    const [t, { issued, returned }] = [this.#now(), this.#of(sock.ptr)];
    this.#print({ kind: "read", t: t + 2, from: t, sk: sock.ptr, born: known.born, issued, returned, still });
  }
}

function walked(uref: readonly number[]): { tokens: number; pages: number; walked: number } {
  const held = uref.filter((tokens) => tokens > 0);
  return { tokens: held.reduce((sum, tokens) => sum + tokens, 0), pages: held.length, walked: uref.length };
}

function address({ port }: Sock) {
  return { laddr: "192.0.2.1", lport: 5201, raddr: "192.0.2.2", rport: port };
}
