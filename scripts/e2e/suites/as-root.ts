// as-root - Root traces beside what user nobody has planted, and leaves nothing attached, pinned or running, however a trace ends.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ALL } from "../../../collector/testing/gauntlet.ts";
import { linesOf, type Suite, whenRead } from "../lib/suite.ts";

/** Case of guest/as-root → what it prints, lines joined by |. */
const CASES: Record<string, RegExp[]> = {
  // The kernel was read through pins of our own.
  beside: [/verdict: clean/, /reconciled with the kernel [1-9]/, /tracers 0, pins 0, theirs 1\|/],
  outputs: [
    /^devmem-trace: out\.dmt already exists: /,
    /\|devmem-trace: out\.1\.dmt already exists: /,
    /\|devmem-trace: made\/x\.dmt cannot be written: .*made is a link of user 65534\.\|/,
    /\|regular file 600 root\|untouched\|.*\/etc\/x\.dmt.*No such file/,
    /tracers 0, pins 0, theirs 1\|/,
  ],
  fails: [/\/dev\/full cannot be written: ENOSPC/, /\|code 1, sleeping 0\|tracers 0, pins 0, theirs 1\|/],
  interrupted: [/verdict: clean/, /\|code 130, sleeping 0\|tracers 0, pins 0, theirs 1\|/],
};

/** The unit tests have the others too, with a stand-in for bpftrace. */
const NEEDS_A_KERNEL = ["beside", "interrupted"];
const cases = ALL ? Object.keys(CASES) : NEEDS_A_KERNEL;

export const AS_ROOT: Suite = {
  name: "as root",
  command: ["scripts/e2e/guest/as-root", ...cases],
  tests(output) {
    const seen = whenRead(output, (text) => new Map(linesOf(text).map(caseIn)));
    for (const name of cases)
      test(name, () => {
        const messages = seen().get(name) ?? "the case was not run";
        for (const pattern of CASES[name] ?? []) assert.match(messages, pattern);
      });
  },
};

function caseIn(line: string): [name: string, messages: string] {
  const [name = "", , messages = ""] = line.split("\t");
  return [name, messages];
}
