// hostile-recordings - Recordings made to exhaust their reader: small files that ask for much memory, time or nesting.

import { deflateRawSync, gzipSync } from "node:zlib";
import { FIELD_NAMES } from "../../../collector/recording/format/columns.ts";
import { frameOf } from "../../../collector/recording/format/frames.ts";
import { cases } from "../../../collector/testing/gauntlet.ts";

const MIB = 2 ** 20;
/** Bytes of text that a recording of many events has, about; in full with --all. */
const TEXT_BYTES = cases(1, 6) * MIB;

type Values = Record<string, unknown>;

const HEADER = {
  devmemTrace: 2,
  tool: "devmem-trace 0",
  level: "counts",
  kernel: { release: "6.12.0", variant: "xarray" },
  bpftrace: "0.23.2",
  t0: "4000000000",
  wall: "2026-03-01T08:00:00.000Z",
};
const DMABUF = { dmabuf: 3, bytes: 2 ** 24, shift: 12, ifindex: 2, ifname: "eth0" };
const ENDS = { laddr: "192.0.2.7", lport: 5201, raddr: "192.0.2.9", rport: 33000 };
const TASK = { pid: 61, comm: "receiver" };
const SUMS = { issued: 0, returned: 0, linear: 0 };

const bind = (values: Values = {}) => ({
  kind: "bind",
  t: 1,
  binding: "b0",
  ...DMABUF,
  netns: 1,
  ...TASK,
  ...values,
});
const socket = (values: Values = {}) => ({
  kind: "socket",
  t: 5,
  sk: "s0",
  born: 5,
  binding: "b0",
  ...DMABUF,
  issued: 0,
  before: 0,
  netns: 1,
  ...ENDS,
  ...TASK,
  ...values,
});
const count = (values: Values = {}) => ({
  kind: "count",
  t: 9,
  sk: "s0",
  born: 5,
  ...SUMS,
  closed: 0,
  ...values,
});
const close = (values: Values = {}) => ({
  kind: "close",
  t: 90,
  sk: "s0",
  born: 5,
  ...SUMS,
  xa: 0,
  bytes: 4096,
  ...ENDS,
  ...TASK,
  ...values,
});
const destroy = (values: Values = {}) => ({
  kind: "destroy",
  t: 99,
  sk: "s0",
  born: 5,
  ...SUMS,
  closed: 90,
  xa: 0,
  ...values,
});
const issue = (values: Values = {}) => ({
  kind: "issue",
  t: 6,
  sk: "s0",
  token: 1,
  dmabuf: 3,
  offset: 4096,
  size: 4096,
  tid: 61,
  ...TASK,
  ...values,
});
const error = (values: Values = {}) => ({
  kind: "recverr",
  t: 7,
  sk: "s0",
  born: 5,
  err: -14,
  ...TASK,
  ...values,
});
const lost = (values: Values = {}) => ({
  kind: "lost",
  t: 8,
  count: 1,
  what: "parse",
  detail: "",
  ...values,
});

/** A recording of these lines; what is text already stays. */
function recording(lines: Iterable<unknown>, header: Values = {}): Buffer {
  const texts = [JSON.stringify({ ...HEADER, ...header })];
  for (const line of lines) texts.push(typeof line === "string" ? line : JSON.stringify(line));
  return Buffer.from(`${texts.join("\n")}\n`);
}

/** As many as fit into TEXT_BYTES, after `before`. */
function* many(
  make: (i: number) => unknown,
  before: unknown[] = [],
  most = Number.POSITIVE_INFINITY,
): Generator<unknown> {
  yield* before;
  let left = TEXT_BYTES;
  for (let i = 0; left > 0 && i < most; i++) {
    const one = make(i);
    const lines = Array.isArray(one) ? one : [one];
    for (const line of lines) {
      const text = typeof line === "string" ? line : JSON.stringify(line);
      left -= text.length + 1;
      yield text;
    }
  }
}

/** Frames of `lines`, each repeated. */
function frames(header: Values, ...lines: [line: string, times: number][]): Buffer {
  const head = frameOf(`${JSON.stringify({ ...HEADER, fields: FIELD_NAMES, ...header })}\n`);
  const rest = lines.flatMap(([line, times]) => {
    const frame = frameOf(`${line}\n`);
    return Array.from({ length: times }, () => frame);
  });
  return Buffer.concat([head, ...rest]);
}

/** A block of `rows` events of one kind, in which every column is one number: the step from row to row. */
function steady(
  kind: string,
  values: Values,
  rows: number,
  first: number,
  texts: string[],
  fresh: boolean,
): string {
  const names = FIELD_NAMES[kind] as string[];
  const columns = names.map((name) => values[name] ?? 0);
  return JSON.stringify({ first, fresh, texts, order: [kind, rows], columns: { [kind]: columns } });
}

/** So many blocks of sockets, each of another birth, in a few bytes. */
function socketBlocks(blocks: number): Buffer {
  const texts = ["s0", "b0", "eth0", "192.0.2.7", "192.0.2.9", "receiver"];
  const values = {
    t: 1,
    sk: 0,
    born: 1,
    binding: 1,
    dmabuf: 0,
    shift: 0,
    ifname: 2,
    laddr: 3,
    raddr: 4,
    comm: 5,
  };
  const lines = Array.from({ length: blocks }, (_, i): [string, number] => [
    steady("socket", values, 4096, i * 4096, texts, true),
    1,
  ]);
  return frames({}, ...lines);
}

function bindBlocks(blocks: number): Buffer {
  const texts = ["b0", "eth0", "receiver"];
  const lines = Array.from({ length: blocks }, (_, i): [string, number] => [
    steady("bind", { t: 1, dmabuf: 1, ifname: 1, comm: 2 }, 4096, i * 4096, texts, true),
    1,
  ]);
  return frames({}, ...lines);
}

/** A frame that holds `piece` until it is as large as a frame can be. */
function full(piece: string): Buffer {
  return frameOf(piece.repeat(Math.floor((2 ** 25 - 1) / piece.length)));
}

function bomb(header: Values, piece: Buffer, times: number): Buffer {
  const head = gzipSync(`${JSON.stringify({ ...HEADER, ...header })}\n`);
  const member = gzipSync(piece, { level: 9 });
  return Buffer.concat([head, ...Array.from({ length: times }, () => member)]);
}

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

const SMALL = [
  bind(),
  socket(),
  count({ issued: 5, returned: 2 }),
  close({ issued: 5, returned: 2, xa: 1 }),
  destroy({ issued: 5, returned: 2 }),
];

/** A stack of so many frames, each of its own name. */
const stack = (frames: number, name = "f") =>
  Array.from({ length: frames }, (_, i) => `${name}${i}`).join(";");

function* steps(sockets: number): Generator<unknown> {
  yield* many(
    (i) => [count({ sk: `s${i % sockets}`, t: 5e6 * (i + 1), issued: 2 * i + (i % 2), returned: i })],
    [bind(), ...Array.from({ length: sockets }, (_, i) => socket({ sk: `s${i}` }))],
  );
}

/** Name → what makes it. Each is a recording, or what claims to be one. */
export const HOSTILE: Readonly<Record<string, () => Buffer>> = {
  // Few bytes, many things.
  "sockets in blocks": () => socketBlocks(192),
  "bindings in blocks": () => bindBlocks(192),
  "a gzip of empty lines": () => bomb({}, Buffer.alloc(64 * MIB, "\n"), 16),
  "a gzip of one line": () => bomb({}, Buffer.alloc(64 * MIB, "x"), 16),
  "a gzip of sockets": () =>
    bomb({}, recording(many((i) => socket({ sk: i.toString(16), t: i }))).subarray(recording([]).length), 64),
  "frames of empty lines": () => Buffer.concat([frames({}), ...Array.from({ length: 16 }, () => full("\n"))]),
  "frames of one deep value": () =>
    Buffer.concat([frames({}), ...Array.from({ length: 8 }, () => full("["))]),
  "a frame of many values": () =>
    Buffer.concat([
      frames({}),
      frameOf(`[${"0,".repeat(2 ** 23)}0]\n`),
      frameOf(`[${"{},".repeat(2 ** 22)}0]\n`),
    ]),
  "blocks of many texts": () =>
    frames({}, [
      JSON.stringify({
        first: 0,
        fresh: true,
        texts: Array.from({ length: 2 ** 20 }, () => ""),
        order: ["tick", 1],
        columns: { tick: [1] },
      }),
      32,
    ]),
  "a past for each text": () =>
    frames(
      {},
      ...Array.from({ length: 128 }, (_, b): [string, number] => [
        JSON.stringify({
          first: b * 4096,
          fresh: b === 0,
          texts: Array.from({ length: 4096 }, (_, i) => `${b} ${i}`),
          order: ["count", 4096],
          columns: { count: [1, Array.from({ length: 4096 }, (_, i) => b * 4096 + i), 5, 0, 0, 0, 0] },
        }),
        1,
      ]),
    ),
  "a header of many columns": () =>
    frames(
      {
        fields: { ...FIELD_NAMES, free: ["t", "binding", ...Array.from({ length: 3e5 }, (_, i) => `f${i}`)] },
      },
      [
        JSON.stringify({
          first: 0,
          fresh: true,
          texts: Array.from({ length: 4096 }, (_, i) => `${i}`),
          order: ["free", 4096],
          columns: {
            free: [1, Array.from({ length: 4096 }, (_, i) => i), ...Array.from({ length: 3e5 }, () => 0)],
          },
        }),
        1,
      ],
    ),

  // Many of one kind.
  sockets: () =>
    recording(
      many((i) => socket({ sk: i.toString(16), t: i, born: i + 1, lport: i % 65536, pid: i }), [bind()]),
    ),
  "closed sockets": () =>
    recording(
      many(
        (i) => {
          const at = { sk: i.toString(16), t: i, born: i + 1 };
          return [socket({ ...at, pid: i }), close({ ...at, issued: 9, returned: 2, xa: 1, comm: `c${i}` })];
        },
        [bind()],
      ),
    ),
  "sockets at one address": () => recording(many((i) => socket({ t: i, born: i + 1 }), [bind()])),
  "sockets of programs and devices": () =>
    recording(
      many((i) =>
        socket({
          sk: i.toString(16),
          t: i,
          born: i + 1,
          comm: `c${i}`,
          ifname: `e${i}`,
          binding: `b${i}`,
          dmabuf: i,
        }),
      ),
    ),
  bindings: () =>
    recording(many((i) => bind({ binding: i.toString(16), t: i, dmabuf: i, ifname: `eth${i}` }))),
  "bindings bound again": () =>
    recording(
      many((i) => [bind({ t: i, dmabuf: i }), { kind: "unbind", t: i, binding: "b0", dmabuf: i, ...TASK }]),
    ),
  "sockets times bindings": () =>
    recording(
      many((i) =>
        socket({ sk: `s${i % 97}`, born: 5, t: i, binding: `b${i % 4099}`, dmabuf: i % 4099, issued: i }),
      ),
    ),
  "a socket of many bindings": () =>
    recording(
      many((i) => [socket({ binding: `b${i}`, t: i, dmabuf: i, issued: i }), count({ t: i, issued: i + 1 })]),
    ),
  "closes of sockets beside bindings": () =>
    recording(
      many(
        (i) => {
          const at = { sk: `s${i}`, born: i + 1, t: i * 2e6, binding: `b${i % 4099}` };
          return [socket(at), close({ ...at, issued: 3, xa: 1 })];
        },
        Array.from({ length: 4099 }, (_, i) => bind({ binding: `b${i}`, dmabuf: i })),
      ),
      { level: "tokens" },
    ),
  "sockets and unbinds": () =>
    recording(
      many((i) => [
        socket({ sk: `s${i}`, born: i + 1, t: i, binding: `b${i}`, dmabuf: i }),
        count({ sk: `s${i}`, born: i + 1, t: i, issued: 7 }),
        { kind: "unbind", t: i, binding: `b${i}`, dmabuf: i, ...TASK },
      ]),
    ),
  "ticks beside bindings": () =>
    recording(
      many(
        (i) => ({ kind: "tick", t: i }),
        Array.from({ length: 2003 }, (_, i) => [
          bind({ binding: `b${i}`, dmabuf: i }),
          socket({ sk: `s${i}`, binding: `b${i}`, dmabuf: i, kind: "manual" }),
        ]).flat(),
      ),
      { kernel: { release: "7.2", variant: "sockopt" } },
    ),
  "returns for others": () =>
    recording(
      many(
        (i) => [
          { kind: "foreign", t: i, sk: `s${i % 3}`, tokens: 1 + (i % 5), ...TASK },
          count({ sk: `s${(i + 1) % 3}`, t: i, issued: i, returned: i * 2 }),
        ],
        [bind(), ...[0, 1, 2].map((i) => socket({ kind: "manual", sk: `s${i}` }))],
      ),
      { kernel: { release: "7.2", variant: "sockopt" } },
    ),
  "exhaustion episodes": () =>
    recording(many((i) => ({ kind: "dry", t: 3e9 * i, binding: "b0", failed: i }), [bind(), socket()])),
  queues: () => recording(many((i) => ({ kind: "queue", t: i, binding: "b0", queue: i, err: 0 }), [bind()])),
  "errors of other numbers": () => recording(many((i) => error({ err: -i - 1, t: i }), [bind(), socket()])),
  "errors of strangers": () =>
    recording(many((i) => error({ err: -i - 1, t: i, sk: `x${i}`, born: 0 }), [bind()])),
  "refused dma-bufs": () =>
    recording(
      many(
        (i) => ({ kind: "second", t: i, sk: "s0", born: 5, dmabuf: i, other: i + 1, ...TASK }),
        [bind(), socket()],
      ),
    ),
  "losses of other probes": () =>
    recording(many((i) => lost({ what: "skipped", detail: `kprobe:f${i}`, t: i }), SMALL)),
  losses: () => recording(many((i) => lost({ t: i, what: "map" }), [bind(), socket()])),
  gaps: () =>
    recording(
      many(
        (i) => [
          { kind: "gap", t: 2 * i + 1, from: 2 * i, detail: `why ${i}` },
          { kind: "resumed", t: 2 * i + 1 },
        ],
        [bind(), ...Array.from({ length: 61 }, (_, i) => socket({ sk: `s${i}` }))],
      ),
    ),
  processes: () =>
    recording(many((i) => ({ kind: "process", t: i, pid: i, started: i, cgroup: `/g${i}` }), SMALL)),
  programs: () =>
    recording(many((i) => ({ kind: "program", t: i, ns: i, runs: i, name: `fentry:f${i}` }), SMALL)),
  "changes over time": () => recording(steps(1)),
  "sockets times changes over time": () => recording(steps(1009)),
  readings: () =>
    recording(
      many(
        (i) => ({
          kind: "reading",
          t: i,
          sk: `s${i % 31}`,
          born: 5,
          sockmode: 0,
          held: i % 7,
          whole: 1,
          open: 1,
          issued: 0,
          returned: 0,
          still: 1,
        }),
        [bind(), socket()],
      ),
      { level: "sampled" },
    ),
  "page counts": () =>
    recording(
      many(
        (i) => ({ kind: "inflight", t: i, dmabuf: 3, pages: i % 97 }),
        [bind(), socket(), { kind: "checked", t: 6, sockets: 1, moved: 0, unread: 0 }],
      ),
    ),
  "pages walked": () =>
    recording(
      many(
        (i) => ({
          kind: "pinned",
          t: i,
          at: "tcp_close",
          sk: "s0",
          born: 5,
          binding: "b0",
          urefs: i,
          tokens: i,
          pages: i,
          walked: i,
        }),
        [bind(), socket({ kind: "manual" })],
      ),
      { kernel: { release: "7.2", variant: "sockopt" } },
    ),
  modes: () =>
    recording(
      many(
        (i) => ({ kind: "mode", t: i, sk: `s${i}`, born: 0, mode: 0, value: i, err: -i, held: i, ...TASK }),
        [bind()],
      ),
      { kernel: { release: "7.2", variant: "sockopt" } },
    ),

  // Tokens, and who received them.
  "tokens never returned": () =>
    recording(
      many((i) => issue({ token: i, t: 10 + i, offset: i * 4096 }), [bind(), socket()]),
      { level: "tokens" },
    ),
  "tokens before their socket": () =>
    recording(
      many((i) => issue({ token: i, t: i, sk: `s${i % 20011}` })),
      { level: "tokens" },
    ),
  "a token's every return": () =>
    recording(
      many(
        (i) => ({
          kind: "return",
          t: 9 + i,
          sk: "s0",
          first: -i,
          count: Number.MAX_SAFE_INTEGER,
          tid: i,
          ...TASK,
        }),
        [bind(), socket(), issue()],
      ),
      { level: "tokens" },
    ),
  "returns of wide ranges": () =>
    recording(
      many(
        (i) => [
          issue({ token: i, t: 10 + i }),
          { kind: "return", t: 10 + i, sk: "s0", first: 2 ** 40, count: 2 ** 40, tid: 1, ...TASK },
        ],
        [bind(), socket(), ...Array.from({ length: 5000 }, (_, i) => issue({ token: 2 ** 30 + i }))],
      ),
      { level: "tokens" },
    ),
  "stacks of many frames": () =>
    recording(
      many((i) => ({ kind: "sample", t: i, tid: i, pid: 61, stack: stack(60000 + i) }), SMALL),
      { level: "profile" },
    ),
  "one stack of empty frames": () =>
    recording([...SMALL, { kind: "sample", t: 70, tid: 1, pid: 61, stack: ";".repeat(8 * MIB) }], {
      level: "profile",
    }),
  "stacks of other frames": () =>
    recording(
      many((i) => ({ kind: "sample", t: i, tid: i, pid: i, stack: stack(20, `p${i}_`) }), SMALL),
      { level: "profile" },
    ),
  "callers of many frames": () =>
    recording(
      many(
        (i) => [
          { kind: "caller", t: i, tid: i, pid: 61, stack: stack(30000, `c${i}_`) },
          ...Array.from({ length: 200 }, (_, k) => issue({ token: i * 200 + k, t: i + 9, tid: i })),
        ],
        [bind(), socket()],
      ),
      { level: "tokens" },
    ),
  "token threads": () =>
    recording(
      many((i) => issue({ token: i % 7, t: 10 + i, tid: i, pid: i }), [bind(), socket()]),
      { level: "tokens" },
    ),
  histograms: () =>
    recording(
      many(
        (i) => [
          socket({ sk: i.toString(16), born: i + 1, t: i }),
          ...["holds", "issues", "returns"].map((of) => ({
            kind: "bucket",
            t: i,
            sk: i.toString(16),
            of,
            low: 2 ** 52,
            count: 1,
          })),
        ],
        [bind()],
      ),
      { level: "profile" },
    ),

  // Long texts, and rows beside them.
  "a long name beside rows": () =>
    recording(
      many(
        (i) => socket({ sk: i.toString(16), t: i, born: i + 1 }),
        [bind({ comm: "n".repeat(MIB) }), socket({ comm: "w".repeat(MIB), laddr: "a".repeat(MIB) })],
      ),
    ),
  "a long device beside bindings": () =>
    recording(many((i) => bind({ binding: i.toString(16), t: i }), [bind({ ifname: "\u754c".repeat(MIB) })])),
  "long names": () =>
    recording(many((i) => socket({ sk: `s${i}`, born: i + 1, t: i, comm: "é|".repeat(MIB / 4) }), [bind()])),
  "a long device of many sockets": () =>
    recording(
      many(
        (i) => socket({ sk: i.toString(16), born: i + 1, t: i, binding: "b0" }),
        [bind({ ifname: "<".repeat(MIB) })],
      ),
    ),
  "long reasons": () =>
    recording(
      many(
        (i) => [
          { kind: "gap", t: i, from: i, detail: "&".repeat(MIB) },
          { kind: "unchecked", t: i, detail: "<".repeat(MIB) },
          lost({ t: i, what: "skipped", detail: `${i}${"`".repeat(MIB)}` }),
        ],
        SMALL,
      ),
    ),
  "fields nobody knows": () =>
    recording(many((i) => bind({ binding: `b${i}`, t: i, more: Array.from({ length: 20000 }, () => ({})) }))),
  "a long header": () =>
    recording(SMALL, {
      tool: "t".repeat(4 * MIB),
      host: "h".repeat(4 * MIB),
      command: Array.from({ length: 2 ** 19 }, () => "x"),
    }),

  // Lines that are hard to read.
  "empty lines": () => recording(many(() => "")),
  "deep values": () =>
    recording([...SMALL, "[".repeat(8 * MIB), '{"a":'.repeat(MIB), `{"kind":"tick","t":${"[".repeat(MIB)}`]),
  "a line that never ends": () =>
    recording([
      ...SMALL,
      `{"kind":"lost","t":7,"count":1,"what":"parse","detail":"${"d".repeat(15 * MIB)}"}`,
      "x".repeat(40 * MIB),
    ]),
  "lines of many values": () =>
    recording([
      ...SMALL,
      `{"kind":"tick","t":7,"x":[${"[],".repeat(4 * MIB)}0]}`,
      `{${Array.from({ length: 6e5 }, (_, i) => `"k${i}":{}`).join()}}`,
    ]),
  "torn lines": () => recording(many((i) => `{"kind":"socket","t":${i},`)),

  // Values that nobody measured.
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
    recording([
      bind({ t: -9e18 }),
      socket({ t: -5e18, born: -5e18 }),
      count({ t: 9e18, born: -5e18, issued: 9 }),
      close({ t: 9.2e18, born: -5e18, issued: 9, xa: 1 }),
    ]),
  "bytes that are nothing": () => deflateRawSync(Buffer.alloc(MIB)),
};
