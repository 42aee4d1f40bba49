// supply-chain - The lock file names every package by its content, setup installs no other content, every licence is one we know.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { lay } from "./launch/scratch.ts";

const CHECKOUT = fileURLToPath(new URL("..", import.meta.url));

/** Of package-lock.json: path → package; "" is this one. */
type Locked = Record<string, { version: string; integrity?: string; resolved?: string; license?: string }>;

const { "": own, ...packages } = (
  JSON.parse(readFileSync(join(CHECKOUT, "package-lock.json"), "utf8")) as { packages: Locked }
).packages;

test("the lock file has an integrity hash for every package and no address", () => {
  assert.ok(Object.keys(packages).length > 100);
  assert.equal(own?.license, "MIT");
  for (const [path, { integrity, resolved }] of Object.entries(packages)) {
    assert.match(integrity ?? "", /^sha512-[A-Za-z0-9+/]{86}==$/, path);
    assert.equal(resolved, undefined, path);
  }
});

/** SPDX names of licences that let this MIT package be used, changed and passed on; a new one is for a person to read first. */
const LICENCES = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "ISC", "MIT"];

/** CycloneDX 1.5, as far as the test reads it. */
interface Bill {
  bomFormat: string;
  metadata: { component: { purl: string } };
  components: {
    name: string;
    version: string;
    purl: string;
    hashes?: { alg: string; content: string }[];
    licenses?: { expression?: string; license?: { id?: string } }[];
  }[];
}

/** The licences of which one may be chosen, or all apply. */
function licencesOf({ licenses = [] }: Bill["components"][number]): string[] {
  const names = licenses.map(({ expression, license }) => expression ?? license?.id ?? "");
  return names.flatMap((name) => name.replace(/[()]/g, "").split(/ (?:OR|AND) /));
}

test("npm run sbom lists every package of the lock file, by hash, with a licence that is known", () => {
  const bill: Bill = JSON.parse(
    execFileSync("npm", ["run", "--silent", "sbom"], { cwd: CHECKOUT, encoding: "utf8" }),
  );
  assert.equal(bill.bomFormat, "CycloneDX");
  assert.match(bill.metadata.component.purl, /^pkg:npm\/devmem-trace@/);
  const listed = bill.components.map(({ hashes = [] }) => hashes.map(({ content }) => content).join());
  const locked = Object.values(packages).map(({ integrity = "" }) => hex(integrity));
  assert.deepEqual([...new Set(listed)].sort(), [...new Set(locked)].sort());
  for (const one of bill.components) {
    const licences = licencesOf(one);
    assert.ok(licences.length > 0, `${one.purl} has no licence`);
    for (const name of licences) assert.ok(LICENCES.includes(name), `${one.purl}: licence "${name}"`);
  }
});

/** "sha512-BASE64" → hexadecimal. */
function hex(integrity: string): string {
  return Buffer.from(integrity.replace("sha512-", ""), "base64").toString("hex");
}

test("setup installs the content the lock file names, and no other", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "devmem-trace-setup-"));
  t.after(() => rmSync(folder, { recursive: true }));
  lay(folder, { "package/package.json": '{ "name": "left", "version": "1.0.0" }' });
  execFileSync("tar", ["-czf", "left.tgz", "package"], { cwd: folder });
  const content = readFileSync(join(folder, "left.tgz"));
  const registry = await serve("left", content);
  t.after(() => registry.close());
  const install = async (integrity: string) => {
    const checkout = mkdtempSync(join(folder, "checkout-"));
    const { code, errors } = await setUp(checkout, integrity, registry.address);
    return { code, errors, there: existsSync(join(checkout, "node_modules/left/package.json")) };
  };
  assert.deepEqual(await install(integrityOf(content)), { code: 0, errors: "", there: true });
  const tampered = await install(integrityOf(Buffer.from("something else")));
  assert.deepEqual([tampered.code, tampered.there], [4, false]);
  assert.match(tampered.errors, /EINTEGRITY[\s\S]*setup: the npm packages could not be installed/);
});

function integrityOf(content: Buffer): string {
  return `sha512-${createHash("sha512").update(content).digest("base64")}`;
}

/** A registry on this machine that has one package. */
async function serve(name: string, content: Buffer) {
  const server = createServer((request, response) => {
    const address = `http://${request.headers.host}/${name}.tgz`;
    const dist = { tarball: address, integrity: integrityOf(content) };
    const versions = { "1.0.0": { name, version: "1.0.0", dist } };
    if (request.url === `/${name}.tgz`) response.end(content);
    else response.end(JSON.stringify({ name, "dist-tags": { latest: "1.0.0" }, versions }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

/** Runs scripts/setup in a checkout that needs one package: its exit code and what it printed as errors. */
async function setUp(checkout: string, integrity: string, registry: string) {
  const needs = { name: "needs", version: "1.0.0", dependencies: { left: "1.0.0" } };
  const locked = { "": needs, "node_modules/left": { version: "1.0.0", integrity } };
  lay(checkout, {
    "package.json": JSON.stringify(needs),
    "package-lock.json": JSON.stringify({ ...needs, lockfileVersion: 3, requires: true, packages: locked }),
  });
  for (const file of ["scripts/setup", ".npmrc"]) cpSync(join(CHECKOUT, file), join(checkout, file));
  const env = {
    PATH: process.env.PATH,
    npm_config_registry: registry,
    npm_config_cache: join(checkout, "cache"),
    npm_config_userconfig: "/dev/null",
  };
  const child = spawn(join(checkout, "scripts/setup"), { env, stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const [code] = await once(child, "close");
  return { code, errors: errors.replace("setup: installing npm packages\n", "") };
}
