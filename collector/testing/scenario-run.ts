// scenario-run - Runs a scenario: its events through the ledger, its expectations against the report by then.

import assert from "node:assert/strict";
import { type Header, LEVELS, type Variant } from "../events/event.ts";
import { newLedger } from "../ledger/ledger.ts";
import type { Ledger } from "../ledger/state/ledger.ts";
import { lineFor } from "../report/event-lines.ts";
import { reportOf } from "../report/report.ts";
import type { Report } from "../report/shape.ts";
import { reportText } from "../report/text.ts";
import { HEADER } from "./kernel.ts";
import { EventMaker } from "./scenario-events.ts";
import { nanoseconds, type Scenario, type Step, type Word } from "./scenario-files.ts";
import { applyAll } from "./sums.ts";

interface State {
  ledger: Ledger;
  /** What the newest event printed, without its time; null: nothing. */
  line: string | null;
}

/** Throws an Error that begins with file:line at the first expectation that is not met, or where there is none. */
export function runScenario({ at, steps }: Scenario): void {
  const header = headerOf(steps);
  const maker = new EventMaker(header);
  const state: State = { ledger: newLedger(header), line: null };
  for (const step of steps) take(step, maker, state);
  if (!steps.some(({ verb }) => verb === "prints" || verb === "expect"))
    throw new Error(`${at}: the scenario expects nothing`);
}

function headerOf(steps: Step[]): Header {
  const given = { level: HEADER.level, variant: HEADER.kernel.variant };
  for (const { at, words } of steps.filter(({ verb }) => verb === "trace"))
    for (const { field, value, text } of words) {
      if (field === "level" && isOneOf(LEVELS, value)) given.level = value;
      else if (field === "variant" && isOneOf(VARIANTS, value)) given.variant = value;
      else
        throw new Error(`${at}: "${text}" is not a level or variant: ${[...LEVELS, ...VARIANTS].join(", ")}`);
    }
  return { ...HEADER, level: given.level, kernel: { ...HEADER.kernel, variant: given.variant } };
}

const VARIANTS = ["xarray", "sockopt", "netlink", "none"] as const satisfies readonly Variant[];

function isOneOf<const Known extends string>(known: readonly Known[], value: string): value is Known {
  return known.some((one) => one === value);
}

function take(step: Step, maker: EventMaker, state: State): void {
  switch (step.verb) {
    case "trace":
      return;
    case "prints":
      return assert.equal(state.line ?? "nothing", step.rest, `${step.at}: the line is another`);
    case "expect":
      return expectIn(step, state.ledger);
    default:
      state.line = applied(state.ledger, step, maker);
  }
}

function applied(ledger: Ledger, step: Step, maker: EventMaker): string | null {
  const event = maker.make(step);
  applyAll(ledger, [event]);
  const line = lineFor(ledger, event, ledger.changes);
  return line === null ? null : line.trim().replace(/^\S+ +/, "");
}

function expectIn(step: Step, ledger: Ledger): void {
  const [{ text: of } = { text: "" }, ...words] = step.words;
  const report = reportOf(ledger);
  if (of === "text") return expectText(report, step.rest.slice("text ".length), step.at);
  if (of === "sockets" || of === "bindings")
    return assert.equal(report[of].length, Number(words[0]?.text), `${step.at}: number of ${of}`);
  const subject = subjectOf(of, report, ledger, step.at);
  for (const word of words) expectField(subject, word, `${step.at}: ${of}`);
}

function expectText(report: Report, text: string, at: string): void {
  const lines = reportText(report);
  assert.ok(
    lines.some((line) => line.includes(text)),
    `${at}: no line has "${text}":\n${lines.join("\n")}`,
  );
}

/** The run, a socket or a binding as it is in the report. */
function subjectOf(of: string, report: Report, ledger: Ledger, at: string): Record<string, unknown> {
  if (of === "run") return { ...report };
  const [, ptr = of, nth] = /^(.*)#(\d+)$/.exec(of) ?? [];
  const sockets = report.sockets.filter((_, i) => ledger.sockets[i]?.sk === ptr);
  const bindings = report.bindings.filter((_, i) => ledger.bindings[i]?.ptr === ptr);
  const found = [...sockets, ...bindings].at(nth === undefined ? -1 : Number(nth) - 1);
  if (!found) throw new Error(`${at}: the report has no "${of}"`);
  return { ...found };
}

function expectField(subject: Record<string, unknown>, word: Word, at: string): void {
  const { field, operator, value } = word;
  if (operator === "")
    throw new Error(`${at}: "${word.text}" is not FIELD=VALUE, FIELD~VALUE or FIELD!~VALUE`);
  const found = textOf(field.split(".").reduce((of, name) => fieldOf(of, name, at), subject as unknown));
  const why = `${at}: ${field}${subject.why && field !== "why" ? `, with why "${subject.why}"` : ""}`;
  if (operator === "=") assert.equal(found, absolute(value), why);
  else if (operator === "~") assert.ok(found.includes(value), `${why} is "${found}", without "${value}"`);
  else assert.ok(!found.includes(value), `${why} is "${found}", with "${value}"`);
}

function fieldOf(of: unknown, name: string, at: string): unknown {
  if (typeof of === "object" && of !== null && Object.hasOwn(of, name)) return of[name as keyof typeof of];
  throw new Error(`${at}: the report has no field "${name}" there`);
}

function textOf(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Times of a report are CLOCK_MONOTONIC. */
function absolute(text: string): string {
  const t = nanoseconds(text);
  return t === null ? text : String(Number(HEADER.t0) + t);
}
