// json - Values as JSON text: every `--json` and every file of JSON goes through here.

import { harmless } from "./format.ts";

/** On one line: for a stream of values, or a file only programs read. */
export function compactJson(value: unknown): string {
  return harmless(JSON.stringify(value));
}

/** Indented for a person to read. */
export function prettyJson(value: unknown): string {
  return harmless(JSON.stringify(value, null, 2));
}

/** The same text and a line end, in pieces, so that a long list in the object is never in memory as text. */
export function* prettyPieces(value: object): Generator<string> {
  let before = "{\n  ";
  for (const [name, one] of Object.entries(value)) {
    if (one === undefined) continue;
    yield `${before}${prettyJson(name)}: `;
    if (Array.isArray(one) && one.length > 0) yield* listPieces(one);
    else yield indented(one, 2);
    before = ",\n  ";
  }
  yield before.startsWith("{") ? "{}\n" : "\n}\n";
}

function* listPieces(list: unknown[]): Generator<string> {
  for (const [i, one] of list.entries()) yield `${i === 0 ? "[" : ","}\n    ${indented(one ?? null, 4)}`;
  yield "\n  ]";
}

/** A line end in JSON text is between values: those in texts are escaped. */
function indented(value: unknown, spaces: number): string {
  return prettyJson(value).replaceAll("\n", `\n${" ".repeat(spaces)}`);
}
