// stacks - Held tokens as folded, speedscope and pprof, read back by other code and compared with the report.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { Ajv } from "ajv";
import { CarryOver } from "../recording/carry-over.ts";
import { select } from "../report/selection.ts";
import type { Report } from "../report/shape.ts";
import { decoded, exported } from "../testing/exports.ts";
import { capture, each, FILES, named, read } from "../testing/recordings.ts";

const CAPTURES = ["clean-v1", "leak-v1", "misdeeds-v1", "tokens-v1", "manual-v1", "manual-tokens-v1"];
const WEIGHTS = ["held", "issued", "kept", "pinned"];

const reportOf = async (name: string) => (await select(await capture(name), {})).report;
const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

/** Sums of the weights according to the report, which has no hold times. */
function expected({ sockets }: Report): Record<string, number> {
  return {
    issued: sum(sockets.map((s) => s.issued ?? 0)),
    kept: sum(sockets.map((s) => (s.closedAt === null ? s.outstanding : s.heldAtClose))),
  };
}

/** The end of the kernel pointer of the misdeeds capture's socket that closed holding 176 tokens. */
const SOCKET = "f80";

interface Stack {
  frames: string[];
  weight: number;
}

async function foldedStacks(name: string, weight: string, comm?: string): Promise<Stack[]> {
  const stream = comm === undefined ? capture(name) : named(name, comm);
  const text = (await exported(stream, "folded", { weight })).toString();
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const [, frames, value] = /^(.*) (\d+)$/.exec(line) ?? assert.fail(line);
      return { frames: (frames as string).split(";"), weight: Number(value) };
    });
}

for (const name of CAPTURES)
  test(`${name}: folded adds up to the report`, async () => {
    for (const [weight, total] of Object.entries(expected(await reportOf(name))))
      assert.equal(sum((await foldedStacks(name, weight)).map((s) => s.weight)), total, weight);
  });

test("level tokens: the time held is that of each token from its issue to its return or destroy", async () => {
  const issued = new Map<string, number>();
  let total = 0;
  const { events } = await capture("tokens-v1");
  for await (const event of events) {
    if (event.kind === "issue") issued.set(`${event.sk} ${event.token}`, event.t);
    const gone =
      event.kind === "return"
        ? Array.from({ length: event.count }, (_, i) => `${event.sk} ${event.first + i}`)
        : event.kind === "destroy"
          ? [...issued.keys()].filter((key) => key.startsWith(event.sk))
          : [];
    for (const key of gone) {
      total += event.t - (issued.get(key) ?? assert.fail(key));
      issued.delete(key);
    }
  }
  assert.equal(sum((await foldedStacks("tokens-v1", "held")).map((s) => s.weight)), total);
});

test("level counts: the time held is what the sums leave outstanding, times how long", async () => {
  let [total, held, since] = [0, 0, 0];
  for await (const event of (await capture("misdeeds-v1")).events) {
    if (!("issued" in event) || !("returned" in event) || !event.sk.endsWith(SOCKET)) continue;
    total += held * (event.t - since);
    [held, since] = [event.issued - event.returned, event.t];
  }
  const stacks = await foldedStacks("misdeeds-v1", "held");
  assert.ok(total > 0 && stacks.some(({ weight }) => weight === total), String(total));
});

test("a name cannot start another frame or line", async () => {
  const [plain] = await foldedStacks("leak-v1", "kept");
  for (const comm of ["a;b;c", "a 5\nevil;x 9", ";", " "]) {
    const stacks = await foldedStacks("leak-v1", "kept", comm);
    assert.equal(stacks.length, 1);
    assert.equal(stacks[0]?.frames.length, plain?.frames.length);
    assert.equal(stacks[0]?.weight, 23);
  }
});

test("a recording that begins in the middle of a trace also adds up to its own report", async () => {
  for (const file of FILES) {
    const { header, events } = await read(readFileSync(file));
    for (const at of [0.25, 0.5, 0.75].map((part) => Math.floor(part * events.length))) {
      const carryOver = new CarryOver(header);
      for (const event of events.slice(0, at)) carryOver.take(event);
      const rest = [...carryOver.events(), ...events.slice(at).map((event) => carryOver.rebase(event))];
      const stream = () => ({ header, events: each(rest) });
      const { report } = await select(stream(), {});
      for (const [weight, total] of Object.entries(expected(report))) {
        const folded = (await exported(stream(), "folded", { weight })).toString();
        assert.equal(
          sum([...folded.matchAll(/ (\d+)$/gm)].map(([, n]) => Number(n))),
          total,
          `${file} ${at}`,
        );
      }
      for (const format of ["perfetto", "pprof", "openmetrics"] as const)
        assert.ok((await exported(stream(), format)).length > 0);
    }
  }
});

test("an unknown weight is a usage error that lists the known ones", async () => {
  await assert.rejects(exported(capture("leak-v1"), "folded", { weight: "cpu" }), {
    exitCode: 2,
    message: /held, issued, kept, pinned/,
  });
});

interface Speedscope {
  shared: { frames: { name: string }[] };
  profiles: { name: string; endValue: number; samples: number[][]; weights: number[] }[];
}

test("speedscope: valid by its own schema, and the same stacks as folded", async () => {
  const require = createRequire(import.meta.url);
  const schema = JSON.parse(
    readFileSync(require.resolve("speedscope/dist/release/file-format-schema.json"), "utf8"),
  );
  const isValid = new Ajv({ strict: false }).compile(schema);
  for (const name of CAPTURES) {
    const file = JSON.parse((await exported(capture(name), "speedscope")).toString()) as Speedscope;
    assert.ok(isValid(file), JSON.stringify(isValid.errors));
    assert.deepEqual(
      file.profiles.map((profile) => profile.name),
      WEIGHTS,
    );
    for (const { name: weight, endValue, samples, weights } of file.profiles) {
      const stacks = samples.map((stack, i) => ({
        frames: stack.map((frame) => file.shared.frames[frame]?.name),
        weight: weights[i],
      }));
      assert.deepEqual(stacks, await foldedStacks(name, weight));
      assert.equal(endValue, sum(weights));
    }
  }
  assert.ok(
    !isValid({
      ...JSON.parse((await exported(capture("leak-v1"), "speedscope")).toString()),
      profiles: [{}],
    }),
  );
});

interface Pprof {
  string_table: string[];
  sample_type: { type: number; unit: number }[];
  sample: { location_id: number[]; value: number[] }[];
  location: { id: number; line: { function_id: number }[] }[];
  function: { id: number; name: number }[];
  time_nanos: number;
  default_sample_type: number;
}

async function pprofOf(name: string): Promise<Pprof> {
  const bytes = gunzipSync(await exported(capture(name), "pprof"));
  return decoded<Pprof>(new URL("testdata/profile.proto", import.meta.url), "Profile", bytes);
}

test("pprof: decoded by another reader, it has the same stacks as folded", async () => {
  for (const name of CAPTURES) {
    const profile = await pprofOf(name);
    const text = (index: number) => profile.string_table[index];
    assert.equal(text(0), "");
    assert.deepEqual(
      profile.sample_type.map(({ type }) => text(type)),
      WEIGHTS,
    );
    assert.deepEqual(
      profile.sample_type.map(({ unit }) => text(unit)),
      ["nanoseconds", "count", "count", "bytes"],
    );
    assert.equal(text(profile.default_sample_type), "held");
    const nameOf = (location: number) => {
      const line = profile.location.find(({ id }) => id === location)?.line[0];
      return text(profile.function.find(({ id }) => id === line?.function_id)?.name ?? 0);
    };
    for (const [i, weight] of WEIGHTS.entries()) {
      const stacks = profile.sample
        .map(({ location_id, value }) => ({ frames: location_id.map(nameOf).reverse(), weight: value[i] }))
        .filter((stack) => stack.weight !== 0);
      assert.deepEqual(stacks, await foldedStacks(name, weight));
    }
  }
});
