// text - A diff as text, 80 columns wide: what neither side has anything of is left out.

import { bytes, duration, plural, printable } from "../base/format.ts";
import type { Compared, Diff, SideHead } from "./diff.ts";
import { roleName } from "./diff.ts";
import type { Unit } from "./measures.ts";

const NAME = 34;
const VALUE = 17;

/** The whole diff, one line per array entry. The first line alone says what came out. */
export function diffText(diff: Diff): string[] {
  return [
    `diff: ${diff.outcome}${diff.why ? ` - ${printable(diff.why)}` : ""}`,
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
  const told = measures.filter(({ a, b }) => (a ?? 0) !== 0 || (b ?? 0) !== 0);
  const name = printable(title);
  const columns =
    name.length <= NAME ? `${name.padEnd(NAME)}${"A".padStart(VALUE)}${"B".padStart(VALUE)}` : "";
  const titles = columns
    ? [columns]
    : [name, `${"".padEnd(NAME)}${"A".padStart(VALUE)}${"B".padStart(VALUE)}`];
  return ["", ...titles, ...told.map(line)];
}

function line({ name, unit, a, b, change }: Compared): string {
  const values = [a, b].map((value) => (value === null ? "-" : shown(value, unit)).padStart(VALUE));
  const word = change === "better" || change === "worse" ? `  ${change}` : "";
  return `${`  ${name}`.padEnd(NAME)}${values.join("")}${word}`;
}

function shown(value: number, unit: Unit): string {
  switch (unit) {
    case "":
    case "tokens":
      return short(value);
    case "bytes":
      return bytes(value);
    case "ns":
      return duration(value);
    case "share":
      return `${short(value * 100)} %`;
    case "per second":
      return `${short(value)} /s`;
    case "bytes per second":
      return `${bytes(value)}/s`;
  }
}

/** A whole number as it is, any other to three digits. */
function short(value: number): string {
  return Number.isInteger(value) || value >= 100
    ? String(Math.round(value))
    : String(Number(value.toPrecision(3)));
}
