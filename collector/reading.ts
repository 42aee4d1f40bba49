// reading - What an iterator said of a socket and what the probes had counted of it meanwhile, put together. Pure.

import type { Event, OwnEvent, ProbeEvent } from "./event.ts";
import type { Holder } from "./holders.ts";
import { type Epoch, sinceT0 } from "./parse.ts";
import { address, type HeldLine, modeOf } from "./snapshot.ts";

/** One time the kernel was read. */
export interface Round {
  /** When it was over, ns since t0. */
  end: number;
  held: HeldLine[];
  /** Lines of the kernel's answer that could not be read. */
  unread: number;
  /** Who has which inode open; asked for strangers only. */
  holders: ReadonlyMap<number, Holder[]>;
  /** Pages out of page pools by dma-buf; null where only sockets were read. */
  inflight: ReadonlyMap<number, number> | null;
}

interface Open extends Round {
  lines: Map<string, HeldLine>;
  read: number;
  moved: number;
}

interface Known {
  born: number;
  /** Of the newest line that named one. */
  binding: string;
  /** What it held before the trace is known. */
  based: boolean;
}

/** Completes rounds with the probes' `read` lines, and knows which sockets the stream has told of. */
export class Readings {
  readonly #from: Epoch;
  readonly #rounds: Open[] = [];
  readonly #known = new Map<string, Known>();

  constructor(from: Epoch) {
    this.#from = from;
  }

  /** Inodes of sockets that hold tokens and of which no event has told yet. */
  strangers(held: readonly HeldLine[]): Set<number> {
    const unknown = held.filter((line) => line.held !== 0 && !this.#known.has(line.sk));
    return new Set(unknown.map((line) => line.inode));
  }

  /** Whether a socket that is known, and not destroyed, is not among those read. */
  strayed(held: readonly HeldLine[]): boolean {
    const met = new Set(held.map(({ sk }) => sk));
    return [...this.#known.keys()].some((sk) => !met.has(sk));
  }

  /** The kernel was read: its `read` lines are on their way in the stream. */
  expect(round: Round): void {
    const lines = new Map(round.held.map((line) => [line.sk, line]));
    this.#rounds.push({ ...round, lines, read: 0, moved: 0 });
  }

  /** Whether a socket that may have held tokens before the trace has not been read standing still yet. */
  get unsettled(): boolean {
    return [...this.#known.values()].some(({ based }) => !based);
  }

  /** What stands in the stream for one event of the probes: what it completes, then itself, unless it is a `read` line. */
  pass(event: ProbeEvent): Event[] {
    const over = this.#over(event.t);
    if (event.kind === "read") return [...over, ...this.#read(event)];
    this.#remember(event);
    return [...over, event];
  }

  /** What is left when no further line will come; t: the time of the last one, ns since t0. */
  finish(t: number): Event[] {
    return this.#over(Math.max(t, ...this.#rounds.map(({ end }) => end)) + 1);
  }

  /** Lines are printed in the order of time: after one of later than its end, a round gets no more. */
  #over(t: number): Event[] {
    const events: Event[] = [];
    while (this.#rounds[0] && this.#rounds[0].end < t) events.push(...summary(this.#rounds.shift() as Open));
    return events;
  }

  #read(event: ProbeEvent<"read">): Event[] {
    for (const round of this.#rounds) {
      const line = round.lines.get(event.sk);
      const t = line ? sinceT0(line.t, this.#from) : -1;
      if (!line || t < event.from || t > event.t) continue;
      round.lines.delete(event.sk);
      round.read += 1;
      if (event.still === 0) round.moved += 1;
      return [...this.#introduce(line, event, round.holders, t), reading(line, event, t)];
    }
    return []; // Somebody else's reading, another devmem-trace's for example.
  }

  #remember(event: ProbeEvent): void {
    if (event.kind === "destroy") this.#known.delete(event.sk);
    if (event.kind !== "socket" && event.kind !== "manual") return;
    const { sk, born, binding } = event;
    const before = this.#known.get(sk);
    const based = before?.born === born ? before.based : event.kind === "manual" || event.before === 0;
    this.#known.set(sk, { born, binding, based });
  }

  /** A socket the stream has not told of, or not with this binding: what its first tokens would have said. */
  #introduce(
    line: HeldLine,
    { born, issued, still }: ProbeEvent<"read">,
    holders: Round["holders"],
    t: number,
  ): Event[] {
    const known = this.#known.get(line.sk);
    const same = known?.born === born;
    const based = (same && known.based) || (still === 1 && line.whole === 1);
    const told = same && (line.binding === "0" || known.binding === line.binding);
    if (same || line.binding !== "0")
      this.#known.set(line.sk, { born, based, binding: told ? known.binding : line.binding });
    return told || line.binding === "0" ? [] : [introduction(line, born, issued, holders, t)];
  }
}

function introduction(
  line: HeldLine,
  born: number,
  issued: number,
  holders: Round["holders"],
  t: number,
): ProbeEvent<"socket" | "manual"> {
  const { sk, binding, dmabuf, bytes, shift, ifindex, ifname = "", netns, inode } = line;
  const [laddr, lport] = address(line.local);
  const [raddr, rport] = address(line.remote);
  const { pid, comm } = holders.get(inode)?.[0] ?? { pid: 0, comm: "" };
  const manual = modeOf(line.mode) === "manual";
  const before = Math.max(0, line.held);
  return {
    ...{ kind: manual ? "manual" : "socket", t, sk, born, binding },
    // In manual mode what it held before is part of what was issued to it: at level sampled that is not counted.
    ...{ dmabuf, bytes, shift, ifindex, ifname, issued, before: manual ? Math.min(before, issued) : before },
    ...{ netns, laddr, lport, raddr, rport, pid, comm },
  };
}

function reading(line: HeldLine, event: ProbeEvent<"read">, t: number): OwnEvent<"reading"> {
  const { sk, born, issued, returned, still } = event;
  const { held, whole } = line;
  const open = Number(line.inode !== 0);
  return { kind: "reading", t, sk, born, sockmode: line.mode, held, whole, open, issued, returned, still };
}

/** A round in which sockets only were read is not worth an event. */
function summary({ end, inflight, read, moved, unread }: Open): Event[] {
  if (!inflight) return [];
  const pages = [...inflight].map(
    ([dmabuf, out]) => ({ kind: "inflight", t: end, dmabuf, pages: out }) as const,
  );
  return [...pages, { kind: "checked", t: end, sockets: read, moved, unread }];
}
