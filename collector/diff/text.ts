// text - A diff as text, 80 columns wide, without the measures that are 0 or missing on both sides.

import { bytes, duration, percent, plural, printable, threeDigits } from "../base/format.ts";
import { columnsOf, padded } from "../base/width.ts";
import { roleName } from "../ledger/sockets/role.ts";
import type { Compared, Diff, SideHead } from "./diff.ts";
import { labelOf, type Unit } from "./measures.ts";

const NAME = 34;
const VALUE = 17;

const OUTCOMES: Record<Diff["outcome"], string> = {
  "no worse": "no regression",
  worse: "regression",
  inconclusive: "inconclusive",
};

/** The whole diff, one line per array entry. The first line has the outcome. */
export function diffText(diff: Diff): string[] {
  return [
    `diff: ${OUTCOMES[diff.outcome]}${diff.why ? ` - ${printable(diff.why)}` : ""}`,
    ...head("A", diff.a),
    ...head("B", diff.b),
    ...diff.roles.flatMap(({ role, measures }) => section(roleName(role), measures)),
    ...diff.devices.flatMap(({ device, measures }) => section(`dma-bufs on ${device || "?"}`, measures)),
  ];
}

function head(letter: string, { name, verdict, level, kernel, lost, duration: ns }: SideHead): string[] {
  return [
    `${letter}: ${printable(name)}`,
    `   ${verdict}, level ${level}, ${duration(ns)}, ${plural(lost, "event")} lost, kernel ${printable(kernel.release)}`,
  ];
}

function section(title: string, measures: Compared[]): string[] {
  const shown = measures.filter(({ a, b }) => (a ?? 0) !== 0 || (b ?? 0) !== 0);
  return ["", ...titleLines(printable(title)), ...shown.map(line)];
}

/** A title too long for its column has a line of its own. */
function titleLines(title: string): string[] {
  const columns = `${"A".padStart(VALUE)}${"B".padStart(VALUE)}`;
  if (columnsOf(title) <= NAME) return [`${padded(title, NAME)}${columns}`];
  return [title, `${"".padEnd(NAME)}${columns}`];
}

function line({ name, unit, a, b, change }: Compared): string {
  const values = [a, b].map((value) => (value === null ? "-" : valueText(value, unit)).padStart(VALUE));
  const word = change === "better" || change === "worse" ? `  ${change}` : "";
  return `${`  ${labelOf(name)}`.padEnd(NAME)}${values.join("")}${word}`;
}

function valueText(value: number, unit: Unit): string {
  switch (unit) {
    case "":
    case "tokens":
      return threeDigits(value);
    case "bytes":
      return bytes(value);
    case "ns":
      return duration(value);
    case "share":
      return percent(value);
    case "per second":
      return `${threeDigits(value)} /s`;
    case "bytes per second":
      return `${bytes(value)}/s`;
  }
}
