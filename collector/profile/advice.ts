// advice - What a profile recommends to change, with the figure and the threshold behind it; nothing without data.

import { listsBy, type Mapping, plainly } from "../base/lists.ts";
import type { Ledger } from "../ledger/state/ledger.ts";
import type { Socket } from "../ledger/state/socket-and-binding.ts";
import { metricsOf } from "./metrics.ts";
import { type Case, RULES, type Rule } from "./rules.ts";

/** One thing to change, on one socket. */
export interface Advice {
  rule: string;
  /** Id of the socket. */
  socket: string;
  /** What was measured, and the value beyond which the rule gives advice. */
  figure: number;
  threshold: number;
  /** The evidence and what to do, in a sentence. */
  text: string;
}

/** The advice of every rule on every socket. */
export function adviceOf(ledger: Ledger, sockets: readonly Socket[], mapped: Mapping = plainly): Advice[] {
  const samples = listsBy(ledger.samples.values(), ({ pid }) => pid);
  return mapped(sockets, (socket) => {
    const metrics = metricsOf([socket], ledger.now);
    const given = { socket, ledger, metrics, samples: samples.get(socket.pid) ?? [] };
    return RULES.flatMap((rule) => adviceBy(rule, given));
  }).flat();
}

function adviceBy(rule: Rule, given: Case): Advice[] {
  const { name, threshold, gives } = rule;
  const figure = rule.figure(given);
  if (figure === null || (gives === "above" ? figure <= threshold : figure >= threshold)) return [];
  return [{ rule: name, socket: given.socket.id, figure, threshold, text: rule.text(figure, given) }];
}
