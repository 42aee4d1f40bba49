// event-lines - One line per change, for a terminal without a UI, a pipe or a log.

import { errnoName } from "../base/errno.ts";
import { clock, duration, plural, printable } from "../base/format.ts";
import {
  countsTokens,
  type Event,
  type EventWith,
  having,
  type ProbeEvent,
  type TracerEvent,
} from "../events/event.ts";
import { pages, timeToExhaustion } from "../ledger/bindings/pages.ts";
import { checksText } from "../ledger/evidence/checks.ts";
import { lossWords } from "../ledger/evidence/missing.ts";
import { heldOf, outstanding, sharedBinding } from "../ledger/sockets/socket.ts";
import type { Changes, Ledger } from "../ledger/state/ledger.ts";
import type { Binding, Socket } from "../ledger/state/socket-and-binding.ts";
import { socketVerdict } from "../verdict/socket-verdict.ts";
import { findingText } from "./finding-text.ts";

/** What `event` changed, as one line; null if nothing is to be shown. */
export function lineFor(ledger: Ledger, event: Event, changes: Changes): string | null {
  const line = lineOf(ledger, event, changes);
  return line === null ? null : printable(`${clock(event.t).padStart(9)}  ${line}`);
}

const hasLine = having("loud", "total", "news", "trouble");

function lineOf(ledger: Ledger, event: Event, changes: Changes): string | null {
  if (!hasLine(event)) return null;
  switch (event.kind) {
    case "inflight":
      return differenceLine(changes);
    case "reading":
      return readingLine(ledger, changes);
    case "checked":
      return checkedLine(ledger, event);
    case "unchecked":
      return `not compared with the kernel: ${printable(event.detail)}`;
    case "lost":
      return lostLine(event);
    case "gap":
      return `NOT TRACED since ${clock(event.from)} s: ${printable(event.detail)} Reattaching.`;
    case "resumed":
      return "TRACED again; what happened in between is unknown";
    case "stall":
      return `SILENT: bpftrace is running but printed nothing for ${duration(event.silent)}; the screen is stale`;
    case "end":
      return event.detail || "trace ended";
    case "socket":
    case "manual":
      return ofSocket(changes, receives(event));
    case "count":
      return countLine(changes);
    case "close":
      return verdictLine(ledger, changes);
    case "destroy":
      return destroyLine(ledger, changes);
    case "short":
      return ofSocket(changes, `asked to return ${event.asked} tokens, the kernel freed ${event.freed}`);
    case "refused":
    case "recverr":
    case "peek":
    case "second":
    case "mode":
      return changes.finding && ofSocket(changes, findingText(changes.finding));
    case "bindfail":
      return `bind to ${printable(event.ifname)} refused: ${errnoName(event.err)}, pid ${event.pid} (${printable(event.comm)})`;
    case "bind":
    case "queue":
    case "unbind":
    case "swept":
    case "free":
    case "dry":
      return bindingLine(ledger, event, changes);
    default:
      return event satisfies never;
  }
}

function lostLine({ count, what, detail }: TracerEvent<"lost">): string {
  return `LOST ${plural(count, "event")}: ${lossWords(what)}${detail ? `: ${printable(detail)}` : ""}`;
}

function differenceLine({ difference, binding }: Changes): string | null {
  if (difference === "" || !binding) return null;
  return `DIFFERS, dma-buf ${binding.dmabufId}: ${difference}`;
}

/** Level sampled: what it holds, where that changed. Else only what is out of the ordinary: a base, a difference. */
function readingLine({ header }: Ledger, { socket, rebased, difference }: Changes): string | null {
  if (!socket || !rebased) return null;
  if (!countsTokens(header.level)) return `${name(socket)}: holds ${outstanding(socket)}`;
  if (difference) return `${name(socket)}: DIFFERS, ${difference}`;
  return `${name(socket)}: held ${plural(Math.max(0, socket.before), "token")} before the trace`;
}

/** The first round, and each later one with sockets or lines left out. */
function checkedLine({ checks }: Ledger, { sockets, moved, unread }: TracerEvent<"checked">): string | null {
  if (checks.times > 1 && moved + unread === 0) return null;
  return `compared ${plural(sockets, "socket")} with the kernel, ${checksText(checks)}`;
}

function receives(event: ProbeEvent<"socket" | "manual">): string {
  const from = `receives from dma-buf ${event.dmabuf} on ${printable(event.ifname)}`;
  if (event.kind === "socket") return from;
  return `${from} in manual mode${event.before > 0 ? `, held ${plural(event.before, "token")} before the trace` : ""}`;
}

type BindingEvent = EventWith<"about", "binding">;

function bindingLine(ledger: Ledger, event: BindingEvent, { binding }: Changes): string | null {
  if (!binding) return null;
  const what = bindingText(ledger, event, binding);
  return what && `dma-buf ${binding.dmabufId} on ${printable(binding.ifname)}: ${what}`;
}

function bindingText(ledger: Ledger, event: BindingEvent, binding: Binding): string | null {
  switch (event.kind) {
    case "bind":
      return `bound, ${plural(pages(binding), "page")}, pid ${event.pid} (${printable(event.comm)})`;
    case "queue":
      return `queue ${event.queue}${event.err === 0 ? "" : ` refused: ${errnoName(event.err)}`}`;
    case "unbind":
      return `unbound${binding.heldAtUnbind > 0 ? ` while ${plural(binding.heldAtUnbind, "token")} are held: cannot be freed yet` : ""}`;
    case "swept":
      return sweptText(ledger, binding);
    case "free":
      return `freed, ${duration(event.t - Math.max(0, binding.unboundAt))} after unbind`;
    case "dry":
      return `EXHAUSTED, ${plural(event.failed, "page allocation")} failed so far, ${binding.outstanding} of ${plural(pages(binding), "page")} held`;
    default:
      return event satisfies never;
  }
}

/** All that was swept of it, including by a free that came before. */
function sweptText(ledger: Ledger, binding: Binding): string | null {
  const swept = ledger.sockets.filter((s) => s.swept > 0 && sharedBinding(s) === binding);
  const tokens = swept.reduce((sum, s) => sum + s.swept, 0);
  return tokens === 0 ? null : `SWEPT ${plural(tokens, "token")} of ${plural(swept.length, "socket")}`;
}

function ofSocket({ socket }: Changes, what: string): string | null {
  return socket && `${name(socket)}: ${what}`;
}

function name(s: Socket): string {
  return `${s.local || `socket ${s.sk}`} <- ${s.remote || "?"} pid ${s.pid} (${printable(s.comm)})`;
}

function countLine({ socket }: Changes): string | null {
  if (!socket) return null;
  const parts = [
    `holds ${outstanding(socket)}`,
    `issued ${socket.issued}`,
    `returned ${socket.returned}`,
    ...soonExhausted(socket),
  ];
  return `${name(socket)}: ${parts.join(", ")}`;
}

function soonExhausted(socket: Socket): string[] {
  return socket.shares.flatMap(({ binding }) => {
    const left = binding.unboundAt < 0 ? timeToExhaustion(binding) : null;
    return left === null || heldOf(socket, binding) === 0
      ? []
      : [`dma-buf ${binding.dmabufId} exhausted in ${duration(left)} at this rate`];
  });
}

function verdictLine(ledger: Ledger, { socket }: Changes): string | null {
  if (!socket) return null;
  const { verdict, why } = socketVerdict(ledger, socket);
  return `${name(socket)}: ${verdict.toUpperCase()}${why ? `, ${why}` : ""}`;
}

/** The close of a clean socket has had its line. */
function destroyLine(ledger: Ledger, changes: Changes): string | null {
  const isClean = changes.socket && socketVerdict(ledger, changes.socket).verdict === "clean";
  return isClean ? null : verdictLine(ledger, changes);
}
