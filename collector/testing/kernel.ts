// kernel - A model of what the kernel does to tokens, for property tests: acts on sockets, prints the probes' events.

import type { Event, Header } from "../event.ts";

/** One step of a schedule. `socket` picks one of the model's sockets, `tokens` how many. */
export interface Step {
  act: "issue" | "return" | "count" | "close" | "destroy";
  socket: number;
  tokens: number;
}

/** What really happened to one socket, to hold a report against. */
export interface Truth {
  issued: number;
  returned: number;
  closed: boolean;
  destroyed: boolean;
}

export const HEADER: Header = {
  ...{
    devmemTrace: 1,
    tool: "test",
    level: "counts",
    bpftrace: "0.23.2",
    t0: "1000000000",
    wall: "2026-01-01T00:00:00.000Z",
  },
  kernel: { release: "6.12.0", variant: "xarray" },
};

const BOUND = { bytes: 1 << 24, shift: 12, ifindex: 2, ifname: "devmem0" };
const PROGRAM = { pid: 7, comm: "receive" };

/** Runs a schedule on a fresh model: the events the probes would print, in order, and the truth per socket. */
export function run(steps: readonly Step[], sockets: number): { events: Event[]; truth: Truth[] } {
  const truth = Array.from({ length: sockets }, () => ({
    issued: 0,
    before: 0,
    returned: 0,
    closed: false,
    destroyed: false,
  }));
  const events: Event[] = [{ kind: "bind", t: 1, binding: "b0", dmabuf: 1, ...BOUND, netns: 1, ...PROGRAM }];
  const born = new Map<number, number>();
  let t = 1;
  for (const step of steps) {
    t += 1000;
    events.push(...take(step, truth[step.socket % sockets] as Truth, step.socket % sockets, t, born));
  }
  events.push({ kind: "tick", t: t + 40e9 }, { kind: "end", t: t + 40e9, reason: "stopped", detail: "" });
  return { events, truth };
}

function take(step: Step, socket: Truth, index: number, t: number, born: Map<number, number>): Event[] {
  const sk = `s${index}`;
  const totals = () => ({
    t,
    sk,
    born: born.get(index) ?? 0,
    issued: socket.issued,
    returned: socket.returned,
    linear: 0,
  });
  const address = { laddr: "192.0.2.1", lport: 5201, raddr: "192.0.2.2", rport: 40000 + index };
  const held = socket.issued - socket.returned;
  switch (step.act) {
    case "issue": {
      if (socket.closed || step.tokens === 0) return [];
      const first = !born.has(index);
      if (first) born.set(index, t);
      socket.issued += step.tokens;
      if (!first) return [];
      return [
        {
          kind: "socket",
          t,
          sk,
          born: t,
          binding: "b0",
          dmabuf: 1,
          ...BOUND,
          issued: 0,
          before: 0,
          netns: 1,
          ...address,
          ...PROGRAM,
        },
      ];
    }
    case "return":
      if (!socket.closed) socket.returned += Math.min(step.tokens, held);
      return [];
    case "count":
      return born.has(index) && !socket.destroyed
        ? [{ kind: "count", ...totals(), closed: socket.closed ? t - 1 : 0 }]
        : [];
    case "close":
      if (socket.closed || !born.has(index)) return [];
      socket.closed = true;
      return [{ kind: "close", ...totals(), xa: held > 0 ? 1 : 0, bytes: 0, ...address, ...PROGRAM }];
    case "destroy":
      if (!socket.closed || socket.destroyed) return [];
      socket.destroyed = true;
      return [{ kind: "destroy", ...totals(), closed: t - 1, xa: 0 }];
  }
}
