// schema - The JSON Schemas of a recording and of the report, made from the table of event kinds and from the types.

import { readFileSync } from "node:fs";
import type { Fields, FieldType } from "../events/fields.ts";
import { FIELDS } from "../events/kinds.ts";
import { BLOCK_EVENTS } from "../recording/format/block.ts";
import { FIELD_NAMES } from "../recording/format/columns.ts";
import { FORMAT } from "../recording/format/header.ts";

type Schema = Record<string, unknown>;

/** By what `schema` is asked for. */
export const SCHEMAS = { recording: recordingSchema, report: reportSchema } as const;

const DRAFT = "https://json-schema.org/draft/2020-12/schema";

/** Made from the TypeScript types Header and Report; schema.test.ts makes it and fails when it is out of date. */
const TYPES = new URL("schema-types.json", import.meta.url);

function types(): { $defs: Record<string, Schema> } {
  return JSON.parse(readFileSync(TYPES, "utf8"));
}

/** The schema of `report --json`. */
export function reportSchema(): Schema {
  return {
    $schema: DRAFT,
    $id: "urn:devmem-trace:report:1",
    title: "devmem-trace report",
    $ref: "#/$defs/Report",
    $defs: types().$defs,
  };
}

/** The schema of one line of a recording of any format version, after decompression. */
export function recordingSchema(): Schema {
  const events = Object.entries(FIELDS).map(([kind, fields]) => [kind, eventSchema(kind, fields)] as const);
  return {
    $schema: DRAFT,
    $id: `urn:devmem-trace:recording:${FORMAT}`,
    title: "A line of a devmem-trace recording",
    anyOf: [
      { $ref: "#/$defs/Header" },
      { $ref: "#/$defs/block" },
      ...events.map(([kind]) => ({ $ref: `#/$defs/${kind}` })),
    ],
    $defs: { ...types().$defs, ...FIELD_SCHEMAS, block: blockSchema(), ...Object.fromEntries(events) },
  };
}

const FIELD_SCHEMAS: Record<Extract<FieldType, string>, Schema> = {
  time: { type: "integer", description: "ns since the header's t0; 0 where it has not happened yet" },
  int: { type: "integer", description: "an integer, exact up to 2^53" },
  natural: { type: "integer", minimum: 0, description: "a count or an id, exact up to 2^53" },
  port: { type: "integer", minimum: 0, maximum: 65535, description: "a TCP port; 0 where it is not known" },
  shift: { type: "integer", minimum: 0, maximum: 52, description: "a size as a power of two" },
  hex: { type: "string", description: "a kernel pointer in hexadecimal: an identity, reused after free" },
  word: { type: "string", description: "text" },
  device: { type: "string", description: "the name of a network device; empty where it is gone" },
  address: { type: "string", description: "an IPv4 or IPv6 address" },
  stack: { type: "string", description: "function names, outermost first: a;b;c" },
  rest: { type: "string", description: "text from the traced host or from outside: it may contain anything" },
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
  const properties = {
    first: { type: "integer", minimum: 0, description: "events of the recording before this block" },
    fresh: { type: "boolean", description: "texts and differences start afresh here" },
    texts: { type: "array", items: { type: "string" } },
    order: orderSchema(),
    columns: { type: "object", properties: Object.fromEntries(columns) },
  };
  return { type: "object", properties, required: Object.keys(properties) };
}

function orderSchema(): Schema {
  const count = { type: "integer", minimum: 1, maximum: BLOCK_EVENTS };
  return {
    type: "array",
    items: { anyOf: [{ type: "string" }, count] },
    description: "event kinds and their repeat counts, alternating",
  };
}
