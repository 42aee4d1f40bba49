// leaks - Every socket that closed and every binding that was unbound while tokens were held, newest first, and the outcome.

import { clock, duration } from "../../collector/base/format.ts";
import { sharedBinding } from "../../collector/ledger/sockets/socket.ts";
import type { Socket } from "../../collector/ledger/state/socket-and-binding.ts";
import { cell } from "../draw/cell-text.ts";
import { listLines } from "../draw/list.ts";
import type { Line } from "../draw/styled-line.ts";
import type { Column } from "../draw/table.ts";
import { filtered, leakWords, visible } from "../state/filter.ts";
import { verdictRole } from "../state/journal.ts";
import type { LeakRow, SocketRow } from "../state/rows.ts";
import { type LiveView, oncePerView } from "../state/view.ts";
import { type ListPane, socketTarget } from "./pane.ts";

const rows = oncePerView((view): LeakRow[] => filtered(view.leaks, view.model, leakWords));

export const leaks: ListPane = {
  is: "list",
  key: "2",
  title: "Leaks",
  help: "leaks: every close while tokens were held, newest first",
  empty: () => ({
    heading: "No leaks",
    sentences: [
      "A socket is listed here when it closes while it holds tokens; a binding, when it is unbound while tokens are held.",
    ],
  }),
  rows,
  render,
  titleLines: 1,
  start: "first",
  open: socketTarget,
};

function render(view: LiveView, cursor: number, width: number, height: number): Line[] {
  return listLines(columns(view), rows(view), cursor, width, height, view.glyphs.cursor);
}

function columns({ model }: LiveView): Column<LeakRow>[] {
  const address = (text: string | undefined) => (text === undefined ? "-" : visible(text, model) || "?");
  return [
    { title: "CLOSED AT", short: "AT", rank: 4, right: true, least: 8, text: ({ t }) => clock(t) },
    { title: "VERDICT", rank: 0, text: verdictOf, role: (row) => verdictRole(verdictOf(row)) },
    { title: "HELD AT CLOSE", short: "HELD", rank: 0, right: true, text: heldThen, role: () => "bad" },
    { title: "NOW", rank: 2, right: true, text: heldNow },
    { title: "PID", rank: 1, right: true, least: 5, text: pidOf },
    { title: "COMM", rank: 5, text: commOf },
    { title: "LOCAL", rank: 6, text: ({ socket }) => address(socket?.local) },
    { title: "REMOTE", rank: 3, text: ({ socket }) => address(socket?.remote) },
    { title: "OUTCOME", rank: 3, grows: true, least: 26, text: outcome },
  ];
}

function verdictOf({ socket, binding }: LeakRow): string {
  return socket?.verdict ?? binding?.verdict ?? "";
}

function heldThen({ socket, binding }: LeakRow): string {
  return String(socket?.socket.heldAtClose ?? binding?.binding.heldAtUnbind ?? 0);
}

function heldNow({ socket }: LeakRow): string {
  return String(socket?.outstanding ?? "-");
}

function pidOf({ socket, binding }: LeakRow): string {
  return String((socket?.socket.pid ?? binding?.binding.pid) || "?");
}

function commOf({ socket, binding }: LeakRow): string {
  return socket?.comm || cell(binding?.binding.comm ?? "") || "?";
}

/** What became of the tokens. */
function outcome({ socket, binding }: LeakRow): string {
  if (binding) return `${binding.name}: ${binding.why}`;
  return socket ? socketOutcome(socket) : "";
}

/** Short: the verdict stands beside it. */
function socketOutcome({ socket, verdict, why }: SocketRow): string {
  switch (verdict) {
    case "lingering":
      return "not destroyed yet; still pinned";
    case "reclaimed":
      return `at destroy, after ${duration(socket.destroyedAt - socket.closedAt)}`;
    case "leaked":
      return pinnedUntil(socket);
    case "swept":
      return sweptWhen(socket);
    case "returned elsewhere":
      return `through ${socket.exchange.elsewhere.map(({ through }) => `pid ${through.pid}`).join(", ")}`;
    case "open":
    case "clean":
    case "inconclusive":
      return why;
    default:
      return verdict satisfies never;
  }
}

/** The unbind sweeps what is held then; what is issued after it stays. */
function pinnedUntil(socket: Socket): string {
  const binding = sharedBinding(socket);
  const name = `dma-buf ${binding?.dmabufId ?? "?"}`;
  return binding && binding.unboundAt >= 0
    ? `pinned for ever: ${name} is unbound`
    : `pinned until unbind of ${name}`;
}

function sweptWhen({ sweptAt, closedAt }: Socket): string {
  return sweptAt < closedAt
    ? `${duration(closedAt - sweptAt)} before close, at unbind`
    : `at unbind, after ${duration(sweptAt - closedAt)}`;
}
