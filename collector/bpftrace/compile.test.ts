// compile - bpftrace compiles the programs: those of the guests that are built on this machine, for these guests' kernels.
//
// No guest is booted and nothing is attached; that they attach is for the end-to-end tests.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { LEVELS, type Level } from "../events/event.ts";
import { ITERATORS, iteratorProgram, levelProgram, OLDEST_TARGET, type Target, targets } from "./program.ts";

const COMPILE = fileURLToPath(new URL("../../scripts/testbed/compile", import.meta.url));
/** A program takes seconds, many more on a busy machine. */
const TIMEOUT = 20 * 60_000;

function compile(guest: string, ...args: string[]) {
  return spawnSync(COMPILE, ["--guest", guest, ...args], { encoding: "utf8" });
}

/** Why a guest's bpftrace cannot be used here; false where it can. */
function reason(guest: string): string | false {
  const { status, stderr } = compile(guest, "--can");
  return status === 0 ? false : `not compiled: ${stderr.trim().replace(/^testbed: /, "")}`;
}

/** The errors that bpftrace reports, by the names of the programs; programs with the same text are compiled once. */
function errorsIn(guest: string, programs: Record<string, string>, ...options: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "devmem-trace-compile-"));
  const byText = new Map(Object.entries(programs).map(([name, text]) => [text, join(folder, `${name}.bt`)]));
  for (const [text, file] of byText) writeFileSync(file, text);
  const { stdout, stderr, status } = compile(guest, ...options, ...byText.values());
  rmSync(folder, { recursive: true });
  assert.ok(status === 0 || stdout !== "", `compile: ${stderr}`);
  return stdout;
}

function named(all: readonly Target[], levels: readonly Level[]): Record<string, string> {
  return Object.fromEntries(
    all.flatMap((target) =>
      levels.map((level) => [`${level}-${Object.values(target).join("-")}`, levelProgram(level, target)]),
    ),
  );
}

const iteratorsOf = (variant: "xarray" | "sockopt") =>
  Object.fromEntries(ITERATORS.map((name) => [`${name}-${variant}`, iteratorProgram(name, variant)]));

/** With --all every program there is; else level profile, which has counts and holds in it, and those beside it. */
const ALL = process.env.DEVMEM_TRACE_ALL === "1";
const levels: readonly Level[] = ALL ? LEVELS : ["sampled", "profile", "tokens"];
const wanted = targets().filter(({ spinlock }) => ALL || spinlock === "paravirt");
const forOldest = wanted.filter(({ variant, hasRanges }) => variant === "xarray" && !hasRanges);
const forNewest = wanted.filter(({ variant, hasRanges }) => variant === "xarray" && hasRanges);
const forV6 = wanted.filter(({ variant, hasRanges }) => variant === "sockopt" && (ALL || hasRanges));

test("0.23 compiles the programs for mainline, on 6.12", { skip: reason("trixie"), timeout: TIMEOUT }, () => {
  assert.equal(errorsIn("trixie", { ...named(forOldest, levels), ...iteratorsOf("xarray") }), "");
});

// Iterators are left out: 0.27 looks them up in the kernel of this machine.
test("0.27 compiles the programs for mainline, on 7", { skip: reason("forky"), timeout: TIMEOUT }, () => {
  assert.equal(errorsIn("forky", named(forNewest, levels)), "");
});

test("0.27 reads the programs for the v6 series", { skip: reason("forky"), timeout: TIMEOUT }, () => {
  assert.equal(errorsIn("forky", { ...named(forV6, levels), ...iteratorsOf("sockopt") }, "--parse"), "");
});

test("an error in a program is found", { skip: reason("trixie"), timeout: TIMEOUT }, () => {
  const text = levelProgram("sampled", OLDEST_TARGET).replace("bytes_received", "bytes_recieved");
  assert.match(errorsIn("trixie", { misspelt: text }), /misspelt\.bt:\d.*bytes_recieved/);
});
