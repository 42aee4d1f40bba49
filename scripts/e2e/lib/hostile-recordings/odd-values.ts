// odd-values - Values that nobody measured, and texts that mean something to whoever shows them.

import { deflateRawSync } from "node:zlib";
import { bind, close, count, error, issue, lost, type Recordings, SMALL, socket } from "./events.ts";
import { MIB, recording } from "./files.ts";

const EVIL =
  "=1+1<img src=x onerror=alert(1)>\u001b]52;c;QQ==\u0007\u202e\u2066\u0085`|*_[a](http://e.example)\r\n# heading\n@octocat www.e.example ![p](http://e.example/p.png) &amp; \u2028\u200b\ud800 $(0) %n \\ \" '";
const NAMES = [
  "",
  " ",
  EVIL,
  "__proto__",
  "constructor",
  "-2+3",
  "@SUM(1)",
  "\t=1",
  "a;b 5",
  "| x |\n|---|",
  "\ufeff",
  "\u{1f469}\u200d\u{1f4bb}",
];

/** Every kind of text from the traced side is hostile, and so is the header. */
function* hostileTexts(): Generator<unknown> {
  for (const [i, name] of NAMES.entries()) {
    const at = { sk: `s${i}`, born: 5 + i, t: 10 + i };
    yield bind({ binding: `b${i}`, dmabuf: i + 1, ifname: name, comm: name, t: i });
    yield { kind: "process", t: i, pid: 100 + i, started: 1, cgroup: name };
    yield { kind: "caller", t: i, tid: 100 + i, pid: 100 + i, stack: `${name};main;${name}` };
    yield issue({ ...at, dmabuf: i + 1, tid: 100 + i, comm: name });
    yield socket({
      ...at,
      binding: `b${i}`,
      dmabuf: i + 1,
      ifname: name,
      comm: name,
      laddr: name,
      raddr: name,
      pid: 100 + i,
    });
    yield count({ ...at, t: 40 + i, issued: 5, returned: 1 });
    yield { kind: "sample", t: 40 + i, tid: 100 + i, pid: 100 + i, stack: `${name};tcp_recvmsg` };
    yield error({ ...at, t: 50 + i, comm: name });
    yield close({
      ...at,
      t: 60 + i,
      issued: 5,
      returned: 1,
      laddr: name,
      raddr: name,
      comm: `${name}x`,
      pid: 9,
    });
    yield { kind: "unbind", t: 80 + i, binding: `b${i}`, dmabuf: i + 1, pid: 7, comm: name };
    yield { kind: "bindfail", t: 81 + i, err: -22, ifindex: 2, ifname: name, pid: 7, comm: name };
    yield lost({ t: 82 + i, what: "skipped", detail: name });
    yield { kind: "gap", t: 84 + i, from: 83 + i, detail: name };
    yield { kind: "resumed", t: 85 + i };
    yield { kind: "unchecked", t: 86 + i, detail: name };
    yield { kind: "program", t: 87 + i, ns: 1, runs: 1, name };
  }
  yield { kind: "end", t: 200, reason: "died", detail: EVIL };
}

/** The life of a socket, from one end of the clock to the other. */
const timesTo = (ns: number) => [
  bind({ t: -ns }),
  socket({ t: -ns / 2, born: -ns / 2 }),
  count({ t: ns, born: -ns / 2, issued: 9 }),
  close({ t: ns, born: -ns / 2, issued: 9, xa: 1 }),
];

/** Name → what makes it. */
export const ODD_VALUES: Recordings = {
  "texts in every field": () =>
    recording(hostileTexts(), {
      level: "tokens",
      tool: EVIL,
      bpftrace: EVIL,
      host: EVIL,
      bootId: EVIL,
      command: NAMES,
      kernel: { release: EVIL, variant: "xarray" },
    }),
  "numbers out of range": () =>
    recording([
      bind({ bytes: Number.MAX_SAFE_INTEGER, shift: 2000 }),
      bind({ binding: "b1", bytes: -5, shift: -2000, dmabuf: -1 }),
      socket({ shift: -1100, lport: -1, rport: 1e15, pid: -7, netns: -1 }),
      count({ issued: Number.MAX_SAFE_INTEGER, returned: -Number.MAX_SAFE_INTEGER }),
      close({ t: 9.2e18, issued: -5, bytes: -1 }),
      lost({ count: -5 }),
      lost({ count: 5 }),
      lost({ count: 3, what: "skipped", detail: "constructor" }),
      lost({ count: 3, what: "skipped", detail: "__proto__" }),
      { kind: "dry", t: 1, binding: "b0", failed: -9 },
    ]),
  "a wall clock that is none": () => recording(SMALL, { wall: "yesterday" }),
  "a wall clock beyond all dates": () =>
    recording(SMALL, { wall: "+275760-09-13T00:00:00.000Z", t0: "9999999999999999999" }),
  "a header of other types": () =>
    recording(SMALL, { host: { toString: 1 }, command: "abc", stretch: null, boottime: "soon", bootId: 5 }),
  "a stretch without triggers": () => recording(SMALL, { stretch: { from: "x", triggers: 5 } }),
  "a variant every object has": () => recording(SMALL, { kernel: { release: "6", variant: "constructor" } }),
  "times far apart": () =>
    recording(timesTo(1.15e18), { wall: "2199-12-31T23:59:59Z", t0: "1150000000000000000" }),
  "times beyond all clocks": () => recording(timesTo(9.2e18)),
  "bytes that are nothing": () => deflateRawSync(Buffer.alloc(MIB)),
};
