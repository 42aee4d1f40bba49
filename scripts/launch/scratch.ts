// scratch - For tests: a checkout with the real launcher and a small program, and a folder that everybody may write to.

import { type SpawnSyncOptions, type SpawnSyncReturns, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const CHECKOUT = fileURLToPath(new URL("../../", import.meta.url));

/** User and group nobody. */
export const NOBODY = { uid: 65534, gid: 65534 };

/** Why a test that plants things as another user does not run; false when it does. */
export const NEEDS_ROOT = process.geteuid?.() === 0 ? false : "needs root: it plants files as user nobody";

/** A folder as /tmp is: everybody may write to it, and remove only what is theirs. */
export function sharedFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "devmem-trace-shared-"));
  chmodSync(folder, 0o1777);
  return folder;
}

/** Runs a shell script as nobody. Throws when it fails: what is to be planted must be there. */
export function asNobody(script: string, cwd: string): void {
  const run = spawnSync("/bin/sh", ["-euc", script], { ...NOBODY, cwd, encoding: "utf8" });
  if (run.status !== 0) throw new Error(`planting failed: ${run.stderr}`);
}

/** Writes `files`, path → content, below `folder`. */
export function lay(folder: string, files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** A checkout whose program scripts/hello.ts prints "hello" and what it reads beside itself, and its arguments. */
export class Scratch {
  readonly root: string;

  constructor(parent: string, packages = true) {
    this.root = join(parent, "checkout");
    for (const file of ["scripts/run-ts", "scripts/launch", "scripts/tsx.mjs", "tsconfig.json"])
      cpSync(join(CHECKOUT, file), join(this.root, file), { recursive: true });
    for (const folder of ["collector", "probes", "tui"]) mkdirSync(join(this.root, folder));
    lay(this.root, {
      "package.json": '{ "name": "scratch", "type": "module" }',
      "probes/word.bt": "world",
      "collector/word.ts": `import { readFileSync } from "node:fs";
export const word: string = readFileSync(new URL("../probes/word.bt", import.meta.url), "utf8");`,
      "scripts/hello.ts": `import { word } from "../collector/word.ts";
console.log("hello", word, ...process.argv.slice(2));`,
    });
    if (packages) symlinkSync(join(CHECKOUT, "node_modules"), join(this.root, "node_modules"));
  }

  /** scripts/run-ts ARGS. */
  run(args: string[], options: SpawnSyncOptions = {}): SpawnSyncReturns<string> {
    return spawnSync(join(this.root, "scripts/run-ts"), args, { ...options, encoding: "utf8" });
  }

  /** scripts/hello.ts by scripts/run-ts, from wherever. */
  hello(options: SpawnSyncOptions = {}): SpawnSyncReturns<string> {
    return this.run([join(this.root, "scripts/hello.ts")], options);
  }

  /** What is in build/. */
  builds(): string[] {
    const folder = join(this.root, "build");
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  }
}

/** A Scratch that is gone when the test is. */
export function scratch(t: { after(done: () => void): void }, packages = true): Scratch {
  const parent = sharedFolder();
  t.after(() => rmSync(parent, { recursive: true }));
  return new Scratch(parent, packages);
}
