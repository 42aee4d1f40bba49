// text - A profile as text: figures of all sockets and of each, CPU by class, advice, what tracing cost.

import { duration, plural, printable, table } from "../base/format.ts";
import type { OwnCost, ProfileReport, ProfileSocket } from "./report.ts";
import { cell, percent, ROWS, short } from "./rows.ts";

/** More sockets than these have no column: those issued most have. */
const COLUMNS = 4;

/** The whole profile, one line per array entry. */
export function profileText(profile: ProfileReport): string[] {
  const { kernel, level, lost, seconds, sockets } = profile;
  return [
    `profile: ${plural(sockets.length, "socket")}, kernel ${printable(kernel.release)} (${kernel.variant}), level ${level}, ${duration(seconds * 1e9)}, ${plural(lost, "event")} lost`,
    "",
    ...figureLines(profile),
    "",
    ...cpuLines(profile),
    ...adviceLines(profile),
    ...costLines(profile.cost),
  ];
}

function figureLines({ all, sockets }: ProfileReport): string[] {
  if (sockets.length === 0) return ["No socket received a token."];
  const columns = sockets.toSorted((a, b) => b.issued - a.issued).slice(0, sockets.length > 1 ? COLUMNS : 1);
  const figures = sockets.length > 1 ? [all, ...columns] : columns;
  const titles = ["", ...(sockets.length > 1 ? ["ALL"] : []), ...columns.map(who)];
  const rest = sockets.length - columns.length;
  return [
    ...table([titles, ...ROWS.map((row) => [row.name, ...figures.map((f) => cell(row, f))])]),
    ...(rest > 0 ? [`and ${plural(rest, "more socket")}: --json has all`] : []),
    ...missing(sockets),
  ];
}

/** What tells the sockets of a receiver apart. */
function who({ remote }: ProfileSocket): string {
  return remote || "?";
}

/** What the map of births could not tell is said, not left out. */
function missing(sockets: readonly ProfileSocket[]): string[] {
  const unaged = sockets.reduce((sum, s) => sum + s.unaged, 0);
  return unaged > 0
    ? [
        `${plural(unaged, "token")} held now found no room in the map of births (--births): how long they are held is not known`,
      ]
    : [];
}

function cpuLines({ cpu, level }: ProfileReport): string[] {
  if (cpu.samples === 0)
    return level === "profile"
      ? ["CPU: no receiving thread was seen running."]
      : ["CPU: measured at level profile."];
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
    `Own cost: ${costText(cost)}`,
    ...cost.programs
      .slice(0, LISTED)
      .map(({ name, us, runs }) => `  ${printable(name)}: ${time(us)} in ${plural(runs, "run")}`),
  ];
}

const time = (us: number) => duration(us * 1e3);

/** What tracing cost, in a sentence without a stop. */
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
  return `${of}BPF ${time(bpf)} in ${plural(runs, "run")}, collector ${time(tool)}, bpftrace ${time(bpftrace)}; ${plural(events, "event")} (${short(eventsPerSecond)}/s), ${lost} lost`;
}
