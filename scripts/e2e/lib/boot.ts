// boot - Several suites in one boot of a guest, one after the other; the tests of each begin once its command has ended.

import { EventEmitter, once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, describe } from "node:test";
import { CLOCK, isGuestChosen, isSuiteChosen } from "./choices.ts";
import { placeOf, type Suite } from "./suite.ts";
import { testbed } from "./testbed.ts";

/** `usual`: two CPUs and the host's time · `instructions`: one CPU, whose time is what it executes, however busy the host is. */
export type Clock = "usual" | "instructions";

/** The line after what a suite printed (guest/suites). */
const END = /\n=== (\S+) (\d+) (\d+)\n/;
const LONGEST_END = 200;

/** Declares the tests of `suites`, which share a boot of `guest`. Suites that are not chosen or skipped take no time. */
export function boot(guest: string, clock: Clock, suites: Suite[]): void {
  if (!isGuestChosen(guest)) return;
  const chosen = suites.filter(({ name }) => isSuiteChosen(name));
  const running = chosen.filter(({ skip }) => !skip);
  if (chosen.length === 0) return;
  describe(guest, () => {
    const outputs = new Outputs();
    let ended = Promise.resolve();
    before(() => {
      if (running.length > 0) ended = run(guest, clock, running, outputs);
    });
    for (const suite of chosen)
      describe(suite.name, { skip: suite.skip ?? false }, () => suite.tests(() => outputs.of(suite)));
    after(() => ended);
  });
}

/** Runs the suites in a guest; settled when it has powered off. */
async function run(guest: string, clock: Clock, suites: Suite[], outputs: Outputs): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "devmem-trace-e2e-"));
  try {
    writeSuites(folder, suites);
    const options = ["--guest", guest, "--clock", CLOCK ?? clock, "--with", folder];
    const code = await testbed([...options, "--", "scripts/e2e/guest/suites"], (text) => outputs.hear(text));
    outputs.end(code);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A folder for each suite, and their order, as guest/suites reads them. */
function writeSuites(folder: string, suites: Suite[]): void {
  const names = suites.map((suite) => basename(placeOf(suite)));
  writeFileSync(join(folder, "order"), names.map((name) => `${name}\n`).join(""));
  for (const [i, { files, command }] of suites.entries()) {
    const place = join(folder, names[i] as string);
    mkdirSync(place);
    writeFileSync(join(place, "command"), command.map((word) => `${word}\0`).join(""));
    for (const [name, content] of Object.entries(files ?? {})) writeFileSync(join(place, name), content);
  }
}

/** What each suite printed, once its command has ended. */
class Outputs extends EventEmitter {
  /** By the suite's folder: what it printed, or how it failed. */
  readonly #settled = new Map<string, string | Error>();
  #heard = "";
  #ended = "";

  async of(suite: Suite): Promise<string> {
    const name = basename(placeOf(suite));
    while (!this.#settled.has(name) && !this.#ended) await once(this, "more");
    const found = this.#settled.get(name) ?? new Error(this.#ended);
    if (found instanceof Error) throw found;
    return found;
  }

  hear(text: string): void {
    const end = new RegExp(END, "g");
    end.lastIndex = Math.max(0, this.#heard.length - LONGEST_END);
    this.#heard += text;
    let from = 0;
    for (let found = end.exec(this.#heard); found; found = end.exec(this.#heard)) {
      this.#settle(found, this.#heard.slice(from, found.index));
      from = end.lastIndex;
    }
    this.#heard = this.#heard.slice(from);
  }

  #settle([, name = "", code, seconds]: RegExpExecArray, printed: string): void {
    console.log(`${name} took ${seconds} s in the guest`);
    const failed = new Error(`${name} ended with ${code}: ${printed.slice(-2000)}`);
    this.#settled.set(name, code === "0" ? printed : failed);
    this.emit("more");
  }

  /** The guest prints nothing more. */
  end(code: number | null): void {
    this.#ended = `the testbed ended with ${code}: ${this.#heard.slice(-2000)}`;
    this.emit("more");
  }
}
