// match-readings - What an iterator printed of a socket and what the probes had counted of it meanwhile, put together. Pure.

import { type Event, modeOf, type ProbeEvent, type TracerEvent } from "../events/event.ts";
import { type Epoch, sinceT0 } from "../events/parse.ts";
import type { SocketOwner } from "../kernel/socket-owners.ts";
import { address, type HeldLine } from "./snapshot.ts";

/** The kernel, read once. */
export interface Poll {
  /** When it was over, ns since t0. */
  end: number;
  held: HeldLine[];
  /** Lines of the kernel's answer that could not be read. */
  unread: number;
  /** Who has which inode open; asked for strangers only. */
  owners: ReadonlyMap<number, SocketOwner[]>;
  /** Pages out of page pools by dma-buf; null where only sockets were read. */
  inflight: ReadonlyMap<number, number> | null;
}

/** A poll whose `read` lines are on their way. */
interface OpenPoll extends Poll {
  /** Not matched yet, by socket. */
  lines: Map<string, HeldLine>;
  met: ReadonlySet<string>;
  read: number;
  moved: number;
}

/** A socket that an event has named. */
interface Known {
  born: number;
  /** Of the newest line that named one. */
  binding: string;
  /** What it held before the trace is known. */
  isBased: boolean;
  /** When its close was printed, -1 before. */
  closedAt: number;
}

/** Completes polls with the probes' `read` lines, and knows which sockets the stream has named. */
export class ReadingMatcher {
  readonly #from: Epoch;
  readonly #polls: OpenPoll[] = [];
  readonly #known = new Map<string, Known>();
  /** Those found to be gone, as pointer and birth. */
  readonly #gone = new Set<string>();
  /** End of the newest poll that is over and read every socket. */
  #lastEnd = -1;
  #isLossy = false;

  constructor(from: Epoch) {
    this.#from = from;
  }

  /** Inodes of sockets that hold tokens and that no event has named yet. */
  strangers(held: readonly HeldLine[]): Set<number> {
    const unknown = held.filter((line) => line.held !== 0 && !this.#known.has(line.sk));
    return new Set(unknown.map((line) => line.inode));
  }

  /** Whether a socket that is known, and not destroyed, is not among those read. */
  hasStrayed(held: readonly HeldLine[]): boolean {
    const met = new Set(held.map(({ sk }) => sk));
    return [...this.#known.keys()].some((sk) => !met.has(sk));
  }

  /** From here on a line may be missing. */
  lose(): void {
    this.#isLossy = true;
  }

  /** The kernel was read: its `read` lines are on their way in the stream. */
  expect(poll: Poll): void {
    const lines = new Map(poll.held.map((line) => [line.sk, line]));
    this.#polls.push({ ...poll, lines, met: new Set(lines.keys()), read: 0, moved: 0 });
  }

  /** Whether a socket that may have held tokens before the trace has not been read yet while nothing moved. */
  get isUnsettled(): boolean {
    return [...this.#known.values()].some(({ isBased }) => !isBased);
  }

  /** What the stream gets for one event of the probes: what it completes, then itself, unless it is a `read` line. */
  pass(event: ProbeEvent): Event[] {
    const over = this.#over(event.t);
    if (event.kind === "read") return [...over, ...this.#read(event)];
    if (event.kind === "destroy" && this.#gone.has(`${event.sk}@${event.born}`)) return over;
    this.#remember(event);
    return [...over, event];
  }

  /** What is left when no further line will come; t: the time of the last one, ns since t0. */
  finish(t: number): Event[] {
    return this.#over(Math.max(t, ...this.#polls.map(({ end }) => end)) + 1);
  }

  /** Lines are printed in the order of time: after one of later than its end, a poll gets no more. */
  #over(t: number): Event[] {
    const events: Event[] = [];
    while (this.#polls[0] && this.#polls[0].end < t) {
      const poll = this.#polls.shift() as OpenPoll;
      if (poll.inflight) events.push(...this.#missed(poll));
      events.push(...summary(poll));
    }
    return events;
  }

  /**
   * Closed before the poll began, and neither in the kernel's tables nor open anywhere: it was destroyed, and its line is
   * lost, where lines are. What it was issued and returned is known from its close; the ledger only lets sums grow.
   */
  #missed({ end, met }: OpenPoll): Event[] {
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
    for (const poll of this.#polls) {
      const line = poll.lines.get(event.sk);
      const t = line ? sinceT0(line.t, this.#from) : -1;
      if (!line || t < event.from || t > event.t) continue;
      poll.lines.delete(event.sk);
      poll.read += 1;
      if (event.still === 0) poll.moved += 1;
      return [...this.#introduce(line, event, poll.owners, t), reading(line, event, t)];
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
    const isBased = same ? before.isBased : event.kind === "manual" || event.before === 0;
    this.#known.set(sk, { born, binding, isBased, closedAt: same ? before.closedAt : -1 });
  }

  /** For a socket that the stream has not named, or not with this binding: what its first tokens would have shown. */
  #introduce(
    line: HeldLine,
    { born, issued, still }: ProbeEvent<"read">,
    owners: Poll["owners"],
    t: number,
  ): Event[] {
    const known = this.#known.get(line.sk);
    const same = known?.born === born;
    const isBased = (same && known.isBased) || (still === 1 && line.whole === 1);
    const isNamed = same && (line.binding === "0" || known.binding === line.binding);
    const binding = isNamed ? known.binding : line.binding;
    const closedAt = same ? known.closedAt : -1;
    if (same || line.binding !== "0") this.#known.set(line.sk, { born, isBased, binding, closedAt });
    return isNamed || line.binding === "0" ? [] : [introduction(line, born, issued, owners, t)];
  }
}

function introduction(
  line: HeldLine,
  born: number,
  issued: number,
  owners: Poll["owners"],
  t: number,
): ProbeEvent<"socket" | "manual"> {
  const { sk, binding, dmabuf, bytes, shift, ifindex, ifname = "", netns, inode } = line;
  const [laddr, lport] = address(line.local);
  const [raddr, rport] = address(line.remote);
  const { pid, comm } = owners.get(inode)?.[0] ?? { pid: 0, comm: "" };
  const isManual = modeOf(line.mode) === "manual";
  const held = Math.max(0, line.held);
  return {
    kind: isManual ? "manual" : "socket",
    t,
    sk,
    born,
    binding,
    dmabuf,
    bytes,
    shift,
    ifindex,
    ifname,
    issued,
    // In manual mode what it held before is part of what was issued to it: at level sampled that is not counted.
    before: isManual ? Math.min(held, issued) : held,
    netns,
    laddr,
    lport,
    raddr,
    rport,
    pid,
    comm,
  };
}

function reading(line: HeldLine, event: ProbeEvent<"read">, t: number): TracerEvent<"reading"> {
  const { sk, born, issued, returned, still } = event;
  const { held, whole } = line;
  const open = Number(line.inode !== 0);
  return { kind: "reading", t, sk, born, sockmode: line.mode, held, whole, open, issued, returned, still };
}

/** There is no event of a poll that read sockets only. */
function summary({ end, inflight, read, moved, unread }: OpenPoll): Event[] {
  if (!inflight) return [];
  const pages = [...inflight].map(
    ([dmabuf, out]) => ({ kind: "inflight", t: end, dmabuf, pages: out }) as const,
  );
  return [...pages, { kind: "checked", t: end, sockets: read, moved, unread }];
}
