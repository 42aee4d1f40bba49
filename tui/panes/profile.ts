// profile - What token handling looks like, as far as the level measured it; what it did not measure is said.

import { bytes, duration, plural } from "../../collector/base/format.ts";
import { type Histogram, mean, octaves } from "../../collector/base/histogram.ts";
import { countsTokens } from "../../collector/events/event.ts";
import { type Profile, sumOf } from "../../collector/ledger/profile.ts";
import { unagedOf } from "../../collector/profile/metrics.ts";
import { costOf, cpuReport } from "../../collector/profile/report.ts";
import { percent } from "../../collector/profile/rows.ts";
import { costText } from "../../collector/profile/text.ts";
import { short } from "../draw/cell-text.ts";
import { bar } from "../draw/glyphs.ts";
import { scrolled } from "../draw/list.ts";
import { type Line, line, seg, wrap } from "../draw/styled-line.ts";
import type { LiveView } from "../state/view.ts";

/** Every line of the profile. */
export function content(view: LiveView, width: number): Line[] {
  const { ledger } = view.shown;
  const profile = sumOf(ledger.sockets.map((socket) => socket.profile));
  return [
    line("Totals", "title"),
    ...totalLines(view),
    line(""),
    ...measured(view, profile, width),
    ...cpuLines(view, width),
    ...costLines(view, width),
  ];
}

/** What of the profile the level measures, and the words for what it does not. */
function measured(view: LiveView, profile: Profile, width: number): Line[] {
  const { level } = view.shown.ledger.header;
  const sentence = (text: string) => wrap(text, width - 4).map((t) => line(`  ${t}`, "dim"));
  const draw = (title: string, part: Histogram, unit: (n: number) => string, label: Label) =>
    histogram(title, part, unit, label, view, width);
  if (level === "counts") return [line("Hold times and sizes", "title"), ...sentence(NOT_MEASURED), line("")];
  return [
    ...draw("Hold time, issue to return, per token", profile.holds, duration, between(duration)),
    ...missing(view).flatMap(sentence),
    ...(level === "tokens"
      ? [
          ...draw("Payload of a token", profile.sizes, bytes, between(bytes)),
          ...draw("Tokens named by one range of a return", profile.ranges, short, whole),
        ]
      : []),
    ...(level === "profile"
      ? [
          ...draw("Tokens issued by one recvmsg", profile.issues, short, whole),
          ...draw("Tokens freed by one return call", profile.returns, short, whole),
        ]
      : sentence("How many tokens one recvmsg issued: --level profile.")),
  ];
}

const NOT_MEASURED =
  "Level counts sums tokens in the kernel: how long a single token was held, its size and how many one call returns are not measured. --level holds measures the time, profile the calls and the CPU as well, tokens each token at the price of a line per token.";

/** Levels holds and profile: tokens whose age the map of births does not have. */
function missing({ shown }: LiveView): string[] {
  const count = shown.ledger.sockets.reduce((sum, socket) => sum + unagedOf(socket), 0);
  return count === 0
    ? []
    : [
        `${plural(count, "token")} held now found no room in the map of births (--births): not in this picture.`,
      ];
}

/** Level profile: where receiving threads spent their CPU time. */
function cpuLines({ shown }: LiveView, width: number): Line[] {
  const { samples, classes } = cpuReport(shown.ledger);
  if (samples === 0) return [];
  const rows = classes.filter((one) => one.samples > 0);
  return [
    line(`CPU of receiving threads, ${plural(samples, "sample")} at 99 Hz`, "title"),
    ...rows.map(({ name, share }) => line(`  ${name.padEnd(30)} ${percent(share)}`.slice(0, width))),
    line(""),
  ];
}

/** What tracing itself costs, by the newest reading. */
function costLines({ shown }: LiveView, width: number): Line[] {
  const cost = costOf(shown.ledger);
  if (!cost) return [];
  return [line("Own cost", "title"), ...wrap(costText(cost), width - 4).map((t) => line(`  ${t}`))];
}

/** The part of the profile that fits. */
export function render(view: LiveView, width: number, height: number): Line[] {
  return scrolled(content(view, width), view.model.scroll, height);
}

function totalLines({ sockets, shown }: LiveView): Line[] {
  if (!countsTokens(shown.ledger.header.level))
    return [line("  Level sampled counts neither what is issued nor what is returned.", "dim")];
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
  const rows = octaves(h);
  const most = Math.max(...rows.map(({ times }) => times));
  const columns = Math.max(5, Math.min(50, width - 36));
  return [
    [seg(title, "title"), seg(`: ${plural(h.total, "value")}, mean ${unit(mean(h))}`)],
    ...rows.map(({ times, low }) => [
      seg(` ${label(low).padEnd(22)}`),
      seg(bar(times / most, columns, glyphs), "accent"),
      seg(` ${times}`),
    ]),
    line(""),
  ];
}
