// page - The HTML report opened from a file in a real headless browser: sorting, filters, hostile names, no network.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { browser as launch, open, type Watched } from "../lib/browser.ts";
import { hostileCopy } from "../lib/hostile.ts";

const RECORDINGS = "collector/testdata/recordings";
const HOSTILE = `<script>document.title="x"</script><img src=x onerror=alert(1)>"'\`&amp;\u001b[31m\u202e`;

let browser: Browser;
let folder: string;

before(async () => {
  execFileSync("scripts/e2e/lib/install-readers", { stdio: ["ignore", "ignore", "inherit"] });
  browser = await launch();
  folder = mkdtempSync(join(tmpdir(), "devmem-trace-page-"));
});
after(async () => {
  await browser?.close();
  if (folder && !process.env.DEVMEM_TRACE_SCREENSHOTS) rmSync(folder, { recursive: true });
});

/** Makes the page with the program itself and opens it from the file. */
async function shown(recording: string, width?: number): Promise<Watched> {
  const page = join(folder, `${recording.replace(/.*\//, "")}-${width ?? "wide"}.html`);
  const args = ["report", recording, "--html", "-o", page, "--error-exitcode", "0", "--force"];
  execFileSync("scripts/devmem-trace", args);
  const watched = await open(browser, pathToFileURL(page).href, width);
  if (process.env.DEVMEM_TRACE_SCREENSHOTS) {
    for (const colorScheme of ["light", "dark"] as const) {
      await watched.page.emulateMedia({ colorScheme });
      await watched.page.screenshot({ path: `${page}-${colorScheme}.png`, fullPage: true });
    }
    console.error(`${page}-{light,dark}.png`);
  }
  return watched;
}

/** The texts of one column of the visible sockets. */
async function column({ page }: Watched, title: string): Promise<string[]> {
  const titles = await page.locator("#sockets th").allTextContents();
  const place = titles.indexOf(title) + 1;
  return page.locator(`#sockets tbody tr:visible td:nth-child(${place})`).allTextContents();
}

function isQuiet({ requests, complaints }: Watched): void {
  assert.deepEqual([requests, complaints], [[], []]);
}

test("a click on a title sorts by it, another one reverses; numbers sort as numbers", async () => {
  const watched = await shown(`${RECORDINGS}/misdeeds-v1.jsonl`);
  const { page } = watched;
  const click = (title: string) => page.getByRole("button", { name: title, exact: true }).first().click();
  assert.deepEqual(await column(watched, "at close"), ["176", "49", "0"]);
  await click("returned");
  assert.deepEqual(await column(watched, "returned"), ["283", "227", "104"]);
  assert.deepEqual(await column(watched, "at close"), ["0", "49", "176"]);
  await click("returned");
  assert.deepEqual(await column(watched, "returned"), ["104", "227", "283"]);
  assert.equal(await page.locator("th[aria-sort=ascending]").textContent(), "returned");
  await click("at close");
  assert.deepEqual(await column(watched, "at close"), ["176", "49", "0"], "49 is less than 176");
  isQuiet(watched);
});

test("filters by text and by verdict, and shows how many match", async () => {
  const watched = await shown(`${RECORDINGS}/misdeeds-v1.jsonl`);
  const { page } = watched;
  await page.getByLabel("Verdict").selectOption("clean");
  assert.deepEqual(await column(watched, "issued"), ["283"]);
  await page.getByLabel("Verdict").selectOption("");
  await page.getByLabel("Find").fill("50038");
  assert.deepEqual(await column(watched, "issued"), ["276"]);
  assert.equal(await page.locator("#matches").textContent(), "1 of 3 sockets");
  await page.getByLabel("Find").press("Enter");
  assert.deepEqual(await column(watched, "issued"), ["276"], "Enter sends no form");
  isQuiet(watched);
});

test("charts are drawn, and a leak is marked with its description", async () => {
  const watched = await shown(`${RECORDINGS}/leak-v1.jsonl`);
  const { page } = watched;
  const lines = await page.locator("figure path.line").all();
  assert.equal(lines.length, 4);
  for (const line of lines) assert.ok(((await line.boundingBox())?.height ?? 0) > 20);
  const mark = page.locator("figure .mark.bad").first();
  assert.match((await mark.locator("title").textContent()) ?? "", /closed holding tokens \(23 tokens\)/);
  isQuiet(watched);
});

test("on a narrow screen everything fits, and rows still sort", async () => {
  const watched = await shown(`${RECORDINGS}/misdeeds-v1.jsonl`, 390);
  const { page } = watched;
  assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 390);
  await page.getByRole("button", { name: "issued", exact: true }).click();
  assert.deepEqual(await column(watched, "issued"), ["283", "280", "276"]);
  isQuiet(watched);
});

test("a hostile name is text, also when sorted and filtered", async () => {
  const recording = hostileCopy(`${RECORDINGS}/misdeeds-v1.jsonl`, folder, HOSTILE);
  const watched = await shown(recording);
  const { page } = watched;
  await page.getByRole("button", { name: "comm", exact: true }).first().click();
  await page.getByLabel("Find").fill("<script>");
  const shownName = HOSTILE.replace("\u001b", "?").replace("\u202e", "?");
  assert.deepEqual(await column(watched, "comm"), [shownName, shownName, shownName]);
  assert.equal(await page.title(), "devmem-trace: leak");
  assert.equal(await page.locator("script").count(), 1);
  assert.equal(await page.locator("img").count(), 0);
  isQuiet(watched);
});

test("without scripts the page shows the same", async () => {
  const { page } = await shown(`${RECORDINGS}/tokens-v1.jsonl`);
  const bare = await browser.newContext({ javaScriptEnabled: false });
  const still = await bare.newPage();
  await still.goto(page.url());
  assert.equal(await still.locator("#sockets tbody tr").count(), 1);
  assert.match((await still.locator("body").textContent()) ?? "", /hold time, issue to return/);
});
