// boot - What it reads from the guest, with a script in place of QEMU.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const BOOT = new URL("boot", import.meta.url).pathname;

/** Between the pieces boot, which reads a second at a time, starts to read anew; a guest stays for a moment after its exit code. */
const IN_PIECES = `#!/bin/sh
printf e >"$TMPDIR/control.out"
sleep 1.5
printf 'xit 7\\n' >"$TMPDIR/control.out"
sleep 1
`;

test("an exit code whose line arrives in pieces", () => {
  const dir = mkdtempSync(join(tmpdir(), "devmem-trace-boot-"));
  try {
    const [image, run] = ["image", "run"].map((name) => join(dir, name)) as [string, string];
    for (const place of [image, run]) mkdirSync(place);
    writeFileSync(join(dir, "qemu-system-x86_64"), IN_PIECES, { mode: 0o755 });
    const env = { ...process.env, PATH: `${dir}:${process.env.PATH}` };
    const { status, stderr } = spawnSync(BOOT, [image, run, "0", "usual"], {
      env,
      encoding: "utf8",
      stdio: "pipe",
    });
    assert.deepEqual([status, stderr], [7, ""]);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
