// schema - Prints the JSON Schema of a recording's lines or of the report.

import { EXIT } from "../../../collector/base/errors.ts";
import { prettyJson } from "../../../collector/base/json.ts";
import { print } from "../../../collector/recording/files.ts";
import { SCHEMAS } from "../../../collector/report/schema.ts";

export type SchemaName = keyof typeof SCHEMAS;

/** Prints a schema. Returns 0. */
export function schema(what: SchemaName): number {
  print(prettyJson(SCHEMAS[what]()));
  return EXIT.clean;
}
