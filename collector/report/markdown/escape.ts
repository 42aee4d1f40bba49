// escape - Text in Markdown: it stays text, in a paragraph, a list and a table.

import { printable } from "../../base/format.ts";

/**
 * Text from the traced host as code. Simple text is a code span; anything else a `code` element in which every character
 * that could mean something (pipe, backtick, emphasis, link) is a character reference. In neither is an @name a mention.
 */
export function code(text: string): string {
  const safe = printable(text);
  if (safe === "") return "";
  if (/^[\w.:/,[\]<+-]+( [\w.:/,[\]<+-]+)*$/.test(safe)) return `\`${safe}\``;
  return `<code>${safe.replace(/[^A-Za-z0-9 ]/g, entity)}</code>`;
}

/** A sentence of ours, which may quote a name from the traced host; if that could become a mention or a link, the sentence becomes code. */
export function prose(text: string): string {
  if (/@|:\/\/|www\./i.test(text)) return code(text.trim());
  return printable(text.trim()).replace(/[^A-Za-z0-9 .,:;()+%/'-]/g, entity);
}

function entity(sign: string): string {
  return `&#${sign.codePointAt(0)};`;
}
