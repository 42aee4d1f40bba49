// json - Values as JSON text: every `--json` and every file of JSON goes through here.

/** Indented for a person to read. */
export function prettyJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** On one line: for a stream of values, or a file only programs read. */
export function compactJson(value: unknown): string {
  return JSON.stringify(value);
}
