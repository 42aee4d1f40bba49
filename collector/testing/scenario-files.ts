// scenario-files - Reads scenario files: lines of events with only the facts a scenario is about, and what must be known by then.
//
//   scenario TITLE                          starts one
//   trace FIELD=VALUE …                     of the header: level (counts), variant (xarray)
//   [TIME] KIND [SUBJECT] [FIELD=VALUE …]   an event of the table of kinds; scenario-events.ts has the defaults
//   prints TEXT | prints nothing            the line for the event before, without its time
//   expect run|SUBJECT FIELD=VALUE …        values in the report by now; lostBy.map: a field in a field;
//                                           FIELD~VALUE: contains it, FIELD!~VALUE: does not
//   expect sockets|bindings NUMBER          how many of them the report has
//   expect text TEXT                        the report as text has a line that contains TEXT
//
// TIME is 3s, 40ms or 7ns since the beginning; left out, a second after the event before. A value with spaces stands in
// quotes. SUBJECT is a socket (s0; s0#2 is the second one at that pointer) or a binding (b0).

import { isKind } from "../events/kinds.ts";

/** One word of a line: bare, or a field, an operator and a value. */
export interface Word {
  text: string;
  field: string;
  operator: "" | "=" | "~" | "!~";
  value: string;
}

/** A line of a scenario. */
export interface Step {
  /** file:line */
  at: string;
  /** ns since the beginning; null: a second after the event before. */
  t: number | null;
  verb: string;
  words: Word[];
  /** What follows the verb, as it stands. */
  rest: string;
}

export interface Scenario {
  title: string;
  at: string;
  steps: Step[];
}

/** Scenarios of one file. Throws an Error that begins with file:line where it cannot be read. */
export function readScenarios(text: string, file: string): Scenario[] {
  const scenarios: Scenario[] = [];
  for (const [i, raw] of text.split("\n").entries()) {
    const line = raw.replace(/(^|\s)#.*$/, "").trim();
    const at = `${file}:${i + 1}`;
    if (line === "") continue;
    const title = /^scenario (.+)$/.exec(line)?.[1];
    const current = scenarios.at(-1);
    if (title) scenarios.push({ title, at, steps: [] });
    else if (current) current.steps.push(readStep(line, at));
    else throw new Error(`${at}: no scenario has begun`);
  }
  return scenarios;
}

const UNITS: Readonly<Record<string, number>> = { s: 1e9, ms: 1e6, us: 1e3, ns: 1 };

/** "3.5s" as ns; null where it is not a time. */
export function nanoseconds(text: string): number | null {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(s|ms|us|ns)$/.exec(text) ?? [];
  return number === undefined || unit === undefined ? null : Math.round(Number(number) * (UNITS[unit] ?? 1));
}

function readStep(line: string, at: string): Step {
  const first = line.split(" ", 1)[0] as string;
  const t = nanoseconds(first);
  const [verb = "", ...more] = (t === null ? line : line.slice(first.length).trim()).split(" ");
  const rest = more.join(" ");
  if (!STATEMENTS.has(verb) && !isKind(verb))
    throw new Error(`${at}: "${verb}" is neither an event kind nor one of ${[...STATEMENTS].join(", ")}`);
  return { at, t, verb, rest, words: verb === "prints" ? [] : readWords(rest, at) };
}

/** What a line can begin with besides a kind of event. */
const STATEMENTS: ReadonlySet<string> = new Set(["trace", "prints", "expect"]);

const WORD = /(?:([\w.]+)(=|~|!~))?(?:"([^"]*)"|(\S+))/y;

function readWords(text: string, at: string): Word[] {
  const words: Word[] = [];
  for (let from = 0; from < text.length; from = WORD.lastIndex) {
    WORD.lastIndex = from;
    const [, field = "", operator = "", quoted, bare] = WORD.exec(text) ?? [];
    const value = quoted ?? bare;
    if (value === undefined) throw new Error(`${at}: cannot be read from "${text.slice(from)}" on`);
    words.push({
      text: text.slice(from, WORD.lastIndex),
      field,
      operator: operator as Word["operator"],
      value,
    });
    while (text[WORD.lastIndex] === " ") WORD.lastIndex += 1;
  }
  return words;
}
