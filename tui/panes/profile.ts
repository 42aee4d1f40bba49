// profile - What token handling looks like, as far as the level measured it; what it did not measure is said.

import { bytes, duration, plural } from "../../collector/format.ts";
import { type Histogram, mean } from "../../collector/histogram.ts";
import { bar } from "../glyphs.ts";
import { type Line, line, seg, wrap } from "../line.ts";
import { scrolled } from "../list.ts";
import { short } from "../text.ts";
import type { LiveView } from "../view.ts";

/** Every line of the profile. */
export function content(view: LiveView, width: number): Line[] {
  const { profile, ledger } = view.shown;
  const totals = [line("Totals", "title"), ...totalLines(view), line("")];
  if (ledger.header.level !== "tokens")
    return [
      ...totals,
      line("Hold times and sizes", "title"),
      ...wrap(NOT_MEASURED, width - 4).map((t) => line(`  ${t}`)),
    ];
  return [
    ...totals,
    ...histogram(
      "Hold time, issue to return, per token",
      profile.holds,
      duration,
      between(duration),
      view,
      width,
    ),
    ...histogram("Payload of a token", profile.sizes, bytes, between(bytes), view, width),
    ...histogram("Tokens named by one range of a return", profile.ranges, short, whole, view, width),
    line("  How many tokens one recvmsg issued is not measured at this level.", "dim"),
  ];
}

const NOT_MEASURED =
  "Level counts sums tokens in the kernel: how long a single token was held, its size and how many one call returns are not measured. --level tokens measures them, at the price of a line per token.";

/** The part of the profile that fits. */
export function render(view: LiveView, width: number, height: number): Line[] {
  return scrolled(content(view, width), view.model.scroll, height);
}

function totalLines({ sockets }: LiveView): Line[] {
  const sum = (of: (row: LiveView["sockets"][number]) => number) =>
    sockets.reduce((n, row) => n + of(row), 0);
  const issued = sum(({ socket }) => socket.issued);
  const returned = sum(({ socket }) => socket.returned);
  const linear = sum(({ socket }) => socket.linearBytes);
  return [
    fact("issued", `${issued} tokens by ${plural(sockets.length, "socket")}, ${returned} returned`),
    ...payload(sockets),
    ...holdEstimate(sockets),
    ...(linear > 0
      ? [fact("linear fallback", `${bytes(linear)} of payload in linear memory, not in a dma-buf`)]
      : []),
  ];
}

function fact(name: string, text: string): Line {
  return [seg(`  ${name.padEnd(18)}`, "dim"), seg(text)];
}

/** Known of closed sockets only: the stream's length is read at close. */
function payload(sockets: LiveView["sockets"]): Line[] {
  const closed = sockets.filter(({ socket }) => socket.payloadBytes >= 0 && socket.issued > 0);
  const tokens = closed.reduce((n, { socket }) => n + socket.issued, 0);
  const landed = closed.reduce((n, { socket }) => n + socket.payloadBytes - socket.linearBytes, 0);
  return tokens === 0
    ? []
    : [
        fact(
          "payload per token",
          `${bytes(landed / tokens)} on average, ${plural(closed.length, "closed socket")}`,
        ),
      ];
}

/** Little's law: what is held on average = rate x time held. Only as good as two samples a second are. */
function holdEstimate(sockets: LiveView["sockets"]): Line[] {
  const open = sockets.filter(({ state, returned }) => state === "open" && returned > 0);
  const rate = open.reduce((n, { returned }) => n + returned, 0);
  const held = open.reduce((n, row) => n + row.outstanding, 0);
  return rate === 0
    ? []
    : [
        fact(
          "mean hold, about",
          `${duration((held / rate) * 1e9)}: ${held} outstanding / ${short(rate)} returned per second`,
        ),
      ];
}

type Label = (low: number) => string;

function between(unit: (n: number) => string): Label {
  return (low) => `${unit(low).padStart(8)} to ${unit(low * 2)}`;
}

/** Values are whole: from `low` to one below its double. */
function whole(low: number): string {
  return `${short(low).padStart(8)}${low > 1 ? ` to ${short(low * 2 - 1)}` : ""}`;
}

function histogram(
  title: string,
  h: Histogram,
  unit: (n: number) => string,
  label: Label,
  { glyphs }: LiveView,
  width: number,
): Line[] {
  if (h.total === 0) return [line(title, "title"), line("  none yet", "dim"), line("")];
  const from = h.counts.findIndex((n) => n > 0);
  const rows = h.counts.slice(from).map((n, i) => ({ n, low: 2 ** (from + i) }));
  const most = Math.max(...rows.map(({ n }) => n));
  const columns = Math.max(5, Math.min(50, width - 36));
  return [
    [seg(title, "title"), seg(`: ${plural(h.total, "value")}, mean ${unit(mean(h))}`)],
    ...rows.map(({ n, low }) => [
      seg(` ${label(low).padEnd(22)}`),
      seg(bar(n / most, columns, glyphs), "accent"),
      seg(` ${n}`),
    ]),
    line(""),
  ];
}
