// diff - Real captures against each other: roles, what counts as worse, and no outcome firmer than the evidence.

import assert from "node:assert/strict";
import { test } from "node:test";
import { capture, named } from "../testing/recordings.ts";
import { type Diff, diffOf } from "./diff.ts";
import { sideOf } from "./side.ts";
import { diffText } from "./text.ts";

type Line = (line: string) => string;

const side = async (name: string, change?: Line) => sideOf(await capture(name, change), name);
const diffed = async (a: string, b: string, changeA?: Line, changeB?: Line): Promise<Diff> =>
  diffOf(await side(a, changeA), await side(b, changeB));

const measure = (diff: Diff, name: string, role = 0) =>
  diff.roles[role]?.measures.find((one) => one.name === name) ?? assert.fail(name);

test("a capture against itself: nothing changed and nothing is worse", async () => {
  for (const name of ["clean-v1", "leak-v1", "misdeeds-v1", "tokens-v1", "manual-v1", "manual-tokens-v1"]) {
    const { outcome, roles, devices } = await diffed(name, name);
    assert.equal(outcome, "no worse", name);
    const changes = [...roles, ...devices].flatMap(({ measures }) => measures.map(({ change }) => change));
    assert.deepEqual(
      [...new Set(changes)].filter((change) => change !== null),
      ["same"],
    );
  }
});

test("a new leak is worse, one that is gone is better, and its tokens are counted", async () => {
  const worse = await diffed("clean-v1", "leak-v1");
  assert.deepEqual(
    [worse.outcome, worse.why],
    ["worse", "node port 5201 on devmem0 leaks in B but not in A"],
  );
  const { a, b, change } = measure(worse, "never returned");
  assert.deepEqual([a, b, change], [0, 23, "worse"]);
  const better = await diffed("leak-v1", "clean-v1");
  assert.equal(better.outcome, "no worse");
  assert.equal(measure(better, "closed holding tokens").change, "better");
});

test("sockets are matched by role, not by pointer, pid or ephemeral port", async () => {
  const other: Line = (line) =>
    line
      .replaceAll(/"sk":"ff/g, '"sk":"aa')
      .replaceAll('"pid":299', '"pid":4711')
      .replaceAll("53474", "41000");
  const { roles } = await diffed("leak-v1", "leak-v1", undefined, other);
  assert.equal(roles.length, 1);
  assert.deepEqual(roles[0]?.role, { comm: "node", port: 5201, device: "devmem0" });
});

test("a client is matched by the port it connects to", async () => {
  const client: Line = (line) =>
    line.replaceAll('"lport":5201', '"lport":53999').replaceAll('"rport":53474', '"rport":443');
  const { roles } = await diffed("leak-v1", "leak-v1", client, client);
  assert.equal(roles[0]?.role.port, 443);
  const between: Line = (line) => line.replaceAll('"rport":53474', '"rport":443');
  assert.equal((await diffed("leak-v1", "leak-v1", between, between)).roles[0]?.role.port, 5201);
});

const onPorts =
  (local: number, remote: number): Line =>
  (line) =>
    line.replaceAll('"lport":5201', `"lport":${local}`).replaceAll('"rport":53474', `"rport":${remote}`);

test("where the system gave both ports, program and device are the role", async () => {
  const { outcome, roles } = await diffed("leak-v1", "leak-v1", onPorts(40001, 50001), onPorts(40007, 50003));
  assert.equal(outcome, "no worse");
  assert.deepEqual(
    roles.map(({ role }) => role),
    [{ comm: "node", port: 0, device: "devmem0" }],
  );
});

test("a program that moved to another port is the same program", async () => {
  const { outcome, roles } = await diffed("leak-v1", "leak-v1", undefined, onPorts(5301, 53474));
  assert.equal(outcome, "no worse");
  assert.deepEqual(
    roles.map(({ leaks }) => leaks),
    [{ a: "yes", b: "yes" }],
  );
  const worse = await diffed("clean-v1", "leak-v1", undefined, onPorts(5301, 53474));
  assert.equal(worse.why, "node on any port on devmem0 leaks in B but not in A");
});

test("a leak of a larger share of the tokens is worse; more tokens in a longer run are not", async () => {
  const held =
    (tokens: number, issued: number): Line =>
    (line) =>
      line
        .replaceAll('"issued":263,', `"issued":${issued},`)
        .replaceAll('"returned":240,', `"returned":${issued - tokens},`);
  assert.equal((await diffed("leak-v1", "leak-v1", undefined, held(61, 263))).outcome, "worse");
  assert.equal((await diffed("leak-v1", "leak-v1", undefined, held(46, 526))).outcome, "no worse");
});

test("what is unknown in A is no regression, and what is unknown in B is not clean", async () => {
  const noSocket: Line = (line) => (/"kind":"(socket|close|count|destroy)"/.test(line) ? "torn" : line);
  const unknownA = await diffed("clean-v1", "leak-v1", noSocket);
  assert.equal(unknownA.outcome, "inconclusive");
  const unknownB = await diffed("leak-v1", "clean-v1", undefined, noSocket);
  assert.equal(unknownB.outcome, "inconclusive");
});

test("a dma-buf that cannot be freed is worse", async () => {
  const noFree: Line = (line) => (line.includes('"kind":"free"') ? "" : line);
  const stuck = await diffed("manual-v1", "manual-v1", (line) => line.replace("devmem0", "devmem1"));
  assert.equal(stuck.outcome, "worse");
  assert.match(stuck.why, /a dma-buf on devmem0 is unbound and not freed in B, and none was in A/);
  assert.notEqual((await diffed("clean-v1", "clean-v1", undefined, noFree)).outcome, "worse");
});

test("the text is at most 80 columns wide, whatever the names", async () => {
  const names = ["clean-v1", "leak-v1", "misdeeds-v1", "tokens-v1", "manual-v1"];
  for (const a of names)
    for (const b of names) {
      const lines = diffText(await diffed(a, b)).slice(1);
      assert.deepEqual(
        lines.filter((line) => line.length > 80),
        [],
      );
    }
  const hostile = diffOf(
    await side("leak-v1"),
    await sideOf(await named("leak-v1", "\u001b[2J\u202e\0"), "x\u001b"),
  );
  for (const line of diffText(hostile)) assert.doesNotMatch(line, /\p{Cc}|\u202e/u);
});
