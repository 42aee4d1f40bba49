// schema - The verb `schema`: the JSON Schema of a recording's lines or of the report.

import { EXIT } from "../../collector/base/errors.ts";
import { print } from "../../collector/recording/files.ts";
import { SCHEMAS } from "../../collector/report/schema.ts";

/** Prints a schema. Returns 0. */
export function schema(what: keyof typeof SCHEMAS): number {
  print(JSON.stringify(SCHEMAS[what](), null, 2));
  return EXIT.clean;
}
