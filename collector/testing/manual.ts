// manual - A model of a kernel with the v6 series, for property tests: sockets in manual mode that share one binding.

import type { Event, Header } from "../events/event.ts";
import { HEADER } from "./kernel.ts";

/** One step of a schedule. `socket` acts; with `pass` it returns tokens of `other`. */
export interface ManualStep {
  act: "issue" | "return" | "pass" | "count" | "close" | "destroy" | "unbind";
  socket: number;
  other: number;
  tokens: number;
}

/** What really happened to one socket's tokens. */
export interface ManualTruth {
  issued: number;
  /** Of its tokens, through any socket. */
  returned: number;
  /** Of these, through other sockets. */
  elsewhere: number;
  /** Tokens of other sockets that it returned. */
  forOthers: number;
  swept: number;
  heldAtClose: number;
  closed: boolean;
  destroyed: boolean;
}

export const MANUAL_HEADER: Header = { ...HEADER, kernel: { release: "6.12.0", variant: "sockopt" } };

const BOUND = { bytes: 1 << 24, shift: 12, ifindex: 2, ifname: "devmem0" };
const PROGRAM = { pid: 7, comm: "receive" };
/** Longer than the probes take to print sums that changed. */
const STEP_NS = 2e9;

interface Model extends ManualTruth {
  sk: string;
  born: number;
  /** sk_devmem_info.outstanding_urefs. */
  urefs: number;
  /** Issued plus returned when its sums were printed last. */
  printed: number;
}

export interface ManualRun {
  events: Event[];
  truth: ManualTruth[];
  unbound: boolean;
  /** Tokens issued after the sweep and never returned. */
  stuck: number;
}

/** Runs a schedule on a fresh model: the events the probes would print, in order, and the truth. */
export function runManual(steps: readonly ManualStep[], sockets: number): ManualRun {
  const models = Array.from({ length: sockets }, (_, i) => newModel(i));
  const run = { t: 1, unbound: false };
  const events: Event[] = [{ kind: "bind", t: 1, binding: "b0", dmabuf: 1, ...BOUND, netns: 1, ...PROGRAM }];
  for (const [i, step] of steps.entries()) {
    run.t += STEP_NS;
    const socket = models[step.socket % sockets] as Model;
    const other = models[step.other % sockets] as Model;
    const queued = steps.slice(i).some(({ act }) => act === "issue");
    if (step.act === "unbind") events.push(...unbind(models, run, queued));
    else events.push(...take(step, socket, other, run.t));
    events.push(...counts(models.filter(hasMoved), run.t), { kind: "tick", t: run.t + 1 });
  }
  const stuck = run.unbound ? models.reduce((sum, m) => sum + heldBy(m), 0) : 0;
  if (run.unbound && stuck === 0) events.push({ kind: "free", t: run.t + 2, binding: "b0" });
  const t = run.t + 40e9;
  events.push(...counts(models, t), { kind: "tick", t }, { kind: "end", t, reason: "stopped", detail: "" });
  return { events, truth: models, unbound: run.unbound, stuck };
}

function newModel(index: number): Model {
  return {
    sk: `s${index}`,
    born: 0,
    urefs: 0,
    issued: 0,
    returned: 0,
    elsewhere: 0,
    forOthers: 0,
    swept: 0,
    heldAtClose: 0,
    closed: false,
    destroyed: false,
    printed: 0,
  };
}

/** Whether its sums have changed since this was asked last: the probes print them within half a second. */
function hasMoved(m: Model): boolean {
  const moved = m.issued + m.returned - m.elsewhere + m.forOthers;
  const before = m.printed;
  m.printed = moved;
  return moved !== before;
}

function heldBy(m: ManualTruth): number {
  return m.issued - m.returned - m.swept;
}

function take(step: ManualStep, socket: Model, other: Model, t: number): Event[] {
  switch (step.act) {
    case "issue":
      return socket.closed ? [] : issue(socket, step.tokens, t);
    case "return":
      return socket.closed ? [] : giveBack(socket, socket, step.tokens);
    case "pass":
      // Only once it holds no tokens of its own: before that the kernel counts the return as its own, and so does the tracer.
      return socket.closed || other === socket || heldBy(socket) > 0 || socket.issued === 0
        ? []
        : giveBack(socket, other, step.tokens, t);
    case "close":
      return socket.closed || socket.born === 0 ? [] : close(socket, t);
    case "destroy":
      return !socket.closed || socket.destroyed ? [] : destroy(socket, t);
    default:
      return counts([socket], t);
  }
}

function issue(m: Model, tokens: number, t: number): Event[] {
  if (tokens === 0) return [];
  const isFirst = m.born === 0;
  if (isFirst) m.born = t;
  m.issued += tokens;
  m.urefs += tokens;
  const first = {
    t,
    sk: m.sk,
    born: m.born,
    binding: "b0",
    dmabuf: 1,
    ...BOUND,
    issued: 0,
    before: 0,
    netns: 1,
  };
  return isFirst ? [{ kind: "manual", ...first, ...address(m), ...PROGRAM }] : counts([m], t);
}

function giveBack(through: Model, owner: Model, tokens: number, t = 0): Event[] {
  const freed = Math.min(tokens, heldBy(owner));
  if (freed === 0) return [];
  owner.returned += freed;
  const foreign = freed - Math.min(freed, through.urefs);
  through.urefs = Math.max(0, through.urefs - freed);
  if (owner === through) return [];
  owner.elsewhere += freed;
  through.forOthers += freed;
  return [{ kind: "foreign", t, sk: through.sk, tokens: foreign, ...PROGRAM }, ...counts([through], t)];
}

function close(m: Model, t: number): Event[] {
  m.closed = true;
  m.heldAtClose = heldBy(m);
  const held = { t, at: "tcp_close", sk: m.sk, born: m.born, binding: "b0", urefs: m.urefs };
  return [
    { kind: "pinned", ...held, tokens: m.urefs, pages: m.urefs, walked: 4096 },
    { kind: "close", ...totals(m, t), xa: 0, bytes: 0, ...address(m), ...PROGRAM },
  ];
}

function destroy(m: Model, t: number): Event[] {
  m.destroyed = true;
  return [{ kind: "destroy", ...totals(m, t), closed: t - 1, xa: 0 }];
}

/** Unless payload is `queued` in a receive queue, the unbind frees the binding before it returns. */
function unbind(models: Model[], run: { t: number; unbound: boolean }, queued: boolean): Event[] {
  if (run.unbound) return [];
  run.unbound = true;
  const { t } = run;
  const before = counts(models, t);
  for (const m of models) m.swept = m.issued - m.returned;
  return [
    ...before,
    { kind: "unbind", t, binding: "b0", dmabuf: 1, ...PROGRAM },
    ...(queued ? [] : [{ kind: "free", t, binding: "b0" } as const]),
    ...counts(models, t),
    { kind: "swept", t, binding: "b0" },
  ];
}

function counts(models: Model[], t: number): Event[] {
  return models
    .filter((m) => m.born > 0 && !m.destroyed)
    .map((m) => ({ kind: "count", ...totals(m, t), closed: m.closed ? t - 1 : 0 }));
}

function totals(m: Model, t: number) {
  const through = m.returned - m.elsewhere + m.forOthers;
  return { t, sk: m.sk, born: m.born, issued: m.issued, returned: through, linear: 0 };
}

function address(m: Model) {
  return { laddr: "192.0.2.1", lport: 5201, raddr: "192.0.2.2", rport: 40000 + Number(m.sk.slice(1)) };
}
