// profile - Hold times, sizes and calls as far as the level measures them; what it does not measure is named.

import { bytes, duration, percent, plural } from "../../collector/base/format.ts";
import { type Histogram, mean, octaves } from "../../collector/base/histogram.ts";
import { countsTokens, type Level } from "../../collector/events/event.ts";
import { type Profile, sumOf } from "../../collector/ledger/profile/profile.ts";
import { unagedOf } from "../../collector/profile/oldest.ts";
import { costOf, cpuReport } from "../../collector/profile/report.ts";
import { costText } from "../../collector/profile/text.ts";
import { short } from "../draw/cell-text.ts";
import { bar } from "../draw/glyphs.ts";
import { type Line, line, seg, wrap } from "../draw/styled-line.ts";
import type { LiveView } from "../state/view.ts";
import type { TextPane } from "./pane.ts";

export const profile: TextPane = {
  is: "text",
  key: "4",
  title: "Profile",
  help: "profile: hold times, sizes, calls",
  empty: (level) => ({
    heading: "Nothing to profile yet",
    sentences: ["The profile starts with the first socket that receives a token.", ...unmeasured(level)],
  }),
  lines,
};

/** What `level` does not measure, and which level does. */
function unmeasured(level: Level): string[] {
  switch (level) {
    case "sampled":
      return [`Level sampled does not count issued and returned tokens. ${HOW}`];
    case "counts":
      return [`Level counts sums tokens in the kernel: hold times, sizes and calls are not measured. ${HOW}`];
    case "holds":
      return ["Tokens per call are measured at --level profile, payload per token at --level tokens."];
    case "tokens":
      return ["Tokens per call are measured at --level profile."];
    case "profile":
      return [];
    default:
      return level satisfies never;
  }
}

const HOW =
  "--level holds measures hold times, --level profile also calls and CPU time, --level tokens every token, at the cost of one event per token.";

function lines(view: LiveView, width: number): Line[] {
  if (view.sockets.length === 0) return [];
  return [
    ...section("Totals", totals(view)),
    ...measured(view, width),
    ...cpuLines(view, width),
    ...costLines(view, width),
  ];
}

function section(title: string, content: Line[]): Line[] {
  return [line(title, "title"), ...content, line("")];
}

function dimmed(sentences: string[], width: number): Line[] {
  return sentences.flatMap((text) => wrap(text, width - 4).map((part) => line(`  ${part}`, "dim")));
}

/** What the level measures beyond totals, and a sentence on what it does not. */
function measured(view: LiveView, width: number): Line[] {
  const { ledger } = view.state;
  const { level } = ledger.header;
  const sum = sumOf([ledger.letGo.measured.profile, ...ledger.sockets.map((socket) => socket.profile)]);
  const missing = [...dimmed(unmeasured(level), width), line("")];
  const draw = (chart: Chart) => histogram(chart, view, width);
  const holdTimes = () => [...draw(holds(sum)), ...dimmed(unaged(view), width)];
  switch (level) {
    case "sampled":
    case "counts":
      return [line("Hold times, sizes and calls", "title"), ...missing];
    case "holds":
      return [...holdTimes(), ...missing];
    case "profile":
      return [...holdTimes(), ...callCharts(sum).flatMap(draw)];
    case "tokens":
      return [...holdTimes(), ...tokenCharts(sum).flatMap(draw), ...missing];
    default:
      return level satisfies never;
  }
}

function holds(sum: Profile): Chart {
  return {
    title: "Hold time per token, issue to return",
    values: sum.holds,
    unit: duration,
    label: range(duration),
  };
}

/** Level tokens. */
function tokenCharts(sum: Profile): Chart[] {
  return [
    { title: "Payload per token", values: sum.sizes, unit: bytes, label: range(bytes) },
    { title: "Tokens per returned range", values: sum.ranges, unit: short, label: whole },
  ];
}

/** Level profile. */
function callCharts(sum: Profile): Chart[] {
  return [
    { title: "Tokens issued per recvmsg", values: sum.issues, unit: short, label: whole },
    { title: "Tokens freed per return call", values: sum.returns, unit: short, label: whole },
  ];
}

/** Levels holds and profile: tokens that the map of births had no room for. */
function unaged({ state }: LiveView): string[] {
  const count = state.ledger.sockets.reduce((sum, socket) => sum + unagedOf(socket), 0);
  if (count === 0) return [];
  return [
    `Not included: ${plural(count, "outstanding token")} that did not fit in the births map (--births).`,
  ];
}

/** Level profile: where receiving threads spent their CPU time. */
function cpuLines({ state }: LiveView, width: number): Line[] {
  const { samples, classes } = cpuReport(state.ledger);
  if (samples === 0) return [];
  const rows = classes.filter((one) => one.samples > 0);
  return section(
    `CPU time of receiving threads, ${plural(samples, "sample")} at 99 Hz`,
    rows.map(({ name, share }) => line(`  ${name.padEnd(30)} ${percent(share)}`.slice(0, width))),
  );
}

/** What tracing costs, by the newest reading. */
function costLines({ state }: LiveView, width: number): Line[] {
  const cost = costOf(state.ledger);
  if (!cost) return [];
  return [line("Cost of tracing", "title"), ...wrap(costText(cost), width - 4).map((t) => line(`  ${t}`))];
}

function totals({ sockets, state }: LiveView): Line[] {
  if (!countsTokens(state.ledger.header.level))
    return [line("  Level sampled does not count issued and returned tokens.", "dim")];
  const issued = sum(sockets, ({ socket }) => socket.issued);
  const returned = sum(sockets, ({ socket }) => socket.returned);
  return [
    fact("issued", `${issued} tokens by ${plural(sockets.length, "socket")}, ${returned} returned`),
    ...payload(sockets),
    ...holdEstimate(sockets),
    ...linearFallback(sockets),
  ];
}

type Sockets = LiveView["sockets"];

function sum(sockets: Sockets, of: (row: Sockets[number]) => number): number {
  return sockets.reduce((n, row) => n + of(row), 0);
}

function fact(name: string, text: string): Line {
  return [seg(`  ${name.padEnd(18)}`, "dim"), seg(text)];
}

/** Known of closed sockets only: the length of a stream is read at close. */
function payload(sockets: Sockets): Line[] {
  const closed = sockets.filter(({ socket }) => socket.payloadBytes >= 0 && socket.issued > 0);
  const tokens = sum(closed, ({ socket }) => socket.issued);
  const landed = sum(closed, ({ socket }) => socket.payloadBytes - socket.linearBytes);
  if (tokens === 0) return [];
  const average = `${bytes(landed / tokens)} on average`;
  return [fact("payload per token", `${average}, ${plural(closed.length, "closed socket")}`)];
}

/** Little's law: tokens held on average = rate x hold time. No better than two samples a second allow. */
function holdEstimate(sockets: Sockets): Line[] {
  const open = sockets.filter(({ state, returned }) => state === "open" && returned > 0);
  const rate = sum(open, ({ returned }) => returned);
  const held = sum(open, (row) => row.outstanding);
  if (rate === 0) return [];
  const time = duration((held / rate) * 1e9);
  return [fact("mean hold, about", `${time}: ${held} outstanding / ${short(rate)} returned per second`)];
}

function linearFallback(sockets: Sockets): Line[] {
  const linear = sum(sockets, ({ socket }) => socket.linearBytes);
  if (linear === 0) return [];
  return [fact("linear fallback", `${bytes(linear)} of payload in linear memory, not in a dma-buf`)];
}

/** A histogram to be drawn. */
interface Chart {
  title: string;
  values: Histogram;
  /** A value, e.g. the mean, as text. */
  unit(n: number): string;
  /** The text of the bucket that starts at `low`. */
  label(low: number): string;
}

function range(unit: Chart["unit"]): Chart["label"] {
  return (low) => `${unit(low).padStart(8)} to ${unit(low * 2)}`;
}

/** Values are whole numbers: a bucket ends one below the double of `low`. */
function whole(low: number): string {
  return `${short(low).padStart(8)}${low > 1 ? ` to ${short(low * 2 - 1)}` : ""}`;
}

function histogram({ title, values, unit, label }: Chart, { glyphs }: LiveView, width: number): Line[] {
  if (values.total === 0) return section(title, [line("  none yet", "dim")]);
  const rows = octaves(values);
  const most = Math.max(...rows.map(({ times }) => times));
  const columns = Math.max(5, Math.min(50, width - 36));
  const bars = rows.map(({ times, low }) => [
    seg(` ${label(low).padEnd(22)}`),
    seg(bar(times / most, columns, glyphs), "accent"),
    seg(` ${times}`),
  ]);
  const head = [seg(title, "title"), seg(`: ${plural(values.total, "value")}, mean ${unit(mean(values))}`)];
  return [head, ...bars, line("")];
}
