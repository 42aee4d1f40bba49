// page - The report as one HTML file: no network, no script but its own, readable without colour and without a script.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Distributions, measuredOf } from "../distributions.ts";
import { findingText } from "../finding-text.ts";
import type { Selected } from "../selection.ts";
import type { Series } from "../series.ts";
import type { Report } from "../shape.ts";
import { distributionPanels } from "./distribution-panels.ts";
import { html } from "./escape.ts";
import { header } from "./header.ts";
import { SIGNS } from "./marks.ts";
import { bindingPanels, socketPanels } from "./panels.ts";
import { bindingTable, roleTable, socketTable } from "./tables.ts";

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), "utf8");
}

function sha(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** The whole page, piece by piece. Text from the traced host is in it as text only; a policy forbids any other script and any address. */
export function* page(selected: Selected, series: Series, distributions: Distributions): Generator<string> {
  const [style, script] = [read("page.css"), read("sorting.js")];
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(style, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>devmem-trace: ${html(selected.report.verdict)}</title>
<style>${style}</style>
</head>
<body>
`;
  for (const part of body(selected, series, distributions)) yield `${part}\n`;
  yield `${HATCHING}
<script>${script}</script>
</body>
</html>
`;
}

function policy(style: string, script: string): string {
  return `default-src 'none'; style-src ${sha(style)}; script-src ${sha(script)}; base-uri 'none'; form-action 'none'`;
}

const HATCHING =
  '<svg width="0" height="0" aria-hidden="true"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 6L6 0" class="hatch"/></pattern></defs></svg>';

/** Lines of HTML. */
function* body(selected: Selected, series: Series, distributions: Distributions): Generator<string> {
  const { report, shown } = selected;
  yield* header(report);
  yield* roleTable(report.letGo?.roles ?? []);
  yield "<h2>Sockets</h2>";
  yield* socketTable(report.sockets);
  yield "<h2>Bindings</h2>";
  yield* bindingTable(report.bindings);
  yield* strangers(report);
  yield "<h2>Outstanding and pinned over time</h2>";
  yield `<p class="signs">${Object.values(SIGNS).map(html).join(" · ")} · hatched: dma-buf exhausted</p>`;
  yield pinnedNote(report);
  yield "<h3>Per binding</h3>";
  yield* bindingPanels(selected, series);
  yield "<h3>Per socket</h3>";
  yield* socketPanels(selected, series);
  yield "<h2>Hold times and batch sizes</h2>";
  yield distributionPanels(report.level, measuredOf(distributions, shown.sockets));
}

function pinnedNote({ level }: Report): string {
  return level === "tokens"
    ? "<p>Pinned by a socket: distinct pages. Pinned of a binding: an upper bound, a page per token as far as the kernel counts so many.</p>"
    : "<p>Totals are read a few times a second and at close: tokens held and returned in between are not drawn. Pinned: an upper bound, a page per token as far as the kernel counts so many.</p>";
}

function strangers({ findings }: Report): string[] {
  if (findings.length === 0) return [];
  const items = findings.map((finding) => `<li>${html(findingText(finding))}</li>`);
  return ["<h3>On sockets that never received a token</h3>", `<ul>${items.join("")}</ul>`];
}
