// escape - Text in an HTML page: it stays text, in an element and in a quoted attribute.

import { printable } from "../../base/format.ts";

/** Any text, also from the traced host, as text of an element or of a quoted attribute. */
export function html(text: string): string {
  return printable(text).replace(/[&<>"'`]/g, (sign) => `&#${sign.codePointAt(0)};`);
}
