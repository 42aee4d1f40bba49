// readers - The files of export, opened by the programs that they are for: speedscope in a browser, the OpenMetrics parser.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { browser as launch, open } from "../lib/browser.ts";
import { hostileCopy } from "../lib/hostile.ts";

const RECORDINGS = "collector/testdata/recordings";
const SPEEDSCOPE = createRequire(import.meta.url).resolve("speedscope/dist/release/index.html");

let browser: Browser;
let folder: string;

before(async () => {
  execFileSync("scripts/e2e/lib/install-readers", { stdio: ["ignore", "ignore", "inherit"] });
  browser = await launch();
  folder = mkdtempSync(join(tmpdir(), "devmem-trace-readers-"));
});
after(async () => {
  await browser?.close();
  if (folder) rmSync(folder, { recursive: true });
});

function exported(recording: string, format: string, ...options: string[]): Buffer {
  return execFileSync("scripts/devmem-trace", ["export", recording, "--format", format, ...options]);
}

/** The sandwich view of speedscope on a file: symbol → its total. `profile`: which profile of the file, from 0. */
async function inSpeedscope(name: string, content: Buffer, profile = 0): Promise<Record<string, string>> {
  const file = join(folder, name);
  writeFileSync(file, content);
  const { page, complaints } = await open(browser, pathToFileURL(SPEEDSCOPE).href);
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByText("Sandwich").click();
  for (let i = 0; i < profile; i++) await page.keyboard.press("n");
  const rows = page.locator("table tr", { hasText: "%" });
  await rows.first().waitFor();
  const cells = await rows.evaluateAll((all) =>
    all.map((row) => [...row.children].map((cell) => cell.textContent)),
  );
  await page.close();
  assert.deepEqual(
    complaints.filter((one) => /error|exception/i.test(one)),
    [],
  );
  return Object.fromEntries(cells.map(([total, , symbol]) => [symbol, total?.replace(/ ?\(.*\)$/, "")]));
}

/** Frame → the sum of the stacks it is in, as speedscope writes a number. */
function totals(folded: string): Record<string, string> {
  const sums = new Map<string, number>();
  for (const line of folded.trimEnd().split("\n")) {
    const [, frames = "", value] = /^(.*) (\d+)$/.exec(line) ?? [];
    for (const frame of frames.split(";")) sums.set(frame, (sums.get(frame) ?? 0) + Number(value));
  }
  return Object.fromEntries([...sums].map(([frame, sum]) => [frame, sum.toLocaleString("en-US")]));
}

test("speedscope opens folded stacks: every frame with its sum", async () => {
  const folded = exported(`${RECORDINGS}/manual-tokens-v1.jsonl`, "folded");
  const read = await inSpeedscope("held.folded.txt", folded);
  assert.ok(Object.keys(read).length >= 6);
  assert.deepEqual(read, totals(folded.toString()));
});

test("speedscope opens pprof, and its own format to the same sums; the second profile counts tokens", async () => {
  const recording = `${RECORDINGS}/manual-tokens-v1.jsonl`;
  const own = exported(recording, "speedscope");
  const read = await inSpeedscope("profile.pb.gz", exported(recording, "pprof"));
  assert.match(read.node ?? "", /^\d+\.\d\ds$/);
  assert.deepEqual(read, await inSpeedscope("own.speedscope.json", own));
  const issued = exported(recording, "folded", "--weight", "issued").toString();
  assert.deepEqual(await inSpeedscope("own.speedscope.json", own, 1), totals(issued));
});

test("a hostile name is a frame in speedscope", async () => {
  const recording = hostileCopy(
    `${RECORDINGS}/leak-v1.jsonl`,
    folder,
    "<img src=x onerror=alert(1)>;a 5\u001b",
  );
  for (const format of ["folded", "pprof", "speedscope"]) {
    const symbols = Object.keys(await inSpeedscope(`hostile.${format}`, exported(recording, format)));
    assert.ok(
      symbols.includes(`<img src=x onerror=alert(1)>${format === "folded" ? ":" : ";"}a 5?`),
      `${symbols}`,
    );
  }
});

interface MetricSample {
  family: string;
  name: string;
  labels: Record<string, string>;
  value: number;
}

function parsed(recording: string): MetricSample[] {
  const input = exported(recording, "openmetrics");
  return JSON.parse(
    execFileSync("/usr/bin/python3", ["scripts/e2e/lib/openmetrics.py"], { input }).toString(),
  );
}

test("the reference parser of OpenMetrics reads every capture, with the report's numbers", () => {
  for (const name of readdirSync(RECORDINGS).filter((one) => one.endsWith(".jsonl"))) {
    const samples = parsed(join(RECORDINGS, name));
    const args = ["report", join(RECORDINGS, name), "--json", "--error-exitcode", "0"];
    const report = JSON.parse(execFileSync("scripts/devmem-trace", args).toString());
    const of = (metric: string) => samples.filter((one) => one.name === metric);
    for (const socket of report.sockets) {
      const value = (metric: string) => of(metric).find(({ labels }) => labels.socket === socket.id)?.value;
      assert.equal(value("devmem_socket_issued_tokens_total"), socket.issued);
      assert.equal(value("devmem_socket_returned_tokens_total"), socket.returned);
      assert.equal(value("devmem_socket_closed_holding_tokens"), socket.heldAtClose);
    }
    const verdict = of("devmem_verdict").find(({ value }) => value === 1)?.labels.devmem_verdict;
    assert.equal(verdict, report.verdict);
  }
});

test("a hostile name is a label to the reference parser", () => {
  const comm = 'a"} 1\\\nevil_total 7 # EOF';
  const samples = parsed(hostileCopy(`${RECORDINGS}/leak-v1.jsonl`, folder, comm));
  assert.ok(samples.every(({ name }) => name.startsWith("devmem_")));
  const labels = samples.find(({ name }) => name === "devmem_socket_outstanding_tokens")?.labels;
  assert.equal(labels?.comm, comm.replace("\n", "?"));
});
