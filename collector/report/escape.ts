// escape - Text from the traced side in a page or in Markdown: it stays text.

import { printable } from "../base/format.ts";

/** As text of an HTML element or of a quoted attribute. */
export function html(text: string): string {
  return printable(text).replace(/[&<>"'`]/g, entity);
}

/**
 * As code in Markdown, in a table too. Simple text is a code span; anything else a `code` element in which every sign
 * that could mean something (pipe, backtick, emphasis, link) is a character reference. In neither is an @name a mention.
 */
export function markdown(text: string): string {
  const safe = printable(text);
  if (safe === "") return "";
  if (/^[\w.:/,[\]<+-]+( [\w.:/,[\]<+-]+)*$/.test(safe)) return `\`${safe}\``;
  return `<code>${safe.replace(/[^A-Za-z0-9 ]/g, entity)}</code>`;
}

function entity(sign: string): string {
  return `&#${sign.codePointAt(0)};`;
}
