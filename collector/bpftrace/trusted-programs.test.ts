// trusted-programs - What may run as root: programs in trusted folders that nobody else can change, or the one that was named.

import assert from "node:assert/strict";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { findBpftrace, findProgram, useBpftrace, whoElse } from "./trusted-programs.ts";

const NEEDS_ROOT = process.geteuid?.() === 0 ? false : "needs root: it gives files to user nobody";
const folder = mkdtempSync(join(tmpdir(), "devmem-trace-program-"));
after(() => rmSync(folder, { recursive: true }));

let number = 0;
/** A program in a folder of its own. */
function program(mode = 0o755): { path: string; place: string } {
  const place = join(folder, String(++number));
  mkdirSync(place);
  const path = join(place, "tool");
  writeFileSync(path, "#!/bin/sh\n");
  chmodSync(path, mode);
  return { path, place };
}

test("a program is found in the first folder that has it", () => {
  const [a, b] = [program(0o644), program()];
  assert.deepEqual(findProgram("tool", [a.place, b.place]), { path: b.path });
  assert.match(findProgram("tool", [a.place]).problem ?? "", /^tool is not installed \(looked for it in /);
});

test("one that others can change is passed over, or is the reason", () => {
  const [open, good] = [program(0o777), program()];
  assert.deepEqual(findProgram("tool", [open.place, good.place]), { path: good.path });
  assert.equal(
    findProgram("tool", [open.place]).problem,
    `tool is not run: ${open.path} can be written to by others than its owner.`,
  );
  chmodSync(good.place, 0o777);
  assert.match(whoElse(good.path) ?? "", /can be written to by everyone$/);
  chmodSync(good.place, 0o1777); // As /tmp: nobody replaces another's file.
  assert.equal(whoElse(good.path), null);
});

test("a link is as good as what it leads to", () => {
  const [open, link] = [program(0o777), join(folder, "link")];
  symlinkSync(open.path, link);
  assert.match(whoElse(link) ?? "", /tool can be written to/);
});

test("another user's is not run", { skip: NEEDS_ROOT }, () => {
  const { path, place } = program();
  chownSync(path, 65534, 65534);
  assert.equal(whoElse(path), `${path} belongs to user 65534`);
  chownSync(path, 0, 0);
  chownSync(place, 65534, 65534);
  assert.equal(whoElse(path), `${place} belongs to user 65534`);
});

test("the variable names only what the environment's author could not have made; the option names anything", () => {
  const [open, good] = [program(0o777), program()];
  const named = (path: string) => findBpftrace({ DEVMEM_TRACE_BPFTRACE: path, PATH: good.place });
  assert.deepEqual(named(good.path), { path: good.path });
  assert.match(named("tool").problem ?? "", /^bpftrace is not installed \(looked for it in tool\): apt-get/);
  assert.match(
    named(open.path).problem ?? "",
    /^DEVMEM_TRACE_BPFTRACE is not used: .* To run it all the same: --bp/,
  );
  useBpftrace(open.path);
  assert.deepEqual(named(good.path), { path: open.path });
  useBpftrace("/no/such/tool");
  assert.match(
    named(good.path).problem ?? "",
    /^bpftrace is not installed \(looked for it in \/no\/such\/tool\)/,
  );
});
