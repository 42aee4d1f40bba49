// leaks - Every close that held tokens and every unbind that left some, newest first, with what became of it.

import { clock, duration } from "../../collector/base/format.ts";
import { bindingOf } from "../../collector/ledger/socket-events.ts";
import type { Socket } from "../../collector/ledger/state.ts";
import { listLines } from "../draw/list.ts";
import type { Line } from "../draw/styled-line.ts";
import type { Column } from "../draw/table.ts";
import { cursorIndex } from "../input/update.ts";
import { verdictRole } from "../state/journal.ts";
import { filtered, type LeakRow, leakWords, type SocketRow, visible } from "../state/rows.ts";
import { type LiveView, perView } from "../state/view.ts";

/** The rows in the order shown. */
export const rows = perView((view): LeakRow[] => filtered(view.leaks, view.model, leakWords));

/** The list around the cursor. */
export function render(view: LiveView, width: number, height: number): Line[] {
  const all = rows(view);
  const at = cursorIndex(view.model, all);
  return listLines(columns(view), all, at, width, height, view.glyphs.cursor);
}

function columns({ model }: LiveView): Column<LeakRow>[] {
  const verdict = ({ socket, binding }: LeakRow) => socket?.verdict ?? binding?.verdict ?? "";
  const address = (text: string | undefined) => (text === undefined ? "-" : visible(text, model) || "?");
  return [
    { title: "CLOSED AT", short: "AT", rank: 4, right: true, least: 8, text: ({ t }) => clock(t) },
    { title: "VERDICT", rank: 0, text: verdict, role: (row) => verdictRole(verdict(row)) },
    {
      title: "HELD AT CLOSE",
      short: "HELD",
      rank: 0,
      right: true,
      text: (row) => String(heldThen(row)),
      role: () => "bad",
    },
    { title: "NOW", rank: 2, right: true, text: (row) => String(heldNow(row)) },
    { title: "PID", rank: 1, right: true, least: 5, text: (row) => String(pidOf(row) || "?") },
    { title: "COMM", rank: 5, text: ({ socket, binding }) => socket?.comm || binding?.binding.comm || "?" },
    { title: "LOCAL", rank: 6, text: ({ socket }) => address(socket?.local) },
    { title: "REMOTE", rank: 3, text: ({ socket }) => address(socket?.remote) },
    {
      title: "WHAT BECAME OF THEM",
      short: "BECAME",
      rank: 3,
      grows: true,
      least: 20,
      text: (row) => became(row),
    },
  ];
}

const heldThen = ({ socket, binding }: LeakRow) =>
  socket?.socket.heldAtClose ?? binding?.binding.heldAtUnbind ?? 0;
const pidOf = ({ socket, binding }: LeakRow) => socket?.socket.pid ?? binding?.binding.pid ?? 0;
const heldNow = ({ socket }: LeakRow) => socket?.outstanding ?? "-";

function became({ socket, binding }: LeakRow): string {
  if (binding) return `${binding.name}: ${binding.why}`;
  return socket ? fate(socket) : "";
}

/** The end of a flagged socket's tokens, short: the verdict stands beside it. */
function fate({ socket, verdict, why }: SocketRow): string {
  const through = socket.elsewhere.map(({ through: other }) => `pid ${other.pid}`).join(", ");
  switch (verdict) {
    case "lingering":
      return "not destroyed: still pinned";
    case "reclaimed":
      return `at destroy, ${duration(socket.destroyedAt - socket.closedAt)} later`;
    case "leaked":
      return `pinned until dma-buf ${bindingOf(socket)?.dmabufId} is unbound`;
    case "swept":
      return `at unbind, ${swept(socket)}`;
    case "returned elsewhere":
      return `through ${through}`;
    default:
      return why;
  }
}

function swept({ sweptAt, closedAt }: Socket): string {
  return sweptAt < closedAt
    ? `${duration(closedAt - sweptAt)} before it closed`
    : `${duration(sweptAt - closedAt)} later`;
}
