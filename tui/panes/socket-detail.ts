// socket-detail - One socket's life: what it holds, what happened when, what it did wrong, who shares its bindings.

import { bytes, clock, duration, plural } from "../../collector/base/format.ts";
import { countsTokens } from "../../collector/events/event.ts";
import { tokensOf } from "../../collector/ledger/socket-events.ts";
import { oldestOf, oldestToken } from "../../collector/profile/metrics.ts";
import { findingText, receivedBy } from "../../collector/report/text.ts";
import { cell } from "../draw/cell-text.ts";
import { sparkline } from "../draw/glyphs.ts";
import { scrolled } from "../draw/list.ts";
import { type Line, line, seg, wrap } from "../draw/styled-line.ts";
import { trend } from "../state/history.ts";
import { verdictRole } from "../state/journal.ts";
import { bindingName, type SocketRow, visible } from "../state/rows.ts";
import type { LiveView } from "../state/view.ts";

/** Every line of the socket the drill-down is on. */
export function content(view: LiveView, width: number): Line[] {
  const row = view.sockets.find(({ id }) => id === view.model.detail);
  if (!row) return [line("  This socket is not known at this time of the recording. Esc goes back.")];
  return [
    ...headLines(view, row, width),
    line(""),
    line("Life", "title"),
    ...life(row),
    line(""),
    ...chart(view, row, width),
    ...findings(row),
    ...tokens(view, row),
    ...batches(view),
    ...peers(view, row),
  ];
}

/** The part of it that fits. */
export function render(view: LiveView, width: number, height: number): Line[] {
  return scrolled(content(view, width), view.model.scroll, height);
}

function headLines(view: LiveView, row: SocketRow, width: number): Line[] {
  const { socket, verdict, why } = row;
  const { level } = view.shown.ledger.header;
  const who = visible(`${row.local || `socket ${socket.sk}`} <- ${row.remote || "?"}`, view.model);
  const reason = wrap(why ? `${verdict}: ${why}` : verdict, width - 2);
  const numbers = [
    ...(countsTokens(level) ? [`issued ${socket.issued}`, `returned ${socket.returned}`] : []),
    ...(countsTokens(level) && socket.before > 0 ? [`before the trace ${socket.before}`] : []),
    `reclaimed ${socket.reclaimed}`,
    ...(socket.swept > 0 ? [`swept ${socket.swept}`] : []),
    ...[`outstanding ${row.outstanding}`, `pinned ${bytes(row.pinned)}`],
  ];
  return [
    [seg(who, "title"), seg(`  pid ${socket.pid} (${row.comm})`)],
    ...reason.map((text) => line(text, verdictRole(verdict))),
    line(numbers.join("  ")),
    line(`mode ${socket.mode}  state ${row.state}  netns ${socket.netns || "?"}`, "dim"),
    ...(socket.cgroup === "" ? [] : [line(`cgroup ${cell(socket.cgroup)}`, "dim")]),
  ];
}

/** What happened to it, by time. */
function life({ socket }: SocketRow): Line[] {
  const at = (t: number, text: string) => line(`${clock(t).padStart(11)}  ${text}`);
  const from = socket.shares.map(({ binding }) => bindingName(binding)).join(", then ");
  const closer = socket.closePid
    ? `by pid ${socket.closePid} (${cell(socket.closeComm)})`
    : "by somebody not seen";
  const oldest = oldestToken(socket);
  const since = oldestOf(socket);
  return [
    ...(socket.born > 0
      ? [at(socket.born, `first token${from ? `, from ${from}` : ""}`)]
      : [line("             first token before the trace")]),
    ...(oldest ? [at(oldest.issuedAt, `token ${oldest.token} issued: the oldest it holds`)] : []),
    ...(socket.holds && since !== null ? [at(since, "its oldest token issued")] : []),
    ...(socket.closedAt >= 0
      ? [at(socket.closedAt, `closed ${closer}, ${plural(socket.heldAtClose, "token")} held`)]
      : []),
    ...socket.elsewhere.map(({ t, tokens: n, through }) =>
      at(t, `${plural(n, "token")} returned through a socket of pid ${through.pid}`),
    ),
    ...(socket.sweptAt >= 0 ? [at(socket.sweptAt, `unbind: ${plural(socket.swept, "token")} swept`)] : []),
    ...(socket.destroyedAt >= 0 ? [at(socket.destroyedAt, destroyed(socket))] : []),
  ];
}

function destroyed({ destroyedAt, closedAt, reclaimed }: SocketRow["socket"]): string {
  const took = reclaimed > 0 ? `: the kernel reclaimed ${plural(reclaimed, "token")}` : "";
  return `destroyed, ${duration(destroyedAt - closedAt)} after close${took}`;
}

/** From the oldest point that is kept to the newest, or to destroy. */
function chart({ shown, glyphs }: LiveView, row: SocketRow, width: number): Line[] {
  const points = shown.history.get(row.id);
  const first = points?.[0];
  const gone = row.socket.destroyedAt >= 0;
  const span = (gone ? row.socket.destroyedAt : shown.ledger.now) - (first?.t ?? 0);
  if (!first || span <= 0) return [];
  const columns = Math.max(8, Math.min(100, width - 30));
  const values = trend(points, first.t + span, columns, span / columns);
  return [
    line(`Outstanding, ${gone ? "its" : "the"} last ${duration(span)}`, "title"),
    [seg("  "), seg(sparkline(values, glyphs), "accent"), seg(` ${Math.max(...values)} at most`)],
    line(""),
  ];
}

function findings({ socket }: SocketRow): Line[] {
  if (socket.findings.length === 0 && socket.doubts.length === 0) return [];
  return [
    line("Findings", "title"),
    ...socket.findings.map((f) => line(`${clock(f.last).padStart(11)}  ${findingText(f)}`, "warn")),
    ...socket.doubts.map((doubt) => line(`             ${doubt}`, "warn")),
    line(""),
  ];
}

const LISTED = 20;

/** Level tokens: what it holds, or held when it closed, one by one. */
function tokens({ shown }: LiveView, { socket }: SocketRow): Line[] {
  const closed = socket.closedAt >= 0;
  const list = closed ? socket.leaked : tokensOf(socket);
  const all = closed ? socket.heldAtClose : list.length;
  if (list.length === 0) return [];
  const until = closed ? socket.closedAt : shown.ledger.now;
  const rest = all - Math.min(LISTED, list.length);
  return [
    line(closed ? "Tokens held at close, oldest first" : "Tokens held, oldest first", "title"),
    ...list
      .slice(0, LISTED)
      .map((token) =>
        line(
          `  token ${token.token}: dma-buf ${token.dmabufId} offset ${token.offset}, ${token.size} bytes, thread ${token.tid}, held ${duration(until - token.issuedAt)}`,
        ),
      ),
    ...(rest > 0 ? [line(`  and ${rest} more`, "dim")] : []),
    ...receivedBy(list).map((text) => line(`  ${text}`)),
    line(""),
  ];
}

function batches({ shown }: LiveView): Line[] {
  const text =
    shown.ledger.header.level === "tokens"
      ? "4 shows how long tokens were held and how many a return names, over all sockets."
      : `Not measured at level ${shown.ledger.header.level}: --level tokens tells single tokens.`;
  return [line("Batch sizes", "title"), line(`  ${text}`, "dim"), line("")];
}

function peers(view: LiveView, row: SocketRow): Line[] {
  const bindings = [...new Set(row.socket.shares.map(({ binding }) => binding))];
  return bindings.flatMap((binding) => {
    const others = view.sockets.filter(
      (o) => o !== row && o.socket.shares.some((s) => s.binding === binding),
    );
    const shownPeers = others.sort((a, b) => b.outstanding - a.outstanding).slice(0, LISTED);
    return [
      line(
        `Peers on ${bindingName(binding)}: ${others.length === 0 ? "none" : plural(others.length, "socket")}`,
        "title",
      ),
      ...shownPeers.map((o) => peer(view, o)),
      line(""),
    ];
  });
}

function peer(view: LiveView, row: SocketRow): Line {
  const who = visible(`${row.local || "?"} <- ${row.remote || "?"}`, view.model);
  return [
    seg(`  ${row.verdict.padEnd(12)}`, verdictRole(row.verdict)),
    seg(` ${who} pid ${row.socket.pid} (${row.comm}), ${row.outstanding} outstanding`),
  ];
}
