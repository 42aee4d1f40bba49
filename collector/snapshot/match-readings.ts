// match-readings - What an iterator said of a socket and what the probes had counted of it meanwhile, put together. Pure.

import { type Event, modeOf, type ProbeEvent, type TracerEvent } from "../events/event.ts";
import { type Epoch, sinceT0 } from "../events/parse.ts";
import type { Holder } from "../kernel/socket-owners.ts";
import { address, type HeldLine } from "./snapshot.ts";

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
  /** Not read out yet. */
  lines: Map<string, HeldLine>;
  met: ReadonlySet<string>;
  read: number;
  moved: number;
}

interface Known {
  born: number;
  /** Of the newest line that named one. */
  binding: string;
  /** What it held before the trace is known. */
  based: boolean;
  /** When its close was told, -1 before. */
  closedAt: number;
}

/** Completes rounds with the probes' `read` lines, and knows which sockets the stream has told of. */
export class Readings {
  readonly #from: Epoch;
  readonly #rounds: Open[] = [];
  readonly #known = new Map<string, Known>();
  /** Those found to be gone, as pointer and birth. */
  readonly #gone = new Set<string>();
  /** End of the newest round that is over and met every socket. */
  #lastEnd = -1;
  #isLossy = false;

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

  /** From here on a line may be missing. */
  lose(): void {
    this.#isLossy = true;
  }

  /** The kernel was read: its `read` lines are on their way in the stream. */
  expect(round: Round): void {
    const lines = new Map(round.held.map((line) => [line.sk, line]));
    this.#rounds.push({ ...round, lines, met: new Set(lines.keys()), read: 0, moved: 0 });
  }

  /** Whether a socket that may have held tokens before the trace has not been read standing still yet. */
  get unsettled(): boolean {
    return [...this.#known.values()].some(({ based }) => !based);
  }

  /** What stands in the stream for one event of the probes: what it completes, then itself, unless it is a `read` line. */
  pass(event: ProbeEvent): Event[] {
    const over = this.#over(event.t);
    if (event.kind === "read") return [...over, ...this.#read(event)];
    if (event.kind === "destroy" && this.#gone.has(`${event.sk}@${event.born}`)) return over;
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
    while (this.#rounds[0] && this.#rounds[0].end < t) {
      const round = this.#rounds.shift() as Open;
      if (round.inflight) events.push(...this.#missed(round));
      events.push(...summary(round));
    }
    return events;
  }

  /**
   * Closed before the round began, and neither in the kernel's tables nor open anywhere: it was destroyed, and its line is
   * lost, where lines are. What it was issued and returned is known by its close; the ledger only lets sums grow.
   */
  #missed({ end, met }: Open): Event[] {
    const gone = [...this.#known].filter(
      ([sk, { closedAt }]) => this.#isLossy && !met.has(sk) && closedAt >= 0 && closedAt < this.#lastEnd,
    );
    this.#lastEnd = end;
    return gone.map(([sk, { born }]) => {
      this.#known.delete(sk);
      this.#gone.add(`${sk}@${born}`);
      return { kind: "destroy", t: end, sk, born, issued: 0, returned: 0, linear: 0, closed: 0, xa: 0 };
    });
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
    if (event.kind === "close") Object.assign(this.#known.get(event.sk) ?? {}, { closedAt: event.t });
    if (event.kind !== "socket" && event.kind !== "manual") return;
    const { sk, born, binding } = event;
    const before = this.#known.get(sk);
    const same = before?.born === born;
    const based = same ? before.based : event.kind === "manual" || event.before === 0;
    this.#known.set(sk, { born, binding, based, closedAt: same ? before.closedAt : -1 });
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
    const binding = told ? known.binding : line.binding;
    const closedAt = same ? known.closedAt : -1;
    if (same || line.binding !== "0") this.#known.set(line.sk, { born, based, binding, closedAt });
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

function reading(line: HeldLine, event: ProbeEvent<"read">, t: number): TracerEvent<"reading"> {
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
