// pins - The folder is new and ours; what dead processes of ours left goes, what others made stays and does no harm.

import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { UserError } from "../base/errors.ts";
import { makeFolderIn, removeFolder } from "./pins.ts";

/** Higher than any process number (PID_MAX_LIMIT, include/linux/threads.h). */
const DEAD = 2 ** 22 + 1;
const NEEDS_ROOT = process.geteuid?.() === 0 ? false : "needs root: it gives files to user nobody";

function root(t: { after(done: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), "devmem-trace-pins-"));
  t.after(() => rmSync(folder, { recursive: true }));
  chmodSync(folder, 0o1777);
  return folder;
}

test("each folder is new, named by the process, and closed to others", (t) => {
  const place = root(t);
  const [one, two] = [makeFolderIn(place), makeFolderIn(place)];
  assert.notEqual(one, two);
  assert.ok(one.startsWith(join(place, `devmem-trace-${process.pid}-`)));
  assert.equal(lstatSync(one).mode & 0o777, 0o700);
  writeFileSync(join(one, "hashed"), "");
  removeFolder(one);
  assert.deepEqual(readdirSync(place), [two.slice(place.length + 1)]);
});

test("what dead processes left is removed, of living ones and other programs nothing", (t) => {
  const place = root(t);
  const left = [`devmem-trace-${DEAD}-abc`, `devmem-trace-${process.pid}-abc`, "other"];
  for (const name of left) mkdirSync(join(place, name));
  writeFileSync(join(place, `devmem-trace-${DEAD}-abc/hashed`), "");
  writeFileSync(join(place, `devmem-trace-${DEAD}-hashed`), "");
  symlinkSync("/etc", join(place, `devmem-trace-${DEAD}-link`));
  const made = makeFolderIn(place).slice(place.length + 1);
  assert.deepEqual(readdirSync(place).sort(), [made, ...left.slice(1)].sort());
  assert.ok(readdirSync("/etc").length > 0);
});

test("what another user made under our name stays and is no obstacle", { skip: NEEDS_ROOT }, (t) => {
  const place = root(t);
  const theirs = join(place, `devmem-trace-${DEAD}-theirs`);
  mkdirSync(theirs);
  chownSync(theirs, 65534, 65534);
  assert.equal(lstatSync(makeFolderIn(place)).uid, 0);
  assert.equal(lstatSync(theirs).uid, 65534);
});

test("a place where everyone may replace folders, or where none can be made, is a sentence", (t) => {
  const place = root(t);
  chmodSync(place, 0o777);
  assert.throws(
    () => makeFolderIn(place),
    (error: UserError) => error instanceof UserError && error.exitCode === 4,
  );
  assert.throws(() => makeFolderIn("/proc/self"), /Nothing can be pinned in \/proc\/self: /);
});
