// text - A profile as text: metrics of all sockets and of each, CPU time by class, advice, the cost of tracing.

import { duration, percent, plural, printable, table, threeDigits } from "../base/format.ts";
import type { Metrics } from "./metrics.ts";
import type { OwnCost, ProfileReport, ProfileSocket } from "./report.ts";
import { cell, ROWS } from "./rows.ts";

/** Sockets with a column: the ones that were issued most tokens. */
const COLUMNS = 4;

/** The whole profile, one line per array entry. */
export function profileText(profile: ProfileReport): string[] {
  const { kernel, level, lost, seconds, all } = profile;
  return [
    `profile: ${plural(all.sockets, "socket")}, kernel ${printable(kernel.release)} (${kernel.variant}), level ${level}, ${duration(seconds * 1e9)}, ${plural(lost, "event")} lost`,
    "",
    ...metricLines(profile),
    "",
    ...cpuLines(profile),
    ...adviceLines(profile),
    ...costLines(profile.cost),
  ];
}

function metricLines({ all, sockets }: ProfileReport): string[] {
  if (all.sockets === 0) return ["No socket received a token."];
  const shown = sockets.toSorted((a, b) => b.issued - a.issued).slice(0, COLUMNS);
  const columns = shown.map((socket) => ({ title: nameOf(socket), metrics: socket as Metrics }));
  if (all.sockets > 1) columns.unshift({ title: "ALL", metrics: all });
  const titles = ["", ...columns.map(({ title }) => title)];
  const rows = ROWS.map((row) => [row.name, ...columns.map(({ metrics }) => cell(row, metrics))]);
  return [
    ...table([titles, ...rows]),
    ...restLine(sockets.length - shown.length),
    ...letGoLine(all.sockets - sockets.length),
    ...unagedLine(sockets),
  ];
}

/** The remote end distinguishes the sockets of a receiver. */
function nameOf({ remote }: ProfileSocket): string {
  return remote || "?";
}

function restLine(rest: number): string[] {
  return rest > 0 ? [`${plural(rest, "more socket")}: --json lists all`] : [];
}

function letGoLine(sockets: number): string[] {
  return sockets > 0 ? [`${plural(sockets, "finished socket")} let go: column ALL counts them`] : [];
}

/** What the map of births does not have is reported, not left out. */
function unagedLine(sockets: readonly ProfileSocket[]): string[] {
  const unaged = sockets.reduce((sum, s) => sum + s.unaged, 0);
  if (unaged === 0) return [];
  return [
    `${plural(unaged, "token")} held now did not fit in the map of births (--births): how long they have been held is unknown`,
  ];
}

function cpuLines({ cpu, level }: ProfileReport): string[] {
  if (cpu.samples === 0)
    return [
      level === "profile" ? "CPU: no receiving thread was sampled." : "CPU: only level profile measures it.",
    ];
  const rows = cpu.classes.map(({ name, samples, share }) => [`  ${name}`, percent(share), String(samples)]);
  return [`CPU of receiving threads, ${plural(cpu.samples, "sample")} at 99 Hz:`, ...table(rows)];
}

function adviceLines({ advice, sockets }: ProfileReport): string[] {
  const name = (id: string) => sockets.find((s) => s.id === id)?.remote ?? "?";
  if (advice.length === 0) return [];
  return ["", "Advice:", ...advice.map(({ rule, socket, text }) => `  ${name(socket)} ${rule}: ${text}`)];
}

/** Programs listed one by one. */
const LISTED = 5;

function costLines(cost: OwnCost | null): string[] {
  if (!cost) return [];
  return [
    "",
    `Cost of tracing: ${costText(cost)}`,
    ...cost.programs
      .slice(0, LISTED)
      .map(({ name, us, runs }) => `  ${printable(name)}: ${time(us)} in ${plural(runs, "run")}`),
  ];
}

const time = (us: number) => duration(us * 1e3);

/** What tracing cost, as a sentence without its period. */
export function costText({
  bpf,
  runs,
  tool,
  bpftrace,
  share,
  events,
  eventsPerSecond,
  lost,
}: OwnCost): string {
  const of = share === null ? "" : `${percent(share)} of the receivers' CPU time; `;
  return `${of}BPF ${time(bpf)} in ${plural(runs, "run")}, collector ${time(tool)}, bpftrace ${time(bpftrace)}; ${plural(events, "event")} (${threeDigits(eventsPerSecond)}/s), ${lost} lost`;
}
