// report - Prints the report of a recording, or of a part of it, as text, JSON, Markdown or a page.

import { EXIT, UserError } from "../../../collector/base/errors.ts";
import { prettyPieces } from "../../../collector/base/json.ts";
import { createOutput } from "../../../collector/output/create-output.ts";
import { linePieces, writePieces } from "../../../collector/output/pieces.ts";
import { openRecording } from "../../../collector/recording/files.ts";
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
  const [result, pieces] = options.html
    ? await asPage(stream, filters)
    : await asText(stream, filters, options);
  await writePieces(out, pieces);
  return exitCodeOf(result.verdict, options);
}

/** A report, and its text in pieces. */
type Written = [Report, Iterable<string>];

async function asText(stream: Stream, filters: Filters, options: ReportOptions): Promise<Written> {
  const { report } = await select(stream, filters);
  if (options.json) return [report, prettyPieces(report)];
  if (!options.markdown) return [report, linePieces(reportText(report))];
  const { reportMarkdown } = await import("../../../collector/report/markdown/markdown.ts");
  return [report, linePieces(reportMarkdown(report))];
}

async function asPage(stream: Stream, filters: Filters): Promise<Written> {
  const { htmlOf } = await import("../../../collector/report/html/html.ts");
  const { report, page } = await htmlOf(stream, filters);
  return [report, page];
}
