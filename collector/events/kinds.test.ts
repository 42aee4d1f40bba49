// kinds - The table of event kinds against what it describes: the probes, the captures, the text they print.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { eventOf } from "../testing/examples.ts";
import { FILES, read } from "../testing/recordings.ts";
import type { Event } from "./event.ts";
import { FIELDS, isKind, KIND_NAMES, KINDS, type Kind } from "./kinds.ts";
import { epoch, parse } from "./parse.ts";
import { probeKinds } from "./probe-events.ts";
import { tracerKinds } from "./tracer-events.ts";

const PROBES = new URL("../../probes/", import.meta.url);
const PROBE_KINDS = Object.keys(probeKinds) as (keyof typeof probeKinds)[];

/** Formats of whole lines: the kind, then fields, in one string. */
const LINE = /printf\("([a-z]+)((?: [a-z]+=[^ "\\]*)+)\\n"/g;

/** What the probes print: kind and names of the fields, in order. */
function printed(): { file: string; kind: string; names: string[] }[] {
  const files = readdirSync(PROBES, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".bt"));
  return files.flatMap((file) =>
    [...readFileSync(new URL(file, PROBES), "utf8").matchAll(LINE)].map(([, kind = "", fields = ""]) => ({
      file,
      kind,
      names: [...fields.matchAll(/ ([a-z]+)=/g)].map(([, name = ""]) => name),
    })),
  );
}

test("every line of every probe has the fields of its kind, in the order of the table", () => {
  for (const { file, kind, names } of printed()) {
    assert.ok(isKind(kind) && kind in probeKinds, `${file} prints a kind that is not in the table: ${kind}`);
    assert.deepEqual(names, Object.keys(FIELDS[kind]), `${file}: ${kind}`);
  }
});

test("every kind of the probes' table is printed by a probe", () => {
  const kinds = new Set(printed().map(({ kind }) => kind));
  assert.deepEqual(
    PROBE_KINDS.filter((kind) => !kinds.has(kind)),
    [],
  );
});

test("a kind is either printed by probes or added by the tracer", () => {
  assert.equal(KIND_NAMES.length, PROBE_KINDS.length + Object.keys(tracerKinds).length);
});

/** As a probe prints it, when t0 is 0. */
function lineOf(event: Event): string {
  const fields = Object.keys(FIELDS[event.kind]).map((name) => `${name}=${Reflect.get(event, name)}`);
  return [event.kind, ...fields].join(" ");
}

for (const kind of PROBE_KINDS)
  test(`${kind}: a line is read as the event that it prints`, () => {
    const event = eventOf(kind) as Event;
    assert.deepEqual(parse(lineOf(event), epoch("0")), event);
  });

test("no kind of the tracer can be faked by a line", () => {
  for (const kind of Object.keys(tracerKinds) as Kind[])
    assert.equal(parse(lineOf(eventOf(kind) as Event), epoch("0")), null, kind);
});

for (const file of FILES)
  test(`${file.split("/").at(-1)}: every kind in it existed in its format version`, async () => {
    const { header, events } = await read(readFileSync(file));
    const newer = events.filter(({ kind }) => KINDS[kind].since > header.devmemTrace);
    assert.deepEqual(newer, []);
  });
