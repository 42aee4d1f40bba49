// churn - Short connections, one after the other: what a server of many clients looks like to the probes.

import type { Event, ProbeEvent } from "../events/event.ts";

export interface Churn {
  sockets: number;
  /** Programs, each with a port of its own. */
  roles: number;
  /** One in so many sockets keeps a token. */
  leakOneIn: number;
  /** None of them is ever closed. */
  endless?: boolean;
}

const BOUND = { binding: "b0", dmabuf: 1, bytes: 1 << 24, shift: 12, ifindex: 2, ifname: "devmem0" };
/** 100 connections a second. */
const NEXT_NS = 1e7;
const TICK_EVERY = 50;

/** The events of a trace without an end. */
export function* churn({ sockets, roles, leakOneIn, endless }: Churn): Generator<Event> {
  let [t, kept] = [1, 0];
  yield { kind: "bind", t, ...BOUND, netns: 1, pid: 7, comm: "server" };
  for (let i = 0; i < sockets; i++) {
    t += NEXT_NS;
    // Each role leaks in its turn.
    const role = Math.floor(i / leakOneIn) % roles;
    const isLeak = i % leakOneIn === leakOneIn - 1;
    const who: Who = { sk: `a${i % 512}${endless ? i : ""}`, born: t, ...addresses(role, i) };
    yield* endless ? open(who) : life(who, Number(isLeak));
    kept += Number(isLeak && !endless);
    if (i % TICK_EVERY === 0) yield { kind: "tick", t: t + 5000 };
    if (i % TICK_EVERY === 0) yield { kind: "sums", t: t + 5000, kept, unbound: 0, freed: 0, last: 0 };
  }
}

type Who = Pick<ProbeEvent<"close">, "sk" | "born" | "laddr" | "lport" | "raddr" | "rport" | "pid" | "comm">;

function addresses(role: number, i: number) {
  const ends = { laddr: "192.0.2.1", lport: 5200 + role, raddr: "192.0.2.2", rport: 40000 + (i % 20000) };
  return { ...ends, pid: 100 + role, comm: `server-${role}` };
}

function* open({ sk, born, ...who }: Who): Generator<Event> {
  yield { kind: "socket", t: born, sk, born, ...BOUND, issued: 0, before: 0, netns: 1, ...who };
  yield { kind: "count", t: born + 500, sk, born, issued: 23, returned: 0, linear: 0, closed: 0 };
}

function* life({ sk, born, ...who }: Who, kept: number): Generator<Event> {
  const sums = { issued: 23, returned: 23 - kept, linear: 0 };
  const closed = born + 1000;
  yield { kind: "socket", t: born, sk, born, ...BOUND, issued: 0, before: 0, netns: 1, ...who };
  yield { kind: "close", t: closed, sk, born, ...sums, xa: kept, bytes: 5000, ...who };
  yield { kind: "destroy", t: closed + 1000, sk, born, ...sums, closed, xa: 0 };
}
