// advice - What a profile says one should change: each rule in one table, with its figure and its threshold; none without data.

import { bytes, duration, plural } from "../base/format.ts";
import { pages } from "../ledger/bindings/binding.ts";
import type { Ledger, Socket } from "../ledger/state.ts";
import { type Figures, figuresOf } from "./metrics.ts";

/** One thing to change, on one socket. */
export interface Advice {
  rule: string;
  /** Id of the socket it is about. */
  socket: string;
  /** What was measured, and the value from which on the rule speaks. */
  figure: number;
  threshold: number;
  /** The evidence and what to do, in a sentence. */
  text: string;
}

/** What a rule looks at. */
interface Case {
  socket: Socket;
  figures: Figures;
  ledger: Ledger;
}

interface Rule {
  name: string;
  threshold: number;
  /** Whether a figure on the threshold's far side is below or above it. */
  speaks: "below" | "above";
  /** null: no data. */
  figure(given: Case): number | null;
  text(figure: number, given: Case): string;
}

/** Fewer calls than these say nothing of a habit. */
const HABIT = 16;

export const RULES: readonly Rule[] = [
  {
    name: "returns in small batches",
    threshold: 8,
    speaks: "below",
    figure: ({ figures }) =>
      figures.returns && figures.returns.count >= HABIT ? figures.returns.mean : null,
    text: (figure, { figures }) =>
      `${figure.toFixed(1)} tokens per return call, over ${figures.returns?.count} calls: name up to 128 ranges in one call`,
  },
  {
    name: "returns late for the dma-buf's size",
    threshold: 0.25,
    speaks: "above",
    figure: ({ socket, figures }) => shareOfPages(socket, figures),
    text: (figure, { figures }) =>
      `${percent(figure)} of the dma-buf's pages are needed for what it issues within its p99 hold of ${duration(figures.holds?.p99 ?? 0)}: return sooner or bind more`,
  },
  {
    name: "returns refused",
    threshold: 0,
    speaks: "above",
    figure: ({ socket }) => times(socket, "return refused"),
    text: (figure) =>
      `${plural(figure, "return call")} refused, nothing of them was freed: at most 128 ranges in a call`,
  },
  {
    name: "payload in linear memory",
    threshold: 0.01,
    speaks: "above",
    figure: ({ figures }) => (figures.payloadBytes ? figures.linearBytes / figures.payloadBytes : null),
    text: (figure, { figures }) =>
      `${percent(figure)} of the payload (${bytes(figures.linearBytes)}) was copied to linear memory: check header split (ethtool tcp-data-split, hds-thresh)`,
  },
  {
    name: "hoards a shared binding",
    threshold: 0.8,
    speaks: "above",
    figure: ({ socket, figures, ledger }) => shareOfBinding(socket, figures, ledger),
    text: (figure) =>
      `holds ${percent(figure)} of what the sockets of its dma-buf hold on average: it starves the others first`,
  },
];

/** What every rule says of every socket. */
export function adviceOf(ledger: Ledger, sockets: readonly Socket[]): Advice[] {
  return sockets.flatMap((socket) => {
    const given = { socket, ledger, figures: figuresOf([socket], ledger.now) };
    return RULES.flatMap((rule) => said(rule, given));
  });
}

function said(rule: Rule, given: Case): Advice[] {
  const { name, threshold, speaks } = rule;
  const figure = rule.figure(given);
  if (figure === null || (speaks === "above" ? figure <= threshold : figure >= threshold)) return [];
  return [{ rule: name, socket: given.socket.id, figure, threshold, text: rule.text(figure, given) }];
}

/** Little's law at the slowest: what it issues in the time it holds a token, as a share of the pages there are. */
function shareOfPages(socket: Socket, { holds, tokensPerSecond }: Figures): number | null {
  const binding = socket.shares.at(-1)?.binding;
  const all = binding ? pages(binding) : 0;
  return holds === null || all === 0 ? null : (tokensPerSecond * holds.p99) / 1e9 / all;
}

function times(socket: Socket, kind: string): number {
  return socket.findings.filter((f) => f.kind === kind).reduce((sum, f) => sum + f.times, 0);
}

/** Only among sockets that share its last binding and whose holds are known; null where it has the binding for itself. */
function shareOfBinding(socket: Socket, { meanOutstanding }: Figures, ledger: Ledger): number | null {
  const binding = socket.shares.at(-1)?.binding;
  const others = ledger.sockets.filter(
    (s) => s !== socket && s.holds && s.shares.at(-1)?.binding === binding,
  );
  if (meanOutstanding === null || others.length === 0) return null;
  const all = others.reduce((sum, s) => sum + tokenTime(s), 0) + tokenTime(socket);
  return all === 0 ? null : tokenTime(socket) / all;
}

/** Token-ns, of tokens whose birth is known. */
function tokenTime({ holds }: Socket): number {
  return holds ? holds.total + holds.age : 0;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
