// many-things - Many things of one kind, and products of two kinds.

import { bind, close, count, error, lost, type Recordings, SMALL, socket, TASK } from "./events.ts";
import { many, recording } from "./files.ts";

function* steps(sockets: number): Generator<unknown> {
  yield* many(
    (i) => [count({ sk: `s${i % sockets}`, t: 5e6 * (i + 1), issued: 2 * i + (i % 2), returned: i })],
    [bind(), ...Array.from({ length: sockets }, (_, i) => socket({ sk: `s${i}` }))],
  );
}

/** Name → what makes it. */
export const MANY_THINGS: Recordings = {
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
};
