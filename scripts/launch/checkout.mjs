// checkout - This checkout as the launcher sees it: the files programs are made of, their digest, who may write to them.
// @ts-check

import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the checkout, or the installed package, is. */
export const CHECKOUT = realpathSync(fileURLToPath(new URL("../..", import.meta.url)));

/** Where builds are, each in a folder named by the digest of its sources. */
export const BUILDS = join(CHECKOUT, "build");

/** Folders with sources, and the files beside them that programs read. */
const FOLDERS = ["collector", "probes", "scripts", "tui"];

/** Something a user can put right: one sentence, no stack trace. */
export class Refusal extends Error {}

/**
 * A file programs are made of.
 * @typedef {{ path: string, content: Buffer }} Source `path` is relative to the checkout
 */

/**
 * Every file that programs are made of or read, in the same order everywhere. Each folder and file is given to `inspect` once.
 * This is most of what starting a program costs, so it is one pass of plain calls.
 * @param {(path: string, stat: import("node:fs").Stats) => void} inspect throws on what must not be used
 * @returns {Source[]}
 */
export function sources(inspect) {
  /** @type {Source[]} */
  const files = [readSource("package.json", inspect)].filter((file) => file !== null);
  for (const name of FOLDERS) addFolder(name, inspect, files);
  return files;
}

/**
 * @param {string} path
 * @param {(path: string, stat: import("node:fs").Stats) => void} inspect
 * @param {Source[]} files
 */
function addFolder(path, inspect, files) {
  inspect(path, statSync(`${CHECKOUT}/${path}`));
  const entries = readdirSync(`${CHECKOUT}/${path}`, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const name = `${path}/${entry.name}`;
    if (!isPart(name)) continue;
    if (entry.isDirectory()) addFolder(name, inspect, files);
    else if (entry.isFile()) {
      const file = readSource(name, inspect);
      if (file) files.push(file);
    }
  }
}

/**
 * The file; null where it is a program of its own, which is run as it is.
 * @param {string} path
 * @param {(path: string, stat: import("node:fs").Stats) => void} inspect
 * @returns {Source | null}
 */
function readSource(path, inspect) {
  const fd = openSync(`${CHECKOUT}/${path}`, "r");
  try {
    const stat = fstatSync(fd);
    inspect(path, stat);
    if ((stat.mode & 0o111) !== 0 && !path.endsWith(".ts")) return null;
    const content = Buffer.allocUnsafe(stat.size);
    if (readSync(fd, content) === stat.size) return { path, content };
    throw new Refusal(`${path} was changed while it was read. Try again.`);
  } finally {
    closeSync(fd);
  }
}

/** Left out: tests and their data, texts for people, what only a guest's image is made of, what editors leave; below, shell scripts. */
const NOT_PARTS =
  /(^|\/)(testdata|testbed\/(guests|kernels|nic|ncdevmem)|node_modules)$|\.(test|e2e)\.ts$|\.md$|\/\.|~$/;

/** @param {string} path */
function isPart(path) {
  return !NOT_PARTS.test(path);
}

/**
 * Names a build: the same for the same files, wherever they lie.
 * @param {Source[]} files
 */
export function digestOf(files) {
  const hash = createHash("sha256");
  for (const { path, content } of files) hash.update(`${path}\0${content.length}\0`).update(content);
  return hash.digest("hex").slice(0, 20);
}

const { uid, gid } = statSync(CHECKOUT);

/** The owner of the checkout: builds are made as this user. */
export const OWNER = uid;

/** The group builds are made as. A user's checkout in root's group does not lend root's group. */
export const GROUP = gid === 0 ? uid : gid;

/**
 * Throws Refusal when somebody else than root and the checkout's owner may write to `path`. A group may when it is the
 * owner's own, by the convention that its number is the user's.
 * @param {string} path
 * @param {Pick<import("node:fs").Stats, "uid" | "gid" | "mode">} stat
 * @param {number} owner
 */
export function requireOwn(path, stat, owner = OWNER) {
  if (stat.uid !== 0 && stat.uid !== owner)
    throw new Refusal(
      `${path} belongs to user ${stat.uid}, the checkout to user ${owner}: what others own is not run as root. Try: chown -R ${owner} ${CHECKOUT}`,
    );
  const byGroup = (stat.mode & 0o020) !== 0 && stat.gid !== 0 && stat.gid !== owner;
  if (byGroup || (stat.mode & 0o002) !== 0)
    throw new Refusal(
      `${path} can be written to by others than its owner: it is not run as root. Try: chmod -R go-w ${CHECKOUT}`,
    );
}

/**
 * Throws Refusal when others could put another folder in the place of the checkout or of one above it.
 * @param {string} path
 */
export function requireOwnPlace(path = CHECKOUT) {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode } = statSync(folder);
    if ((mode & 0o002) !== 0 && (mode & 0o1000) === 0)
      throw new Refusal(
        `${folder} can be written to by everyone, so what lies in it is not run as root. Try: chmod o-w ${folder}`,
      );
    if (folder === dirname(folder)) return;
  }
}
