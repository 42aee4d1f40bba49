// compile - bpftrace compiles the programs: for the kernels of the guests that are built on this machine, and for every layout
// that kernels are known to have, out of a C file that has what the probes read.
//
// No guest is booted and nothing is attached; that they attach is for the end-to-end tests.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { LEVELS, type Level } from "../events/event.ts";
import { Btf } from "../kernel/btf.ts";
import { factsIn, SPINLOCKS } from "../kernel/kernel.ts";
import { KNOWN_LAYOUTS } from "../kernel/layouts.ts";
import { CHOICES, ITERATORS, iteratorProgram, levelProgram, OLDEST_TARGET, type Target } from "./program.ts";

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

/** The programs of these levels and all iterators for each target, by a name. */
function named(all: readonly Target[], levels: readonly Level[]): Record<string, string> {
  return Object.fromEntries(
    all.flatMap((target) =>
      levels.map((level) => [`${level}-${labelOf(target)}`, levelProgram(level, target)]),
    ),
  );
}

function iteratorsOf(all: readonly Target[]): Record<string, string> {
  return Object.fromEntries(
    all.flatMap((target) =>
      ITERATORS.map((name) => [`${name}-${labelOf(target)}`, iteratorProgram(name, target)]),
    ),
  );
}

function labelOf({ variant, spinlock, layouts, hasRanges }: Target): string {
  return [variant, spinlock, ...Object.values(layouts), hasRanges ? "ranges" : "while"].join("-");
}

/** With --all every level and spinlock; else level profile, which has counts and holds in it, and those beside it. */
const ALL = process.env.DEVMEM_TRACE_ALL === "1";
const levels: readonly Level[] = ALL ? LEVELS : ["sampled", "profile", "tokens"];

function spinlocksFor(change: Partial<Target>): Target[] {
  return (ALL ? SPINLOCKS : (["paravirt"] as const)).map((spinlock) => ({
    ...OLDEST_TARGET,
    spinlock,
    ...change,
  }));
}

test("0.23 compiles the programs for mainline, on 6.12", { skip: reason("trixie"), timeout: TIMEOUT }, () => {
  const wanted = spinlocksFor({});
  assert.equal(errorsIn("trixie", { ...named(wanted, levels), ...iteratorsOf(wanted) }), "");
});

// Iterators are left out: 0.27 looks them up in the kernel of this machine.
test("0.27 compiles the programs for mainline, on 7", { skip: reason("forky"), timeout: TIMEOUT }, () => {
  const wanted = spinlocksFor({ layouts: KNOWN_LAYOUTS["7.0"], hasRanges: true });
  assert.equal(errorsIn("forky", named(wanted, levels)), "");
});

const TYPES = fileURLToPath(new URL("testdata/kernel-types.c", import.meta.url));
/** KERNEL of the C file, and the layouts of that kernel; what else differs (arguments, owners of pages) is in the C file alone. */
const KERNELS: [number, keyof typeof KNOWN_LAYOUTS][] = [
  [612, "6.12"],
  [616, "6.12"],
  [700, "7.0"],
  [703, "7.3"],
  [704, "next"],
];

/** Errors that a guest's bpftrace reports of the programs for a kernel that has the types of the C file. */
function errorsWith(
  guest: string,
  kernel: number,
  variant: "xarray" | "sockopt",
  programs: Record<string, string>,
): string {
  return errorsIn(guest, programs, ...typesOf(kernel, variant));
}

function typesOf(kernel: number, variant: "xarray" | "sockopt"): string[] {
  const defines = [`KERNEL=${kernel}`, ...(variant === "sockopt" ? ["V6"] : [])];
  return ["--types", TYPES, ...defines.flatMap((define) => ["--define", define])];
}

/** What the tool finds in the BTF of that kernel. */
function foundIn(kernel: number, variant: "xarray" | "sockopt") {
  const folder = mkdtempSync(join(tmpdir(), "devmem-trace-btf-"));
  const file = join(folder, "btf");
  const { stderr, status } = compile("trixie", ...typesOf(kernel, variant), "--btf", file);
  assert.equal(status, 0, `compile: ${stderr}`);
  const facts = factsIn(new Btf(readFileSync(file)));
  rmSync(folder, { recursive: true });
  return facts;
}

for (const variant of CHOICES.kernel)
  for (const [kernel, layouts] of KERNELS)
    test(`a kernel like ${kernel}, ${variant}`, { skip: reason("trixie"), timeout: TIMEOUT }, () => {
      const found = foundIn(kernel, variant);
      assert.deepEqual(found.unknown, []);
      assert.deepEqual({ ...found, layouts: { ...found.layouts, ...KNOWN_LAYOUTS[layouts] } }, found);
      assert.deepEqual([found.variant, found.spinlock], [variant, "paravirt"]);
      const wanted = [{ ...OLDEST_TARGET, variant, layouts: KNOWN_LAYOUTS[layouts] }];
      const programs = { ...named(wanted, LEVELS), ...iteratorsOf(wanted) };
      assert.equal(errorsWith("trixie", kernel, variant, programs), "");
    });

test("0.27 compiles the programs for the v6 series", { skip: reason("forky"), timeout: TIMEOUT }, () => {
  const wanted = spinlocksFor({ variant: "sockopt", hasRanges: true });
  assert.equal(errorsWith("forky", 612, "sockopt", named(wanted, levels)), "");
});

test("an error in a program is found", { skip: reason("trixie"), timeout: TIMEOUT }, () => {
  const text = levelProgram("sampled", OLDEST_TARGET).replace("bytes_received", "bytes_recieved");
  assert.match(errorsIn("trixie", { misspelt: text }), /misspelt\.bt:\d.*bytes_recieved/);
});

test("a program for another layout is found", { skip: reason("trixie"), timeout: TIMEOUT }, () => {
  const next = { ...OLDEST_TARGET, layouts: KNOWN_LAYOUTS.next };
  const errors = errorsWith("trixie", 612, "xarray", { next: levelProgram("sampled", next) });
  assert.match(errors, /no field named 'area'/);
});
