// compile - Compiles this checkout into build/DIGEST and prints where that is: the launcher runs it as the checkout's owner.
//
// By esbuild, as tsx does in development: one compiler, a second for everything. Types are the business of `npm run check`.
// @ts-check

import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { BUILDS, CHECKOUT, digestOf, Refusal, sources } from "./checkout.mjs";

/** Builds that stay: programs that run for weeks may still load a file of an older one. */
const KEPT = 8;

/** What of a source's name is a new build's that was never finished. */
const UNFINISHED = ".new-";

try {
  process.umask(0o022);
  console.log(await build());
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`run-ts: ${error.message}`);
  process.exitCode = 4;
}

/** Where the build is: a folder that comes to be at once and whole, whoever else builds meanwhile. */
async function build() {
  const files = sources(() => {});
  const place = join(BUILDS, digestOf(files));
  const fresh = makeFolder();
  try {
    for (const file of files) if (!file.path.endsWith(".ts")) write(fresh, file.path, file.content);
    for (const { path, text } of await compiled(files)) write(fresh, path, text);
    chmodSync(fresh, 0o755);
    finish(fresh, place);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  removeOld();
  return place;
}

function makeFolder() {
  try {
    mkdirSync(BUILDS, { recursive: true });
    return mkdtempSync(join(BUILDS, UNFINISHED));
  } catch (error) {
    const why = /** @type {Error} */ (error).message;
    throw new Refusal(
      `the checkout is not compiled, and it cannot be done as user ${process.geteuid?.()}: ${why}`,
    );
  }
}

/**
 * @param {string} folder
 * @param {string} path
 * @param {string | Buffer} content
 */
function write(folder, path, content) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content, { flag: "wx" });
}

/**
 * @param {string} fresh
 * @param {string} place
 */
function finish(fresh, place) {
  try {
    renameSync(fresh, place);
  } catch (error) {
    // Another process was faster: its build is of the same files.
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (!["ENOTEMPTY", "EEXIST"].includes(code ?? ""))
      throw new Refusal(`${place} cannot be made: ${message}`);
  }
}

/**
 * Every module as JavaScript, one file each: nothing is bundled, only `./x.ts` becomes `./x.js`.
 * @param {import("./checkout.mjs").Source[]} files
 */
async function compiled(files) {
  const modules = new Map(
    files
      .filter(({ path }) => path.endsWith(".ts"))
      .map(({ path, content }) => [join(CHECKOUT, path), content]),
  );
  const esbuild = await loadEsbuild();
  /** @type {import("esbuild").Plugin} */
  const plugin = {
    name: "modules",
    setup(on) {
      on.onResolve({ filter: /.*/ }, ({ path, kind }) =>
        kind === "entry-point" ? { path } : { path: path.replace(/^(\..*)\.ts$/, "$1.js"), external: true },
      );
      on.onLoad({ filter: /.*/ }, ({ path }) => ({ contents: modules.get(path) ?? "", loader: "ts" }));
    },
  };
  const result = await esbuild
    .build({
      entryPoints: [...modules.keys()],
      outbase: CHECKOUT,
      outdir: CHECKOUT,
      absWorkingDir: CHECKOUT,
      write: false,
      bundle: true,
      treeShaking: false,
      platform: "node",
      format: "esm",
      target: "es2022",
      charset: "utf8",
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
      plugins: [plugin],
      logLevel: "silent",
    })
    .catch((error) => {
      throw new Refusal(`the checkout does not compile. ${error.message}`);
    });
  return result.outputFiles.map(({ path, text }) => ({ path: path.slice(CHECKOUT.length + 1), text }));
}

/** @returns {Promise<typeof import("esbuild")>} */
async function loadEsbuild() {
  const place = join(CHECKOUT, "node_modules", "esbuild");
  try {
    return (await import(pathToFileURL(createRequire(join(place, "package.json")).resolve(place)).href))
      .default;
  } catch {
    throw new Refusal(
      `the checkout is not compiled, and what compiles it is not installed (esbuild). Try: ${join(CHECKOUT, "scripts/setup")}`,
    );
  }
}

function removeOld() {
  const age = (/** @type {string} */ name) =>
    statSync(join(BUILDS, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const names = readdirSync(BUILDS).filter((name) => /^[0-9a-f]{20}$/.test(name));
  const old = names
    .map((name) => ({ name, at: age(name) }))
    .sort((a, b) => b.at - a.at)
    .slice(KEPT);
  for (const { name } of old) rmSync(join(BUILDS, name), { recursive: true, force: true });
}
