// tui - The cost of the screen: frames of 2,000 sockets that all change, and its memory over a million events. No guest.

import { PassThrough, Writable } from "node:stream";
import type { ReadStream, WriteStream } from "node:tty";
import type { Event } from "../../../collector/events/event.ts";
import { glyphs } from "../../../tui/draw/glyphs.ts";
import { frame } from "../../../tui/layout/frame.ts";
import { openScreen, type Screen } from "../../../tui/screen/screen.ts";
import { newModel } from "../../../tui/state/model.ts";
import { feed, newScreenState, type ScreenState } from "../../../tui/state/screen-state.ts";
import { viewOf } from "../../../tui/state/view.ts";
import { headerOf } from "../header.ts";
import { liveHeap } from "../heap.ts";

const SOCKETS = 2000;
const FRAMES = 300;
const WARM_UP = 10;
const [WIDTH, HEIGHT] = [120, 40];
const EVENTS = 1_000_000;
/** Few, so that the events cover a long time and not many sockets. */
const FEW = 50;

const sk = (i: number) => `ff110001${(i * 64).toString(16).padStart(8, "0")}`;
const addresses = { laddr: "192.0.2.1", lport: 5201, raddr: "192.0.2.2" };

/** First tokens of socket `i`. */
function first(i: number): Event {
  return {
    kind: "socket",
    t: i + 1,
    sk: sk(i),
    born: i + 1,
    binding: "b",
    dmabuf: 1,
    bytes: 2 ** 30,
    shift: 12,
    ifindex: 2,
    ifname: "devmem0",
    issued: 0,
    before: 0,
    netns: 1,
    ...addresses,
    rport: 10000 + i,
    pid: 100 + (i % 50),
    comm: "receiver",
  } as Event;
}

/** Its totals in round `round`, half a second apart: what it holds rises and falls. */
function totals(i: number, round: number): Event {
  const issued = round * 640;
  const returned = issued - ((i * 7 + round * 13) % 97);
  const t = round * 5e8 + i;
  return { kind: "count", t, sk: sk(i), born: i + 1, issued, returned, linear: 0, closed: 0 };
}

function newRun(sockets: number): ScreenState {
  const state = newScreenState(headerOf("counts"));
  for (let i = 0; i < sockets; i++) feed(state, first(i));
  return state;
}

function round(state: ScreenState, sockets: number, n: number): void {
  for (let i = 0; i < sockets; i++) feed(state, totals(i, n));
}

/** blessed on a terminal that accepts everything at once. */
function nowhere(): Screen {
  const output = Object.assign(new Writable({ write: (_chunk, _encoding, done) => done() }), {
    isTTY: true,
    columns: WIDTH,
    rows: HEIGHT,
  });
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  const listener = { key: () => {}, resize: () => {} };
  return openScreen(
    input as unknown as ReadStream,
    output as unknown as WriteStream,
    { colours: true, unicode: true },
    listener,
  );
}

function draw(screen: Screen, state: ScreenState): void {
  const phase = { is: "running" } as const;
  const status = { source: "bench", phase, state, replay: null, warning: "" };
  screen.draw(frame(viewOf(status, newModel(), glyphs(true)), WIDTH, HEIGHT));
}

/** CPU time of each frame, ms, ascending, so that other load matters little. The first frames warm up. */
function frameTimes(): number[] {
  const state = newRun(SOCKETS);
  const screen = nowhere();
  const times: number[] = [];
  for (let n = 1; n <= FRAMES + WARM_UP; n++) {
    round(state, SOCKETS, n);
    const before = process.cpuUsage();
    draw(screen, state);
    const { user, system } = process.cpuUsage(before);
    if (n > WARM_UP) times.push((user + system) / 1e3);
  }
  screen.leave();
  return times.sort((a, b) => a - b);
}

/** Heap after a million events / after the first fifth of them. */
function growth(): number {
  const state = newRun(FEW);
  const rounds = EVENTS / FEW;
  let early = 0;
  for (let n = 1; n <= rounds; n++) {
    round(state, FEW, n);
    if (n === rounds / 5) early = liveHeap();
  }
  return liveHeap() / early;
}

const times = frameTimes();
const at = (share: number) => (times[Math.floor((times.length - 1) * share)] as number).toFixed(2);
console.log(`Screen, ${SOCKETS} sockets all changing, ${WIDTH}x${HEIGHT}:`);
console.log(`  frame p50 ${at(0.5)} ms, p95 ${at(0.95)} ms of CPU; aim p95 5 ms`);
console.log(`  heap after ${EVENTS} events / after ${EVENTS / 5}: ${growth().toFixed(3)}`);
