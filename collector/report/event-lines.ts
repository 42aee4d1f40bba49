// event-lines - One line per change, for a terminal without a UI, a pipe or a log.

import { clock, duration, plural, printable } from "../base/format.ts";
import {
  countsTokens,
  type Event,
  type EventWith,
  having,
  type ProbeEvent,
  type TracerEvent,
} from "../events/event.ts";
import { pages, timeToExhaustion } from "../ledger/bindings.ts";
import { lossWords } from "../ledger/evidence.ts";
import { errnoName, type Finding } from "../ledger/findings.ts";
import { checksText } from "../ledger/kernel-agreement.ts";
import { type Misstep, misstep } from "../ledger/misuse.ts";
import { bindingOf, heldOf, outstanding } from "../ledger/socket-events.ts";
import type { Binding, Ledger, Socket } from "../ledger/state.ts";
import { socketVerdict } from "../verdict/verdict.ts";
import { findingText } from "./text.ts";

/** What `event` changed, as one line; null when there is nothing to say. To be called after it was applied. */
export function plainLine(ledger: Ledger, event: Event): string | null {
  const said = say(ledger, event);
  return said === null ? null : printable(`${clock(event.t).padStart(9)}  ${said}`);
}

const hasLine = having("loud", "total", "news", "trouble");

function say(ledger: Ledger, event: Event): string | null {
  if (!hasLine(event)) return null;
  switch (event.kind) {
    case "inflight":
      return ledger.checks.newest?.t === event.t && ledger.checks.newest.sk === ""
        ? `DIFFERS, ${ledger.checks.newest.sentence}`
        : null;
    case "reading":
      return readText(ledger, event);
    case "checked":
      return checkedText(ledger, event);
    case "unchecked":
      return `not compared with the kernel: ${printable(event.detail)}`;
    case "lost":
    case "gap":
    case "resumed":
    case "stall":
      return sayMissing(event);
    case "end":
      return event.detail || "trace ended";
    case "socket":
    case "manual":
      return onSocket(ledger, event.sk, receives(event));
    case "count":
      return counted(ledger, event);
    case "close":
    case "destroy":
      return settledSocket(ledger, event);
    case "refused":
    case "short":
    case "recverr":
    case "peek":
    case "second":
    case "mode":
      return onSocket(ledger, event.sk, newestFinding(event));
    case "bind":
    case "bindfail":
    case "queue":
    case "unbind":
    case "swept":
    case "free":
    case "dry":
      return sayBinding(ledger, event);
    default:
      return event satisfies never;
  }
}

function sayMissing(event: EventWith<"family", "evidence">): string {
  switch (event.kind) {
    case "lost":
      return `LOST ${plural(event.count, "event")}: ${lossWords(event.what)}${event.detail ? `: ${printable(event.detail)}` : ""}`;
    case "gap":
      return `NOT TRACED since ${clock(event.from)} s: ${printable(event.detail)} Attaching again.`;
    case "resumed":
      return "TRACED again; what happened meanwhile is not known";
    case "stall":
      return `SILENT: no word of bpftrace for ${duration(event.silent)}, though it runs: the screen is behind`;
    default:
      return event satisfies never;
  }
}

/** Level sampled: what it holds, where that changed. Else only what is out of the ordinary: a base, a difference. */
function readText(ledger: Ledger, event: TracerEvent<"reading">): string | null {
  const socket = ledger.current.get(event.sk);
  const { newest } = ledger.checks;
  if (socket?.rebasedAt !== event.t) return null;
  if (!countsTokens(ledger.header.level)) return `${name(socket)}: holds ${outstanding(socket)}`;
  if (newest?.t === event.t && newest.sk === event.sk) return `${name(socket)}: DIFFERS, ${newest.sentence}`;
  return `${name(socket)}: held ${plural(Math.max(0, socket.before), "token")} before the trace`;
}

/** The first round, and each one that has something to say. */
function checkedText({ checks }: Ledger, { sockets, moved, unread }: TracerEvent<"checked">): string | null {
  if (checks.times > 1 && moved + unread === 0) return null;
  return `compared ${plural(sockets, "socket")} with the kernel, ${checksText(checks)}`;
}

function receives(event: ProbeEvent<"socket" | "manual">): string {
  const from = `receives from dma-buf ${event.dmabuf} on ${printable(event.ifname)}`;
  if (event.kind === "socket") return from;
  return `${from} in manual mode${event.before > 0 ? `, held ${plural(event.before, "token")} before the trace` : ""}`;
}

type BindingEvent = EventWith<"about", "binding"> | ProbeEvent<"bindfail">;

function sayBinding(ledger: Ledger, event: BindingEvent): string | null {
  if (event.kind === "bindfail")
    return `bind to ${printable(event.ifname)} refused: ${errnoName(event.err)}, pid ${event.pid} (${printable(event.comm)})`;
  const binding = ledger.bindings.findLast((b) => b.ptr === event.binding);
  if (!binding) return null;
  const name = `dma-buf ${binding.dmabufId} on ${printable(binding.ifname)}`;
  switch (event.kind) {
    case "bind":
      return `${name}: bound, ${plural(pages(binding), "page")}, pid ${event.pid} (${printable(event.comm)})`;
    case "queue":
      return event.err === 0
        ? `${name}: queue ${event.queue}`
        : `${name}: queue ${event.queue} refused: ${errnoName(event.err)}`;
    case "unbind":
      return `${name}: unbound${binding.heldAtUnbind > 0 ? ` while ${plural(binding.heldAtUnbind, "token")} held: cannot be freed yet` : ""}`;
    case "swept":
      return sweptText(ledger, binding, name);
    case "free":
      return `${name}: freed, ${duration(event.t - Math.max(0, binding.unboundAt))} after unbind`;
    case "dry":
      return `${name}: DRY, ${plural(event.failed, "page allocation")} failed so far, ${binding.outstanding} of ${plural(pages(binding), "page")} held`;
    default:
      return event satisfies never;
  }
}

function sweptText(ledger: Ledger, binding: Binding, name: string): string | null {
  const swept = ledger.sockets.filter((s) => s.swept > 0 && bindingOf(s) === binding);
  const tokens = swept.reduce((sum, s) => sum + s.swept, 0);
  return tokens === 0
    ? null
    : `${name}: SWEPT ${plural(tokens, "token")} of ${plural(swept.length, "socket")}`;
}

/** The newest socket of a kernel pointer: destroyed ones are still in the list. */
function socketAt(ledger: Ledger, sk: string): Socket | undefined {
  return ledger.current.get(sk) ?? ledger.sockets.findLast((s) => s.sk === sk);
}

function onSocket(ledger: Ledger, sk: string, what: string): string | null {
  const socket = socketAt(ledger, sk);
  return socket ? `${name(socket)}: ${what}` : null;
}

function name(s: Socket): string {
  return `${s.local || `socket ${s.sk}`} <- ${s.remote || "?"} pid ${s.pid} (${printable(s.comm)})`;
}

function counted(ledger: Ledger, event: ProbeEvent<"count">): string | null {
  const socket = ledger.current.get(event.sk);
  if (!socket) return null;
  const bindings = new Set(socket.shares.map(({ binding }) => binding));
  const soon = [...bindings].flatMap((binding) => {
    const left = binding.unboundAt < 0 ? timeToExhaustion(binding) : null;
    return left === null || heldOf(socket, binding) === 0
      ? []
      : [`dma-buf ${binding.dmabufId} dry in ${duration(left)}`];
  });
  const parts = [
    `holds ${outstanding(socket)}`,
    `issued ${socket.issued}`,
    `returned ${socket.returned}`,
    ...soon,
  ];
  return `${name(socket)}: ${parts.join(", ")}`;
}

function settledSocket(ledger: Ledger, event: ProbeEvent<"close" | "destroy">): string | null {
  const socket = socketAt(ledger, event.sk);
  if (!socket) return null;
  const { verdict, why } = socketVerdict(ledger, socket);
  if (event.kind === "destroy" && verdict === "clean") return null;
  return `${name(socket)}: ${verdict.toUpperCase()}${why ? `, ${why}` : ""}`;
}

/** What this one event adds to the findings. */
function newestFinding(event: Misstep): string {
  if (event.kind === "short") return `asked to return ${event.asked} tokens, the kernel freed ${event.freed}`;
  const found: Finding[] = [];
  misstep(found, event);
  return found.map(findingText).join();
}
