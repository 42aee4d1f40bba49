// openmetrics - The report as OpenMetrics text, each sample at the time of the recording's end.

import type { Histogram } from "../base/histogram.ts";
import type { Header } from "../events/event.ts";
import type { Stream } from "../recording/stream.ts";
import { measuredOf, newDistributions } from "../report/distributions.ts";
import type { Report, ReportBinding, ReportSocket } from "../report/report.ts";
import { select } from "../report/selection.ts";
import { BINDING_VERDICTS, RUN_VERDICTS, SOCKET_VERDICTS } from "../verdict/words.ts";
import { exposition, type Family, type Labels } from "./exposition.ts";

/** More sockets than these are one series together, labelled `other`: what a server keeps is bounded. */
const SERIES = 100;

/** The whole exposition. */
export async function* openmetrics(stream: Stream): AsyncGenerator<string> {
  const distributions = newDistributions(0);
  const { report, shown } = await select(stream, {}, distributions);
  const { holds, ranges } = measuredOf(distributions, shown.sockets);
  const end = Date.parse(report.wall) / 1e3 + shown.now / 1e9;
  yield* exposition(
    [
      info(stream.header),
      ...runFamilies(report),
      ...socketFamilies(report.sockets),
      ...bindingFamilies(report.bindings),
      histogram("devmem_token_hold_seconds", "Time from issue to return, level tokens.", holds, 1e9),
      histogram(
        "devmem_return_range_tokens",
        "Tokens named by one range of a return, level tokens.",
        ranges,
        1,
      ),
    ].filter(({ samples }) => samples.length > 0),
    end,
  );
}

function info({ tool, level, kernel, bpftrace }: Header): Family {
  const labels = { tool, level, kernel: kernel.release, variant: kernel.variant, bpftrace };
  return {
    name: "devmem_trace",
    type: "info",
    help: "What was recorded, and by what.",
    samples: [{ labels, value: 1 }],
  };
}

function runFamilies({ verdict, lost, sockets, bindings }: Report): Family[] {
  const byVerdict = (verdicts: readonly string[], all: { verdict: string }[]) =>
    verdicts.map((v) => ({ labels: { verdict: v }, value: all.filter((one) => one.verdict === v).length }));
  return [
    {
      ...{ name: "devmem_verdict", type: "stateset", help: "What the evidence allows to say of the run." },
      samples: RUN_VERDICTS.map((v) => ({ labels: { devmem_verdict: v }, value: Number(v === verdict) })),
    },
    {
      ...{ name: "devmem_lost_events", type: "counter", help: "Events known to be missing." },
      samples: [{ labels: {}, value: lost }],
    },
    {
      ...{ name: "devmem_sockets", type: "gauge", help: "Sockets that received tokens, by verdict." },
      samples: byVerdict(SOCKET_VERDICTS, sockets),
    },
    {
      ...{ name: "devmem_bindings", type: "gauge", help: "Bindings, by verdict." },
      samples: byVerdict(BINDING_VERDICTS, bindings),
    },
  ];
}

type Measure<T, Value = number> = [
  name: string,
  type: "counter" | "gauge",
  help: string,
  value: (of: T) => Value,
];

/** null: not measured at the recording's level, and then there is no such family. */
const OF_SOCKET: Measure<ReportSocket, number | null>[] = [
  ["devmem_socket_issued_tokens", "counter", "Tokens handed out by recvmsg.", (s) => s.issued],
  ["devmem_socket_returned_tokens", "counter", "Tokens given back.", (s) => s.returned],
  [
    "devmem_socket_reclaimed_tokens",
    "counter",
    "Tokens the kernel took back at destroy.",
    (s) => s.reclaimed,
  ],
  ["devmem_socket_swept_tokens", "counter", "Tokens dropped by an unbind.", (s) => s.swept],
  ["devmem_socket_outstanding_tokens", "gauge", "Tokens held.", (s) => s.outstanding],
  ["devmem_socket_closed_holding_tokens", "gauge", "Tokens held at close.", (s) => s.heldAtClose],
  ["devmem_socket_pinned_bytes", "gauge", "Bytes of dma-buf pinned, at most.", (s) => s.pinnedBytes],
  ["devmem_socket_linear_bytes", "counter", "Payload that landed in linear memory.", (s) => s.linearBytes],
];

/** Those that hold or held most have a series each. */
function socketFamilies(sockets: ReportSocket[]): Family[] {
  const rank = (s: ReportSocket) => [s.heldAtClose, s.outstanding, s.issued ?? 0];
  const ordered = [...sockets].sort((a, b) => compare(rank(b), rank(a)));
  const [shown, rest] = [ordered.slice(0, SERIES), ordered.slice(SERIES)];
  const measured = OF_SOCKET.filter(([, , , value]) => sockets.every((socket) => value(socket) !== null));
  return measured.map(([name, type, help, value]) => ({
    ...{ name, type, help },
    samples: [
      ...shown.map((socket) => ({ labels: socketLabels(socket), value: value(socket) ?? 0 })),
      ...(rest.length > 0
        ? [
            {
              labels: { socket: "other" },
              value: rest.reduce((sum, socket) => sum + (value(socket) ?? 0), 0),
            },
          ]
        : []),
    ],
  }));
}

function compare(a: number[], b: number[]): number {
  return a.map((x, i) => x - (b[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

function socketLabels({ id, pid, comm, local, remote, dmabufIds, mode }: ReportSocket): Labels {
  return { socket: id, pid: String(pid), comm, local, remote, dmabuf: dmabufIds.join(" "), mode };
}

const OF_BINDING: Measure<ReportBinding>[] = [
  ["devmem_binding_size_bytes", "gauge", "Size of the dma-buf.", (b) => b.bytes],
  ["devmem_binding_outstanding_tokens", "gauge", "Tokens of the dma-buf held.", (b) => b.outstanding],
  ["devmem_binding_unbound_holding_tokens", "gauge", "Tokens held at unbind.", (b) => b.heldAtUnbind],
  ["devmem_binding_dry_episodes", "counter", "Times the dma-buf ran dry.", (b) => b.dry.length],
  [
    ...(["devmem_binding_failed_allocations", "counter", "Page allocations that failed."] as const),
    (b) => b.dry.reduce((sum, { failed }) => sum + failed, 0),
  ],
];

function bindingFamilies(bindings: ReportBinding[]): Family[] {
  return OF_BINDING.map(([name, type, help, value]) => ({
    ...{ name, type, help },
    samples: bindings
      .slice(0, SERIES)
      .map((b) => ({ labels: { dmabuf: String(b.id), device: b.ifname }, value: value(b) })),
  }));
}

/** Buckets by powers of two: whole numbers below the next power are at most one less than it. */
function histogram(name: string, help: string, { counts, total, sum }: Histogram, scale: number): Family {
  let below = 0;
  const buckets = counts.map((times, i) => {
    below += times;
    return { suffix: "_bucket", labels: { le: String((2 ** (i + 1) - 1) / scale) }, value: below };
  });
  const ends = [
    { suffix: "_bucket", labels: { le: "+Inf" }, value: total },
    { suffix: "_count", labels: {}, value: total },
    { suffix: "_sum", labels: {}, value: sum / scale },
  ];
  return { name, type: "histogram", help, samples: total === 0 ? [] : [...buckets, ...ends] };
}
