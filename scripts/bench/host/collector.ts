// collector - The cost of bpftrace's text on its way to the ledger at level tokens: events per second, bytes per token held.

import { Readable } from "node:stream";
import { readLines } from "../../../collector/bpftrace/bpftrace.ts";
import { epoch, parse } from "../../../collector/events/parse.ts";
import { apply, newLedger } from "../../../collector/ledger/ledger.ts";
import type { Ledger } from "../../../collector/ledger/state/ledger.ts";
import { headerOf } from "../header.ts";
import { liveHeap } from "../heap.ts";
import { median } from "../stats.ts";

const SOCKETS = 16;
const BATCH = 64;
/** Batches that a socket holds: what is returned is not what was issued last. */
const BEHIND = 4;
const LINES = 400_000;
const ROUNDS = 7;
const HELD = 500_000;
/** Bytes that a full pipe delivers at once. */
const PIPE = 65536;

const header = headerOf("tokens");
const from = epoch(header.t0);
let now = 50_000_000_000;

/** A line as `bpftrace -f json` prints it. */
function envelope(text: string): string {
  return `{"type": "printf", "data": "${text}\\n"}\n`;
}

const sk = (i: number) => `ff11000114${(i * 64).toString(16).padStart(6, "0")}`;
const task = "pid=19100 comm=receiver";

function first(i: number): string {
  now += 1000;
  return envelope(
    `socket t=${now} sk=${sk(i)} born=${now} binding=ff110001031a2360 dmabuf=1 bytes=1073741824 shift=12 ifindex=2 ifname=devmem0 issued=0 before=0 netns=4026531840 laddr=192.0.2.1 lport=5201 raddr=192.0.2.2 rport=${20000 + i} ${task}`,
  );
}

function issue(i: number, token: number): string {
  now += 1500;
  const offset = (token % 262144) * 4096;
  return envelope(
    `issue t=${now} sk=${sk(i)} token=${token} dmabuf=1 offset=${offset} size=4096 tid=19107 ${task}`,
  );
}

function giveBack(i: number, token: number): string {
  now += 1500;
  return envelope(`return t=${now} sk=${sk(i)} first=${token} count=1 tid=19107 ${task}`);
}

/** Tokens of a batch: numbers are used again after their return. */
function batch(n: number): number[] {
  const start = 1 + (n % (BEHIND + 1)) * BATCH;
  return Array.from({ length: BATCH }, (_, k) => start + k);
}

/** Sockets that receive, and return BEHIND batches later; `lines` lines. */
function stream(lines: number): string {
  const text = Array.from({ length: SOCKETS }, (_, i) => first(i));
  for (let n = 0; text.length < lines; n++)
    for (let i = 0; i < SOCKETS; i++) {
      text.push(...batch(n).map((token) => issue(i, token)));
      if (n >= BEHIND) text.push(...batch(n - BEHIND).map((token) => giveBack(i, token)));
    }
  return text.slice(0, lines).join("");
}

/** Reads what bpftrace printed, `PIPE` characters at a time, as live does. */
async function feed(ledger: Ledger, text: string): Promise<void> {
  for await (const line of readLines(Readable.from(pieces(text)))) {
    const event = line.kind === "text" ? parse(line.text, from) : null;
    if (!event) throw new Error(`not read: ${JSON.stringify(line)}`);
    apply(ledger, event);
  }
}

function* pieces(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += PIPE) yield text.slice(at, at + PIPE);
}

async function eventsPerSecond(text: string): Promise<number> {
  const before = process.cpuUsage();
  await feed(newLedger(header), text);
  const { user, system } = process.cpuUsage(before);
  return (LINES / (user + system)) * 1e6;
}

async function bytesPerToken(): Promise<number> {
  const ledger = newLedger(header);
  await feed(ledger, first(0));
  const before = liveHeap();
  for (let token = 1; token <= HELD; token += BATCH)
    await feed(ledger, Array.from({ length: BATCH }, (_, k) => issue(0, token + k)).join(""));
  const held = ledger.sockets[0]?.tokens.size ?? 0;
  if (held < HELD) throw new Error(`the ledger holds ${held} of ${HELD} tokens`);
  return (liveHeap() - before) / held;
}

/** Live heap after more rounds of the same traffic / after the first. */
async function growth(text: string): Promise<number> {
  const ledger = newLedger(header);
  await feed(ledger, text);
  const early = liveHeap();
  for (let round = 1; round < ROUNDS; round++) await feed(ledger, text);
  return liveHeap() / early;
}

const text = stream(LINES);
const rates: number[] = [];
for (let round = 0; round < ROUNDS; round++) rates.push(await eventsPerSecond(text));
console.log(
  `Text to ledger, level tokens, ${SOCKETS} sockets, ${ROUNDS} rounds of ${LINES} events, per second of CPU time:`,
);
console.log(`  median ${Math.round(median(rates))} events/s, ${rates.map(Math.round).join(" ")}`);
console.log(`  heap after ${ROUNDS} rounds / after 1: ${(await growth(text)).toFixed(3)}`);
console.log(`  ${(await bytesPerToken()).toFixed(0)} bytes per token held, ${HELD} of them`);
