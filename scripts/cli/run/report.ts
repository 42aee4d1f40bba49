// report - Prints the report of a recording, or of a part of it, as text, JSON, Markdown or a page.

import { EXIT, UserError } from "../../../collector/base/errors.ts";
import { prettyJson } from "../../../collector/base/json.ts";
import { createOutput, writeWhole } from "../../../collector/output/create-output.ts";
import { openRecording, print } from "../../../collector/recording/files.ts";
import type { Stream } from "../../../collector/recording/stream.ts";
import type { Filters } from "../../../collector/report/filters.ts";
import { select } from "../../../collector/report/selection.ts";
import type { Report } from "../../../collector/report/shape.ts";
import { reportText } from "../../../collector/report/text.ts";
import type { ForceOptions, VerdictOptions } from "../options.ts";
import { exitCodeOf } from "./exit-code.ts";

export interface ReportOptions extends VerdictOptions, ForceOptions, Filters {
  json: boolean;
  markdown: boolean;
  html: boolean;
  /** File to write to; undefined or `-` is stdout. */
  output?: string;
}

/** Prints the report of a recording (`-`: from stdin). Returns the exit code by verdict of the whole recording. */
export async function report(file: string, options: ReportOptions): Promise<number> {
  if ([options.json, options.markdown, options.html].filter(Boolean).length > 1)
    throw new UserError("--json, --markdown and --html cannot be combined: choose one.", EXIT.usage);
  const { from, to, pid, port, dmabuf, verdict } = options;
  const filters = { from, to, pid, port, dmabuf, verdict } as Filters;
  const stream = await openRecording(file);
  const { output = "-", force } = options;
  const out = createOutput(output, { force, whole: true, input: file });
  const [result, text] = options.html
    ? await asPage(stream, filters)
    : await asText(stream, filters, options);
  if (out.isStdout) print(text);
  else await writeWhole(out, `${text}\n`);
  return exitCodeOf(result.verdict, options);
}

async function asText(stream: Stream, filters: Filters, options: ReportOptions): Promise<[Report, string]> {
  const { report } = await select(stream, filters);
  if (options.json) return [report, prettyJson(report)];
  if (!options.markdown) return [report, reportText(report).join("\n")];
  const { reportMarkdown } = await import("../../../collector/report/markdown/markdown.ts");
  return [report, reportMarkdown(report).join("\n")];
}

async function asPage(stream: Stream, filters: Filters): Promise<[Report, string]> {
  const { htmlOf } = await import("../../../collector/report/html/html.ts");
  const { report, page } = await htmlOf(stream, filters);
  return [report, page.trimEnd()];
}
