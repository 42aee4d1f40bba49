// main - Runs a program of the checkout as JavaScript, compiled here if that was not done since a source has changed.
//
// node main.mjs PROGRAM.ts ARGS, or --build to print where the build is. scripts/run-ts runs it, with an environment in which
// nothing decides what Node loads. As root it runs nothing that others than root and the checkout's owner can write to.
// @ts-check

import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync, realpathSync } from "node:fs";
import Module from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  BUILDS,
  CHECKOUT,
  digestOf,
  GROUP,
  OWNER,
  Refusal,
  requireOwn,
  requireOwnPlace,
  sources,
} from "./checkout.mjs";
import { confineRequire, requirePackages } from "./packages.mjs";

const program = process.argv[2] ?? "";
/** @type {string | null} */
let file = null;
try {
  const build = currentBuild();
  if (program === "--build") console.log(build);
  else file = join(build, compiledName(program));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`run-ts: ${error.message}`);
  process.exitCode = 4;
}
if (file) {
  process.argv.splice(1, 2, file);
  await import(pathToFileURL(file).href);
}

/** Where the build of the sources as they are is; compiles them if there is none. */
function currentBuild() {
  const inspect = isPrivileged() ? requireOwn : () => {};
  if (isPrivileged()) requireOwnPlace();
  inspect(CHECKOUT, lstatSync(CHECKOUT));
  requirePackages(inspect);
  confineRequire();
  const known = join(BUILDS, digestOf(sources((path, stat) => inspect(join(CHECKOUT, path), stat))));
  const build = isFolder(known) ? known : compile();
  for (const folder of [BUILDS, build]) inspect(folder, lstatSync(folder));
  cacheIn(join(BUILDS, "cache"));
  return build;
}

/** Root, or a user with capabilities. */
function isPrivileged() {
  return (
    process.geteuid?.() === 0 || /^CapEff:\s*0*[1-9a-f]/m.test(readFileSync("/proc/self/status", "utf8"))
  );
}

/** @param {string} path a link is not a folder */
function isFolder(path) {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Compiles as the checkout's owner: root leaves no file of its own there, and runs no compiler of another user. */
function compile() {
  const asOwner = process.geteuid?.() === 0 && OWNER !== 0 ? { uid: OWNER, gid: GROUP } : {};
  const child = spawnSync(process.execPath, [fileURLToPath(new URL("compile.mjs", import.meta.url))], {
    ...asOwner,
    env: {},
    cwd: CHECKOUT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.error)
    throw new Refusal(
      `the checkout is not compiled, and that cannot be done as user ${OWNER}: ${child.error.message}`,
    );
  if (child.status !== 0) process.exit(child.status ?? 1);
  return child.stdout.trim();
}

/**
 * What V8 makes of the code (Node 22.8 and newer) is kept beside the builds, where only the owner writes.
 * @param {string} folder
 */
function cacheIn(folder) {
  const { enableCompileCache } = /** @type {{ enableCompileCache?: (folder: string) => void }} */ (Module);
  if (process.geteuid?.() !== OWNER) return;
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (stat && (!stat.isDirectory() || stat.uid !== OWNER)) return;
  enableCompileCache?.(folder);
}

/** @param {string} path of a program, relative to the working directory */
function compiledName(path) {
  const name = existsSync(path) ? relative(CHECKOUT, realpathSync(path)) : "..";
  if (name.startsWith("..") || !name.endsWith(".ts"))
    throw new Refusal(`there is no program ${path || "(none given)"} in ${CHECKOUT}`);
  return name.replace(/\.ts$/, ".js");
}
