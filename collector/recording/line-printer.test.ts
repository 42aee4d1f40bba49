// line-printer - Lines for a reader that does not read: they are not kept in memory.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { AS_SOURCES } from "../testing/tsx.ts";

const LINE_PRINTER = new URL("./line-printer.ts", import.meta.url).href;
/** Prints until it is told to wait, then says after how many lines; its output is a socket. */
const PRINTS = `
const { LinePrinter } = await import(${JSON.stringify(LINE_PRINTER)});
const printer = new LinePrinter();
let lines = 0;
for (; lines < 20_000 && !printer.print("x".repeat(1000)); lines++) await null;
process.stderr.write(String(lines));
process.exit();
`;

test("who prints is told to wait once a socket takes no more", async () => {
  const child = spawn(process.execPath, [...AS_SOURCES, "--input-type=module", "-e", PRINTS], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await once(child, "exit");
  assert.match(said, /^\d+$/);
  assert.ok(Number(said) < 2000, `${said} lines of 1,000 characters were taken`);
});
