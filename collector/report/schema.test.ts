// schema - What is written is valid by the published schemas: every line of every capture, in every form, and every report.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { createGenerator } from "ts-json-schema-generator";
import { follow } from "../recording/follow.ts";
import { linesIn } from "../recording/format/lines.ts";
import { asText, FILES, packed, read, streamOf } from "../testing/recordings.ts";
import { reportOf } from "./report.ts";
import { recordingSchema, reportSchema } from "./schema.ts";

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
/** Made when they are first needed: the first test may write what they are made of. */
const [isLine, isReport] = [validator(recordingSchema), validator(reportSchema)];

function validator(schema: () => object): (value: unknown) => boolean {
  let validate: ReturnType<typeof ajv.compile> | null = null;
  return (value) => {
    validate ??= ajv.compile(schema());
    // biome-ignore lint/style/noNonNullAssertion: a validator that refuses has errors
    return validate(value) === true || refused(validate.errors!);
  };
}

let errors = "";
function refused(list: NonNullable<(typeof ajv)["errors"]>): false {
  errors = ajv.errorsText(list);
  return false;
}

/** The schemas of two types and all they are made of. */
function typesSchema(): unknown {
  const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
  const defs = ["../events/event.ts Header", "shape.ts Report"].map((one) => {
    const [file = "", type = ""] = one.split(" ");
    const config = {
      path: path(file),
      type,
      tsconfig: path("../../tsconfig.json"),
      additionalProperties: true,
    };
    return createGenerator({ ...config, skipTypeCheck: true }).createSchema(type).definitions;
  });
  const $defs = Object.assign({}, ...defs);
  return JSON.parse(JSON.stringify({ $defs }).replaceAll("#/definitions/", "#/$defs/"));
}

test("schema-types.json is up to date with the types", () => {
  const [file, schema] = [new URL("schema-types.json", import.meta.url), typesSchema()];
  if (process.env.DEVMEM_TRACE_GOLDEN) writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
  assert.deepEqual(
    JSON.parse(readFileSync(file, "utf8")),
    schema,
    "DEVMEM_TRACE_GOLDEN=1 rewrites it; then npm run format",
  );
});

for (const file of FILES)
  test(`${basename(file)}: its lines, the same as blocks and as text, and its report`, async () => {
    const bytes = readFileSync(file);
    const { header, events } = await read(bytes);
    for (const form of [bytes, packed(header, events, { block: 9, chunk: 30 }), asText(header, events)])
      for (const line of linesIn([form])) {
        assert.equal(typeof line, "string");
        assert.ok(isLine(JSON.parse(line as string)), `${line}: ${errors}`);
      }
    const report = reportOf(await follow(await streamOf(bytes)));
    assert.ok(isReport(JSON.parse(JSON.stringify(report))), errors);
  });

test("what is not of the format is not valid by the schema", async () => {
  const { header, events } = await read(readFileSync(FILES[0] as string));
  const event = events.find(({ kind }) => kind === "bind");
  for (const line of [header, event]) {
    assert.ok(isLine(line));
    for (const name of Object.keys(line as object)) {
      if (["stretch", "fields", "command", "host", "boottime", "bootId"].includes(name)) continue;
      assert.ok(!isLine({ ...line, [name]: undefined }) || name === "devmemTrace", name);
      assert.ok(!isLine({ ...line, [name]: [1] }), name);
    }
  }
  const report = JSON.parse(
    JSON.stringify(reportOf(await follow(await streamOf(readFileSync(FILES[0] as string))))),
  );
  for (const name of ["schema", "verdict", "sockets", "bindings", "lost", "kernel"]) {
    const { [name]: _, ...rest } = report;
    assert.ok(!isReport(rest), name);
  }
});
