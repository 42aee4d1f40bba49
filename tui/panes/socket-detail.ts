// socket-detail - One socket in detail: what it holds, its life, its misuse, and the other sockets of its bindings.

import { bytes, clock, duration, plural } from "../../collector/base/format.ts";
import { countsTokens } from "../../collector/events/event.ts";
import type { Binding, Socket } from "../../collector/ledger/state/socket-and-binding.ts";
import { tokensOf } from "../../collector/ledger/tokens/books.ts";
import { oldestOf, oldestToken } from "../../collector/profile/oldest.ts";
import { receivedBy } from "../../collector/report/details.ts";
import { findingText } from "../../collector/report/finding-text.ts";
import { cell } from "../draw/cell-text.ts";
import { sparkline } from "../draw/glyphs.ts";
import { type Line, line, seg, wrap } from "../draw/styled-line.ts";
import { visible } from "../state/filter.ts";
import { trend } from "../state/history.ts";
import { verdictRole } from "../state/journal.ts";
import { bindingName, type SocketRow } from "../state/rows.ts";
import type { LiveView } from "../state/view.ts";
import { profile } from "./profile.ts";

const NOT_YET = "At this time of the recording the socket does not exist yet.";
const LET_GO = "The socket finished long ago and was let go: the report has it in the sums of its role.";

/** Every line about the socket that is open in detail. */
export function lines(view: LiveView, width: number): Line[] {
  const row = view.sockets.find(({ id }) => id === view.model.detail);
  if (!row) return [line(`  ${view.replay ? NOT_YET : LET_GO} Esc goes back.`)];
  return [
    ...headLines(view, row, width),
    line(""),
    ...section("Life", life(row)),
    ...chart(view, row, width),
    ...section("Findings", findings(row, width)),
    ...tokens(view, row),
    ...section("Batch sizes", [line(`  ${batches(view)}`, "dim")]),
    ...peers(view, row),
  ];
}

/** A title over its lines; nothing where there are none. */
function section(title: string, content: Line[]): Line[] {
  return content.length === 0 ? [] : [line(title, "title"), ...content, line("")];
}

function headLines(view: LiveView, row: SocketRow, width: number): Line[] {
  const { socket, verdict, why } = row;
  const who = visible(`${row.local || `socket ${socket.sk}`} <- ${row.remote || "?"}`, view.model);
  const reason = wrap(why ? `${verdict}: ${why}` : verdict, width - 2);
  return [
    [seg(who, "title"), seg(`  pid ${socket.pid} (${row.comm})`)],
    ...reason.map((text) => line(text, verdictRole(verdict))),
    line(numbers(view, row).join("  ")),
    line(`mode ${socket.mode}  state ${row.state}  netns ${socket.netns || "?"}`, "dim"),
    ...(socket.cgroup === "" ? [] : [line(`cgroup ${cell(socket.cgroup)}`, "dim")]),
  ];
}

function numbers(view: LiveView, row: SocketRow): string[] {
  const { issued, returned, before, reclaimed, swept } = row.socket;
  const counted = countsTokens(view.state.ledger.header.level);
  return [
    ...(counted ? [`issued ${issued}`, `returned ${returned}`] : []),
    ...(counted && before > 0 ? [`before the trace ${before}`] : []),
    `reclaimed ${reclaimed}`,
    ...(swept > 0 ? [`swept ${swept}`] : []),
    `outstanding ${row.outstanding}`,
    `pinned ${bytes(row.pinned)}`,
  ];
}

/** Room of the time in front of an event. */
const TIME_COLUMNS = 11;

function at(t: number, text: string): Line {
  return line(`${clock(t).padStart(TIME_COLUMNS)}  ${text}`);
}

/** What happened to it, by time. */
function life({ socket }: SocketRow): Line[] {
  return [
    firstToken(socket),
    ...oldest(socket),
    ...closed(socket),
    ...socket.exchange.elsewhere.map(({ t, tokens: n, through }) =>
      at(t, `${plural(n, "token")} returned through a socket of pid ${through.pid}`),
    ),
    ...(socket.sweptAt >= 0 ? [at(socket.sweptAt, `unbind: ${plural(socket.swept, "token")} swept`)] : []),
    ...destroyed(socket),
  ];
}

function firstToken({ born, shares }: Socket): Line {
  if (born <= 0) return line(`${" ".repeat(TIME_COLUMNS)}  first token before the trace`);
  const from = shares.map(({ binding }) => bindingName(binding)).join(", then ");
  return at(born, `first token${from && `, from ${from}`}`);
}

/** Level tokens: the token itself; levels holds and profile: its time. */
function oldest(socket: Socket): Line[] {
  const token = oldestToken(socket);
  const since = socket.holds ? oldestOf(socket) : null;
  return [
    ...(token ? [at(token.issuedAt, `token ${token.token} issued, the oldest it holds`)] : []),
    ...(since === null ? [] : [at(since, "oldest outstanding token issued")]),
  ];
}

function closed({ closedAt, closePid, closeComm, heldAtClose }: Socket): Line[] {
  if (closedAt < 0) return [];
  const by = closePid ? `pid ${closePid} (${cell(closeComm)})` : "an unknown process";
  return [at(closedAt, `closed by ${by}, ${plural(heldAtClose, "token")} held`)];
}

function destroyed({ destroyedAt, closedAt, reclaimed }: Socket): Line[] {
  if (destroyedAt < 0) return [];
  const took = reclaimed > 0 ? `: the kernel reclaimed ${plural(reclaimed, "token")}` : "";
  return [at(destroyedAt, `destroyed ${duration(destroyedAt - closedAt)} after close${took}`)];
}

/** From the oldest point that is kept to the newest, or to destroy. */
function chart({ state, glyphs }: LiveView, row: SocketRow, width: number): Line[] {
  const { destroyedAt } = row.socket;
  const points = state.history.get(row.id);
  const from = points?.[0]?.t;
  const to = destroyedAt >= 0 ? destroyedAt : state.ledger.now;
  if (from === undefined || to <= from) return [];
  const columns = Math.max(8, Math.min(100, width - 30));
  const values = trend(points, to, columns, (to - from) / columns);
  const spark = [seg("  "), seg(sparkline(values, glyphs), "accent"), seg(` at most ${Math.max(...values)}`)];
  return section(`Outstanding over ${destroyedAt >= 0 ? "its" : "the"} last ${duration(to - from)}`, [spark]);
}

function findings({ socket }: SocketRow, width: number): Line[] {
  return [
    ...socket.findings.flatMap((f) => finding(clock(f.last), findingText(f), width)),
    ...socket.doubts.flatMap((doubt) => finding("", doubt, width)),
  ];
}

function finding(time: string, text: string, width: number): Line[] {
  const parts = wrap(text, Math.max(10, width - TIME_COLUMNS - 2));
  return parts.map((part, i) => line(`${(i === 0 ? time : "").padStart(TIME_COLUMNS)}  ${part}`, "warn"));
}

/** More lines of a kind than these are only counted. */
const MAX_LISTED = 20;

/** Level tokens: what it holds, or held when it closed, one by one. */
function tokens({ state }: LiveView, { socket }: SocketRow): Line[] {
  const isClosed = socket.closedAt >= 0;
  const list = isClosed ? socket.leaked : tokensOf(socket);
  const until = isClosed ? socket.closedAt : state.ledger.now;
  const listed = list.slice(0, MAX_LISTED);
  const rest = (isClosed ? socket.heldAtClose : list.length) - listed.length;
  if (listed.length === 0) return [];
  return section(isClosed ? "Tokens held at close, oldest first" : "Tokens held, oldest first", [
    ...listed.map((token) => tokenLine(token, until)),
    ...(rest > 0 ? [line(`  and ${rest} more`, "dim")] : []),
    ...receivedBy(list).map((text) => line(`  ${text}`)),
  ]);
}

function tokenLine(token: ReturnType<typeof tokensOf>[number], until: number): Line {
  const { dmabufId, offset, size, tid, issuedAt } = token;
  const where = `dma-buf ${dmabufId} offset ${offset}, ${size} bytes`;
  return line(`  token ${token.token}: ${where}, thread ${tid}, held ${duration(until - issuedAt)}`);
}

function batches({ state }: LiveView): string {
  const { level } = state.ledger.header;
  switch (level) {
    case "tokens":
      return `${profile.key} shows tokens per returned range, over all sockets.`;
    case "profile":
      return `${profile.key} shows tokens per call, over all sockets.`;
    case "sampled":
    case "counts":
    case "holds":
      return `Not measured at level ${level}: --level profile measures tokens per call.`;
    default:
      return level satisfies never;
  }
}

function peers(view: LiveView, row: SocketRow): Line[] {
  const bindings = row.socket.shares.map(({ binding }) => binding);
  return bindings.flatMap((binding) => peersOn(view, row, binding));
}

function peersOn(view: LiveView, row: SocketRow, binding: Binding): Line[] {
  const others = view.sockets.filter((o) => o !== row && o.socket.shares.some((s) => s.binding === binding));
  const listed = others.sort((a, b) => b.outstanding - a.outstanding).slice(0, MAX_LISTED);
  const count = others.length === 0 ? "none" : plural(others.length, "socket");
  return [
    line(`Others on ${bindingName(binding)}: ${count}`, "title"),
    ...listed.map((other) => peer(view, other)),
    line(""),
  ];
}

function peer(view: LiveView, row: SocketRow): Line {
  const who = visible(`${row.local || "?"} <- ${row.remote || "?"}`, view.model);
  return [
    seg(`  ${row.verdict.padEnd(12)}`, verdictRole(row.verdict)),
    seg(` ${who} pid ${row.socket.pid} (${row.comm}), ${row.outstanding} outstanding`),
  ];
}
