// schema - The JSON Schemas of a recording and of the report, made of the tables of events and of the types themselves.

import { readFileSync } from "node:fs";
import type { Fields, FieldType } from "../events/fields.ts";
import { FIELDS } from "../events/kinds.ts";
import { BLOCK_EVENTS } from "../recording/format/block.ts";
import { FIELD_NAMES } from "../recording/format/columns.ts";
import { FORMAT } from "../recording/format/header.ts";

type Schema = Record<string, unknown>;

/** What can be printed. */
export const SCHEMAS = { recording: recordingSchema, report: reportSchema } as const;

const DRAFT = "https://json-schema.org/draft/2020-12/schema";

/** Made of the TypeScript types Header and Report; schema.test.ts makes it and says when it is not theirs any more. */
const TYPES = new URL("schema-types.json", import.meta.url);

function types(): { $defs: Record<string, Schema> } {
  return JSON.parse(readFileSync(TYPES, "utf8"));
}

/** The schema of `report --json`. */
export function reportSchema(): Schema {
  return {
    ...{ $schema: DRAFT, $id: "urn:devmem-trace:report:1", title: "devmem-trace report" },
    ...{ $ref: "#/$defs/Report", $defs: types().$defs },
  };
}

/** The schema of one line of a recording, of whichever format version: unpacked, where it is compressed. */
export function recordingSchema(): Schema {
  const events = Object.entries(FIELDS).map(([kind, fields]) => [kind, eventSchema(kind, fields)] as const);
  return {
    ...{
      $schema: DRAFT,
      $id: `urn:devmem-trace:recording:${FORMAT}`,
      title: "A line of a devmem-trace recording",
    },
    anyOf: [
      { $ref: "#/$defs/Header" },
      { $ref: "#/$defs/block" },
      ...events.map(([kind]) => ({ $ref: `#/$defs/${kind}` })),
    ],
    $defs: { ...types().$defs, ...FIELD_SCHEMAS, block: blockSchema(), ...Object.fromEntries(events) },
  };
}

const FIELD_SCHEMAS: Record<Extract<FieldType, string>, Schema> = {
  time: { type: "integer", description: "ns since the header's t0; 0 where a line says that it was not yet" },
  int: { type: "integer", description: "a number, exact up to 2^53" },
  hex: { type: "string", description: "a kernel pointer in hexadecimal: an identity, reused after free" },
  word: { type: "string", description: "text" },
  stack: { type: "string", description: "functions of the kernel, outermost first: a;b;c" },
  rest: { type: "string", description: "text from the traced side or from outside: anything may be in it" },
};

function fieldSchema(type: FieldType): Schema {
  return typeof type === "string" ? { $ref: `#/$defs/${type}` } : { enum: [...type] };
}

function eventSchema(kind: string, fields: Fields): Schema {
  const properties = Object.entries(fields).map(([name, type]) => [name, fieldSchema(type)]);
  return {
    type: "object",
    properties: { kind: { const: kind }, ...Object.fromEntries(properties) },
    required: ["kind", ...Object.keys(fields)],
  };
}

/** docs/recording.md says how the numbers of a column are read. */
function blockSchema(): Schema {
  const column = { anyOf: [{ type: "integer" }, { type: "array", items: { type: "integer" } }] };
  const columns = Object.entries(FIELD_NAMES).map(([kind, names]) => [
    kind,
    { type: "array", items: column, minItems: names.length },
  ]);
  return {
    type: "object",
    properties: {
      first: { type: "integer", minimum: 0, description: "events of the recording before this block" },
      fresh: { type: "boolean", description: "texts and differences start anew here" },
      texts: { type: "array", items: { type: "string" } },
      order: {
        type: "array",
        items: { anyOf: [{ type: "string" }, { type: "integer", minimum: 1, maximum: BLOCK_EVENTS }] },
        description: "kinds and how often each comes, in turn",
      },
      columns: { type: "object", properties: Object.fromEntries(columns) },
    },
    required: ["first", "fresh", "texts", "order", "columns"],
  };
}
