// truth - What really happened: the connections, and every token user space has until it is gone.

import type { Binding, Sock } from "./kernel.ts";

/** What really happened to one connection. */
export interface Life {
  sock: Sock;
  /** ns since t0. */
  from: number;
  closedAt: number;
  destroyedAt: number;
  /** Tokens it was issued that were not given back, through whichever socket, nor swept, when it was closed. */
  heldAtClose: number;
  /** Of those, the ones no socket has given back until now. */
  kept: number;
  /** Taken by an unbind. */
  swept: number;
}

/** One token a program has, and has not given back. */
export interface Token {
  owner: Life;
  token: number;
  binding: Binding;
}

/** Told of every step, and looks at the kernel's own tables for what a call did. */
export class Truth {
  readonly #lives = new Map<Sock, Life>();
  /** Every token user space has; a program may forget some. */
  #tokens: Token[] = [];

  /** In the order they were accepted. */
  get lives(): Life[] {
    return [...this.#lives.values()];
  }

  /** In the order they were handed out. */
  get tokens(): readonly Token[] {
    return this.#tokens;
  }

  /** Those that were handed out to `sock`. */
  of(sock: Sock): Token[] {
    return this.#tokens.filter(({ owner }) => owner.sock === sock);
  }

  accepted(sock: Sock, t: number): void {
    const times = { from: t, closedAt: -1, destroyedAt: -1 };
    this.#lives.set(sock, { sock, ...times, heldAtClose: 0, kept: 0, swept: 0 });
  }

  /** Runs a call that hands out tokens to `sock`. */
  received(sock: Sock, bindings: readonly Binding[], call: () => void): void {
    const owner = this.#lives.get(sock) as Life;
    const had = new Map(sock.xarray);
    const urefs = new Map(bindings.map((b) => [b, [...b.uref]]));
    call();
    if (sock.manual) this.#tookPages(owner, urefs);
    else
      for (const [token, { binding }] of sock.xarray)
        if (!had.has(token)) this.#tokens.push({ owner, token, binding });
  }

  #tookPages(owner: Life, before: Map<Binding, number[]>): void {
    for (const [binding, urefs] of before)
      for (let page = 0; page < urefs.length; page++)
        for (let n = urefs[page] as number; n < (binding.uref[page] as number); n++)
          this.#tokens.push({ owner, token: page, binding });
  }

  /** Runs a call that gives back tokens through `sock`: a page's own one is gone first, else the oldest. */
  returned<T>(sock: Sock, call: () => T): T {
    const before = stockOf(sock);
    const result = call();
    const after = stockOf(sock);
    for (const [token, had] of before)
      for (let n = after.get(token) ?? 0; n < had; n++) this.#gone(sock, token);
    return result;
  }

  #gone(sock: Sock, token: number): void {
    const fits = (one: Token) => one.token === token && isWithinReach(sock, one);
    const own = this.#tokens.findIndex((one) => fits(one) && one.owner.sock === sock);
    const at = own >= 0 ? own : this.#tokens.findIndex(fits);
    const [gone] = this.#tokens.splice(at, 1) as [Token];
    if (gone.owner.closedAt >= 0) gone.owner.kept -= 1;
  }

  closed(sock: Sock, t: number): void {
    const life = this.#lives.get(sock) as Life;
    life.closedAt = t;
    life.heldAtClose = this.of(sock).length;
    life.kept = life.heldAtClose;
  }

  /** tcp_v4_destroy_sock frees what is in the xarray. */
  destroyed(life: Life, t: number): void {
    life.destroyedAt = t;
    if (!life.sock.manual) this.#tokens = this.#tokens.filter(({ owner }) => owner !== life);
  }

  /** The unbind sweeps what sockets in manual mode hold. */
  unbound(unbound: Binding): void {
    this.#tokens = this.#tokens.filter(({ owner, binding }) => {
      const swept = binding === unbound && owner.sock.manual;
      if (swept && !unbound.early) owner.swept += 1;
      return !swept;
    });
  }
}

/** Whether a call on `sock` can return it: its own, and in manual mode those of its binding's other sockets in manual mode. */
export function isWithinReach(sock: Sock, { owner, binding }: Token): boolean {
  return owner.sock === sock || (sock.manual && owner.sock.manual && binding === sock.binding);
}

/** What the kernel has on record for the tokens a call on `sock` could take. */
function stockOf({ manual, binding, xarray }: Sock): Map<number, number> {
  if (!manual) return new Map([...xarray.keys()].map((token) => [token, 1]));
  return new Map((binding?.uref ?? []).map((uref, page) => [page, uref]));
}
