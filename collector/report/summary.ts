// summary - What every face of the report states about the run as a whole, sentence by sentence.

import { plural, printable } from "../base/format.ts";
import { absentText } from "../events/absent.ts";
import { checksText } from "../ledger/evidence/checks.ts";
import { gapText, skippedText } from "../ledger/evidence/missing.ts";
import type { Report, ReportSelection, Time } from "./shape.ts";
import { between, elapsed } from "./time.ts";

/**
 * Sentences about functions that could not be probed and about skipped probe runs, and one for each stretch in which nothing
 * was traced, in seconds since the start.
 */
export function missingLines({ absent = [], level, gaps, skippedRuns, from: start }: Report): string[] {
  const since = (t: Time) => between(start, t);
  const stretches = gaps.map(({ from, to, why }) => gapText({ from: since(from), to: since(to), why }));
  const unseen = absent.map((name) => absentText(name, level));
  return [...unseen, skippedText(skippedRuns), ...stretches].filter((line) => line !== "");
}

/** How the ledger compares with the kernel; nothing for a recording older than such checks. */
export function reconciledLines({ reconciled, from }: Report): string[] {
  if (reconciled.times === 0 && reconciled.unchecked === "") return [];
  const checks = checksText({ ...reconciled, at: between(from, reconciled.at) });
  return [`reconciled with the kernel ${printable(checks)}`];
}

/** What part of the recording is shown; nothing where all of it is. */
export function selectionLines({ selection, from }: Report): string[] {
  return selection ? [selectionText(selection, from)] : [];
}

function selectionText(selection: ReportSelection, start: Time): string {
  const { filters, from, to, sockets, ofSockets, bindings, ofBindings } = selection;
  const given = Object.entries(filters).map(([name, value]) => `${name} ${printable(String(value))}`);
  const stretch = `${elapsed(start, from)} to ${elapsed(start, to)}`;
  const part = `${sockets} of ${plural(ofSockets, "socket")}, ${bindings} of ${plural(ofBindings, "binding")}`;
  return `shown: ${part} (${[stretch, ...given].join(", ")}), as of the end of that stretch; the verdict covers the whole recording`;
}
