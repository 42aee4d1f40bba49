// packages - Where the npm packages programs import may come from: this checkout's node_modules and no folder above it.
// @ts-check

import { existsSync, readFileSync, statSync } from "node:fs";
import Module from "node:module";
import { basename, dirname, join } from "node:path";
import { CHECKOUT, Refusal } from "./checkout.mjs";

/** node_modules of the checkout; of an installed package also the one it lies in. */
const PLACES = [
  join(CHECKOUT, "node_modules"),
  ...(basename(dirname(CHECKOUT)) === "node_modules" ? [dirname(CHECKOUT)] : []),
];

/**
 * Every package the programs need, and those need. Node looks for a missing one in each folder above: none may be missing.
 * @param {(path: string, stat: import("node:fs").Stats) => void} inspect is given each package's folder
 */
export function requirePackages(inspect) {
  /** @type {Set<string>} */
  const seen = new Set();
  const wanted = dependenciesOf(CHECKOUT);
  for (let name = wanted.pop(); name; name = wanted.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const folder = folderOf(name);
    inspect(folder, statSync(folder));
    wanted.push(...dependenciesOf(folder));
  }
}

/** @param {string} name */
function folderOf(name) {
  const folder = PLACES.map((place) => join(place, name)).find((path) => existsSync(path));
  if (folder) return folder;
  throw new Refusal(
    `the npm package ${name} is not in ${PLACES[0]}. Try: ${join(CHECKOUT, "scripts/setup")}`,
  );
}

/** @param {string} folder of a package */
function dependenciesOf(folder) {
  return Object.keys(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).dependencies ?? {});
}

/** From here on require() looks for packages in these places only, an optional one that is missing included. */
export function confineRequire() {
  // Documented nowhere and unchanged since Node 0.6: `paths` of every CommonJS module come from here.
  const module_ = /** @type {{ _nodeModulePaths(from: string): string[], _initPaths(): void }} */ (
    /** @type {unknown} */ (Module)
  );
  const all = module_._nodeModulePaths;
  module_._nodeModulePaths = (from) => all(from).filter(isInside);
  const { HOME } = process.env;
  delete process.env.HOME; // $HOME/.node_modules is a place too.
  module_._initPaths();
  if (HOME !== undefined) process.env.HOME = HOME;
}

/** @param {string} path */
function isInside(path) {
  return PLACES.includes(path) || path.startsWith(`${CHECKOUT}/`) || path.startsWith(`${PLACES.at(-1)}/`);
}
