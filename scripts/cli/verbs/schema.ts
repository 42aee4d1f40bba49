// schema - Declares `schema`: the JSON Schema of a recording's lines or of the report.

import { Argument, Command } from "commander";
import type { SchemaName } from "../run/schema.ts";

const NAMES = ["recording", "report"] as const satisfies readonly SchemaName[];

export function command(): Command {
  return new Command("schema")
    .description("print the JSON Schema of a recording's lines or of the report")
    .addArgument(new Argument("<what>", "the schema to print").choices(NAMES))
    .action(async (what: SchemaName) => {
      const { schema } = await import("../run/schema.ts");
      process.exitCode = schema(what);
    });
}
