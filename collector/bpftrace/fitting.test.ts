// fitting - Each function that is taken away takes with it only the levels, and the parts of a level, that need it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LEVELS, type Level } from "../events/event.ts";
import { functionsOf } from "./attach-points.ts";
import { fitted, requireFitting } from "./fitting.ts";
import { levelProgram, OLDEST_TARGET } from "./program.ts";

const ALL = new Set(
  LEVELS.flatMap((level) => Object.values(functionsOf(levelProgram(level, OLDEST_TARGET))).flat()),
);

function without(...names: string[]) {
  return (name: string) => ALL.has(name) && !names.includes(name);
}

/** Levels that can be traced without a function, each with what it does without. */
function able(...names: string[]): Partial<Record<Level, string[]>> {
  const all = LEVELS.map((level) => [level, fitted(level, OLDEST_TARGET, without(...names))] as const);
  return Object.fromEntries(
    all.filter(([, { missing }]) => missing.length === 0).map(([level, { absent }]) => [level, absent]),
  );
}

test("with every function every level is whole", () => {
  assert.deepEqual(able(), Object.fromEntries(LEVELS.map((level) => [level, []])));
});

const TAKEN: [string, Partial<Record<Level, string[]>>][] = [
  ["tcp_xa_pool_commit_locked", { sampled: [] }],
  ["put_cmsg_notrunc", { sampled: [], counts: [], holds: [], profile: [] }],
  [
    "tcp_recvmsg_dmabuf",
    {
      sampled: [],
      counts: ["tcp_recvmsg_dmabuf"],
      holds: ["tcp_recvmsg_dmabuf"],
      tokens: ["tcp_recvmsg_dmabuf"],
    },
  ],
  [
    "tcp_recvmsg_locked",
    {
      sampled: [],
      counts: ["tcp_recvmsg_locked"],
      holds: ["tcp_recvmsg_locked"],
      tokens: ["tcp_recvmsg_locked"],
    },
  ],
  ["tcp_close", {}],
];

for (const [name, levels] of TAKEN)
  test(`without ${name}: ${Object.keys(levels).join(", ") || "nothing"}`, () =>
    assert.deepEqual(able(name), levels));

test("without both functions of recvmsg nothing tells whose token it is", () => {
  assert.deepEqual(Object.keys(able("tcp_recvmsg_dmabuf", "tcp_recvmsg_locked")), [
    "sampled",
    "counts",
    "holds",
  ]);
});

test("a level that cannot be traced is refused with what it lacks and what to use instead", () => {
  const refused =
    (...names: string[]) =>
    () =>
      requireFitting("tokens", OLDEST_TARGET, without(...names), 1000);
  assert.throws(refused("put_cmsg_notrunc"), {
    exitCode: 4,
    message:
      /^Level tokens .* needs put_cmsg_notrunc, .* Use --level sampled, counts, holds, or profile\.\nTry: devmem-trace doctor$/,
  });
  assert.throws(refused("tcp_close"), { message: /needs tcp_close, .*No other level can\./ });
});

test("where the functions are not known, nothing is left out", () => {
  const { program, absent, missing } = fitted("tokens", OLDEST_TARGET, null);
  assert.deepEqual(
    { program, absent, missing },
    { program: levelProgram("tokens", OLDEST_TARGET), absent: [], missing: [] },
  );
});
