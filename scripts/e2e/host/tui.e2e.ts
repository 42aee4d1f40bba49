// tui - The screen in a real terminal: live on a guest's events, and the terminal as it was on every way out.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { isGuestChosen } from "../lib/choices.ts";
import { type Aftermath, Terminal } from "../lib/terminal.ts";

const CAPTURE = "collector/testdata/recordings/leak-v1.jsonl";

async function inTerminal<T>(command: string, act: (terminal: Terminal) => Promise<T>): Promise<T> {
  const terminal = new Terminal(command, 100, 30);
  try {
    return await act(terminal);
  } finally {
    terminal.close();
  }
}

function isAsBefore(end: Aftermath): void {
  assert.equal(end.after, end.before);
  assert.ok(end.restored, "the alternate screen or a hidden cursor is left");
}

const ways: [string, (terminal: Terminal) => void][] = [
  ["q", (terminal) => terminal.keys("q")],
  ["^C", (terminal) => terminal.keys("C-c")],
  ["SIGTERM", (terminal) => terminal.signal("SIGTERM", "scripts/cli/main.ts")],
  ["SIGHUP", (terminal) => terminal.signal("SIGHUP", "scripts/cli/main.ts")],
];

for (const [way, leave] of ways)
  test(`left by ${way}: the report, its exit code, the terminal as before`, async () => {
    const end = await inTerminal(`scripts/devmem-trace replay ${CAPTURE}`, async (terminal) => {
      await terminal.until(/\[1 Sockets\]/);
      leave(terminal);
      return terminal.end();
    });
    isAsBefore(end);
    assert.equal(end.code, 23);
    assert.match(end.screen, /verdict: leak/);
  });

test("an unexpected error: one sentence, the terminal as before", async () => {
  const end = await inTerminal(`scripts/run-ts scripts/e2e/host/crash.ts ${CAPTURE}`, (t) => t.end());
  isAsBefore(end);
  assert.equal(end.code, 1);
  assert.match(end.screen, /this is unexpected/);
  assert.doesNotMatch(end.screen, /\bat .*:\d+:\d+/);
});

test("a stream cut in mid-line: reported, with the last state on screen", async () => {
  const end = await inTerminal(`head -c -40 ${CAPTURE} | scripts/devmem-trace live -`, async (terminal) => {
    const screen = await terminal.until(/Cut short: .*stops in the middle/);
    assert.match(screen, /sockets 1 /);
    terminal.keys("q");
    return terminal.end();
  });
  isAsBefore(end);
  assert.match(end.screen, /1 event lost/);
});

test("a host that cannot trace: the screen names what is missing, exit code 4", async () => {
  const command = "scripts/devmem-trace live --bpftrace /nowhere";
  const end = await inTerminal(command, async (terminal) => {
    await terminal.until(/cannot|needs|not installed|no devmem/i);
    terminal.keys("q");
    return terminal.end();
  });
  isAsBefore(end);
  assert.equal(end.code, 4);
});

if (isGuestChosen("trixie"))
  describe("live in trixie", () => {
    let terminal: Terminal;
    before(() => {
      terminal = new Terminal("npm start -- --guest trixie", 120, 40);
    });
    after(() => terminal.close());

    test("the leak appears, with its number", async (context) => {
      await terminal.until(/Waiting|\[1 Sockets\]/i);
      terminal.keys("2");
      const screen = await terminal.until(/^.*\b(lingering|reclaimed)\b.*\b23\b.*$/m);
      context.diagnostic(delay(screen));
    });

    test("drill down, back, filter, sort", async () => {
      terminal.keys("Enter");
      const life = await terminal.until(/23 tokens held/);
      assert.match(life, /first token, from dma-buf 1 on devmem0/);
      terminal.keys("Escape");
      // A key right behind Escape would be one with Alt.
      await terminal.until(/^(?![\s\S]*first token, from)[\s\S]*\[2 Leaks\]/);
      terminal.keys("1", "/");
      await terminal.until(/filter/i);
      terminal.keys("nobody", "Enter");
      await terminal.until(/\[1 Sockets\](?![\s\S]*192\.0\.2\.2)/);
      terminal.keys("Escape");
      await terminal.until(/192\.0\.2\.2/);
      const sorted = terminal.screen();
      terminal.keys("s");
      await terminal.until(new RegExp(`^(?![\\s\\S]*${columnOf(sorted)}▼)`));
    });

    test("pause, resume, resize", async () => {
      terminal.keys("Space");
      await terminal.until(/PAUSED/);
      terminal.keys("Space");
      await terminal.until(/^(?![\s\S]*PAUSED)/);
      for (const [columns, rows] of [
        [40, 10],
        [300, 100],
        [80, 24],
      ] as const) {
        terminal.resize(columns, rows);
        const screen = await terminal.until(/Sockets/);
        assert.ok(screen.split("\n").every((line) => [...line].length <= columns));
      }
    });

    test("quit: the report, its exit code, the terminal as before", async () => {
      terminal.keys("q");
      const end = await terminal.end();
      isAsBefore(end);
      assert.equal(end.code, 23);
      assert.match(end.screen, /verdict: leak/);
    });
  });

/** The header has the time of the newest event on screen, the row that of the close. */
function delay(screen: string): string {
  const row = screen.split("\n").find((line) => /lingering|reclaimed/.test(line)) as string;
  const shown = Number(/([\d.]+) s\s*$/m.exec(screen)?.[1]);
  const closed = Number(/[\d.]+/.exec(row)?.[0]);
  return `from the close to the newest event of the first screen that shows it: ${Math.round((shown - closed) * 1000)} ms`;
}

function columnOf(screen: string): string {
  return /([A-Z/]+)▼/.exec(screen)?.[1] ?? assert.fail("no column is sorted by");
}
