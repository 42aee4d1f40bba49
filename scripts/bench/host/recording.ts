// recording - The cost of recordings: writing, replay to the end and jumps in ten million events; the size of a busy hour.
//
// Times are CPU time of one core without the disk, so that other load matters little.

import { spawnSync } from "node:child_process";
import { mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Event, Level } from "../../../collector/events/event.ts";
import { openRecording } from "../../../collector/recording/files.ts";
import { readWhole } from "../../../collector/recording/follow.ts";
import { blockWriter } from "../../../collector/recording/format/writer.ts";
import { openPlayer } from "../../../collector/recording/player.ts";
import { runVerdict } from "../../../collector/verdict/run-verdict.ts";
import { replaySource } from "../../../tui/sources/replay-source.ts";
import { headerOf } from "../header.ts";
import { median } from "../stats.ts";

const EVENTS = Number(process.env.DEVMEM_TRACE_BENCH_EVENTS ?? 10_000_000);
const SOCKETS = 256;
/** Sockets whose tokens are recorded one by one. */
const SINGLE = 8;
const BATCH = 64;
const LEAK_EVERY = 100_000;
const JUMPS = 40;
const HALF_SECOND = 5e8;
const HOUR = 3600e9;

/** The same numbers in every run. */
let state = 1;
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

interface Socket {
  sk: string;
  born: number;
  issued: number;
  returned: number;
  /** Tokens per half second. */
  rate: number;
  port: number;
}

const task = { pid: 19100, comm: "receiver" };
const bound = {
  binding: "ff110001031a2360",
  dmabuf: 1,
  bytes: 2 ** 30,
  shift: 12,
  ifindex: 2,
  ifname: "devmem0",
};
let pointers = 0;

function open(t: number): [Socket, Event] {
  const n = pointers++;
  const sk = `ff11000${(Math.floor(random() * 2 ** 25) * 64).toString(16).padStart(9, "0")}`;
  const socket = {
    sk,
    born: t,
    issued: 0,
    returned: 0,
    rate: 200 + random() ** 4 * 20_000,
    port: 20000 + (n % 40000),
  };
  return [
    socket,
    {
      kind: "socket",
      t: t + 300_000,
      sk,
      born: t,
      ...bound,
      issued: 0,
      before: 0,
      netns: 4026531840,
      ...addresses(socket),
      ...task,
    },
  ];
}

function addresses({ port }: Socket) {
  return { laddr: "192.0.2.1", lport: 5201, raddr: "192.0.2.2", rport: port };
}

function totals({ sk, born, issued, returned }: Socket) {
  return { sk, born, issued, returned, linear: 0 };
}

/** The line of every socket from the walk of counts.bt, twice a second, some µs apart. */
function* walk(sockets: Socket[], from: number): Generator<Event> {
  let t = from + 100_000 + Math.floor(random() * 300_000);
  for (const socket of sockets) {
    t += 4000 + Math.floor(random() * 6000);
    socket.issued += Math.floor(socket.rate * (0.7 + 0.6 * random()));
    socket.returned = socket.issued - Math.floor(random() * 128);
    yield { kind: "count", t, ...totals(socket), closed: 0 };
  }
}

/** One socket closes holding 23 tokens, another takes its place. */
function* turnover(sockets: Socket[], at: number, t: number): Generator<Event> {
  const old = sockets[at] as Socket;
  old.issued += 23;
  old.returned = old.issued - 23;
  yield { kind: "close", t, ...totals(old), xa: 1, bytes: old.issued * 4000, ...addresses(old), ...task };
  yield { kind: "destroy", t: t + 3e6, ...totals(old), closed: t - 1e5, xa: 0 };
  const [next, event] = open(t + 4e6);
  sockets[at] = next;
  yield event;
}

/** Batches issued and returned, a token each: numbers and pages are used again. */
function* tokens(socket: Socket, round: number, from: number): Generator<Event> {
  let t = from;
  const first = 1 + (round % 5) * BATCH;
  for (let token = first; token < first + BATCH; token++) {
    t += 1200 + Math.floor(random() * 600);
    const offset = Math.floor(random() * 262144) * 4096;
    yield { kind: "issue", t, sk: socket.sk, token, dmabuf: 1, offset, size: 4096, tid: 19107, ...task };
  }
  for (let token = first; token < first + BATCH; token++) {
    t += 1200 + Math.floor(random() * 600);
    yield { kind: "return", t, sk: socket.sk, first: token, count: 1, tid: 19107, ...task };
  }
}

/** An endless trace. */
function* trace(level: Level): Generator<Event> {
  const sockets: Socket[] = [];
  yield { kind: "bind", t: 1000, ...bound, netns: 4026531840, ...task };
  for (let i = 0; i < SOCKETS; i++) {
    const [socket, event] = open(2_000_000 + i * 1000);
    sockets.push(socket);
    yield event;
  }
  for (let n = 1, recorded = 0; ; n++) {
    const t = n * HALF_SECOND;
    if (n % 2 === 0) yield { kind: "tick", t };
    yield* walk(sockets, t);
    if (level === "tokens")
      for (let i = 0; i < SINGLE; i++) yield* tokens(sockets[i] as Socket, n, t + 1e7 + i * 1e6);
    recorded += SOCKETS + (level === "tokens" ? SINGLE * BATCH * 2 : 0);
    if (recorded < LEAK_EVERY) continue;
    recorded = 0;
    yield* turnover(sockets, n % SOCKETS, t + 4e8);
  }
}

/** Writes events up to a number or a time; their number, and the CPU seconds without generating them. */
function write(file: string, level: Level, most: number, until: number) {
  const writer = blockWriter(headerOf(level));
  const fd = openSync(file, "w");
  writeSync(fd, writer.start());
  let [events, spent, last] = [0, 0, 0];
  let batch: Event[] = [];
  const flush = () => {
    const before = process.cpuUsage();
    for (const event of batch) {
      const bytes = writer.take(event);
      if (bytes) writeSync(fd, bytes);
    }
    const { user, system } = process.cpuUsage(before);
    spent += (user + system) / 1e6;
    batch = [];
  };
  for (const event of trace(level)) {
    if (events >= most || event.t > until) break;
    events += 1;
    last = Math.max(last, event.t);
    batch.push(event);
    if (batch.length === 65536) flush();
  }
  batch.push({ kind: "end", t: last, reason: "stopped", detail: "" });
  flush();
  const rest = writer.end();
  if (rest) writeSync(fd, rest);
  return { events, spent };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const peakMiB = () => process.resourceUsage().maxRSS / 1024;

/** Reads to the end, in a process of its own, whose memory is measured. */
async function replay(file: string): Promise<void> {
  const before = cpuSeconds();
  const ledger = await readWhole(await openRecording(file));
  const spent = cpuSeconds() - before;
  const { verdict } = runVerdict(ledger);
  console.log(JSON.stringify({ spent, peak: peakMiB(), verdict, sockets: ledger.sockets.length }));
}

/** Jumps to random times: the ledger alone, and the screen. */
async function jump(file: string): Promise<void> {
  const player = await openPlayer(file);
  const at: number[] = [];
  for (let i = 0; i < JUMPS; i++) at.push(await cpuMs(async () => player.at(random() * player.end * 0.9)));
  const source = replaySource("bench", async () => player);
  await source.run(() => {});
  const screen: number[] = [];
  for (let i = 0; i < JUMPS; i++)
    screen.push(await cpuMs(() => source.command({ do: "jump", to: `${Math.floor(random() * 90)}%` })));
  console.log(JSON.stringify({ at, screen, peak: peakMiB() }));
}

async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = cpuSeconds();
  await work();
  return (cpuSeconds() - before) * 1e3;
}

function apart(what: "replay" | "jump", file: string) {
  const run = spawnSync(process.execPath, [fileURLToPath(import.meta.url), what, file], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(run.stdout);
}

const spread = (ms: number[]) => `median ${median(ms).toFixed(0)} ms, most ${Math.max(...ms).toFixed(0)} ms`;
const MB = (file: string) => statSync(file).size / 1e6;

function measure(dir: string): void {
  const hour = join(dir, "hour.dmt");
  const busy = write(hour, "counts", Number.POSITIVE_INFINITY, HOUR);
  console.log(`A busy hour of ${SOCKETS} sockets, level counts: ${busy.events} events`);
  console.log(
    `  ${MB(hour).toFixed(1)} MB, ${((MB(hour) * 1e6) / busy.events).toFixed(1)} bytes an event; aim 20 MB`,
  );
  figures(hour, busy);
  const many = join(dir, "many.dmt");
  const written = write(many, "tokens", EVENTS, Number.POSITIVE_INFINITY);
  console.log(`${written.events} events, levels counts and tokens mixed: ${MB(many).toFixed(1)} MB`);
  figures(many, written);
}

function figures(file: string, { events, spent }: ReturnType<typeof write>): void {
  const million = (seconds: number) => `${(events / seconds / 1e6).toFixed(2)} million events/s`;
  console.log(`  written   ${million(spent)}`);
  const { spent: read, peak, verdict, sockets } = apart("replay", file);
  console.log(`  replayed  ${million(read)}, peak ${peak.toFixed(0)} MiB: ${verdict}, ${sockets} sockets`);
  const jumps = apart("jump", file);
  console.log(
    `  jumps     ledger ${spread(jumps.at)}; screen ${spread(jumps.screen)}; peak ${jumps.peak.toFixed(0)} MiB`,
  );
}

const [what, file] = process.argv.slice(2);
if (what === "replay" && file) await replay(file);
else if (what === "jump" && file) await jump(file);
else {
  const dir = mkdtempSync(join(tmpdir(), "devmem-trace-bench-"));
  try {
    measure(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}
