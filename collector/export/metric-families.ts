// metric-families - What a report holds as metric families: names, types, units, and what stays bounded.

import { type Histogram, octaves } from "../base/histogram.ts";
import type { Header } from "../events/event.ts";
import { exhaustionsOf } from "../report/details.ts";
import type { Report, ReportBinding, ReportSocket } from "../report/shape.ts";
import { BINDING_VERDICTS, RUN_VERDICTS, SOCKET_VERDICTS } from "../verdict/words.ts";
import type { Family, Labels, MetricSample } from "./exposition.ts";

/** Sockets beyond this many share one series labelled `other`: what a server stores stays bounded. */
const SERIES = 100;

/** Which recording this is. */
export function infoFamily({ tool, level, kernel, bpftrace }: Header): Family {
  const labels = { tool, level, kernel: kernel.release, variant: kernel.variant, bpftrace };
  const help = "Tool, level and kernel of the recording.";
  return { name: "devmem_trace", type: "info", help, samples: [{ labels, value: 1 }] };
}

/** The verdict, what was lost, and how many sockets and bindings there are of each verdict. */
export function runFamilies({ verdict, lost, sockets, bindings }: Report): Family[] {
  return [
    {
      name: "devmem_verdict",
      type: "stateset",
      help: "Verdict of the run.",
      samples: RUN_VERDICTS.map((v) => ({ labels: { devmem_verdict: v }, value: Number(v === verdict) })),
    },
    {
      name: "devmem_lost_events",
      type: "counter",
      help: "Events known to be missing.",
      samples: [{ labels: {}, value: lost }],
    },
    {
      name: "devmem_sockets",
      type: "gauge",
      help: "Sockets that received tokens, by verdict.",
      samples: countsByVerdict(SOCKET_VERDICTS, sockets),
    },
    {
      name: "devmem_bindings",
      type: "gauge",
      help: "Bindings, by verdict.",
      samples: countsByVerdict(BINDING_VERDICTS, bindings),
    },
  ];
}

function countsByVerdict(verdicts: readonly string[], all: { verdict: string }[]): MetricSample[] {
  return verdicts.map((verdict) => ({
    labels: { verdict },
    value: all.filter((one) => one.verdict === verdict).length,
  }));
}

type Metric<T, Value = number> = [
  name: string,
  type: "counter" | "gauge",
  help: string,
  value: (of: T) => Value,
];

/** null: not measured at the recording's level, and then there is no such family. */
const OF_SOCKET: Metric<ReportSocket, number | null>[] = [
  ["devmem_socket_issued_tokens", "counter", "Tokens issued by recvmsg.", (s) => s.issued],
  ["devmem_socket_returned_tokens", "counter", "Tokens returned.", (s) => s.returned],
  ["devmem_socket_reclaimed_tokens", "counter", "Tokens reclaimed at destroy.", (s) => s.reclaimed],
  ["devmem_socket_swept_tokens", "counter", "Tokens swept at unbind.", (s) => s.swept],
  ["devmem_socket_outstanding_tokens", "gauge", "Tokens outstanding.", (s) => s.outstanding],
  ["devmem_socket_closed_holding_tokens", "gauge", "Tokens held at close.", (s) => s.heldAtClose],
  ["devmem_socket_pinned_bytes", "gauge", "Bytes of dma-buf pinned, at most.", (s) => s.pinnedBytes],
  ["devmem_socket_linear_bytes", "counter", "Payload in linear memory.", (s) => s.linearBytes],
];

/** The sockets that hold or held most have a series each; the rest share one. */
export function socketFamilies(sockets: ReportSocket[]): Family[] {
  const ranked = sockets.toSorted((a, b) => compareRanks(rankOf(b), rankOf(a)));
  const shown = ranked.slice(0, SERIES);
  const rest = ranked.slice(SERIES);
  const measured = OF_SOCKET.filter(([, , , value]) => sockets.every((socket) => value(socket) !== null));
  return measured.map(([name, type, help, value]) => {
    const samples = shown.map((socket) => ({ labels: socketLabels(socket), value: value(socket) ?? 0 }));
    return { name, type, help, samples: [...samples, ...otherSample(rest, value)] };
  });
}

function otherSample(rest: ReportSocket[], value: (of: ReportSocket) => number | null): MetricSample[] {
  if (rest.length === 0) return [];
  const sum = rest.reduce((total, socket) => total + (value(socket) ?? 0), 0);
  return [{ labels: { socket: "other" }, value: sum }];
}

function rankOf({ heldAtClose, outstanding, issued }: ReportSocket): number[] {
  return [heldAtClose, outstanding, issued ?? 0];
}

function compareRanks(a: number[], b: number[]): number {
  return a.map((x, i) => x - (b[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

function socketLabels({ id, pid, comm, local, remote, dmabufIds, mode }: ReportSocket): Labels {
  return { socket: id, pid: String(pid), comm, local, remote, dmabuf: dmabufIds.join(" "), mode };
}

const OF_BINDING: Metric<ReportBinding>[] = [
  ["devmem_binding_size_bytes", "gauge", "Size of the dma-buf.", (b) => b.bytes],
  ["devmem_binding_outstanding_tokens", "gauge", "Tokens of the dma-buf outstanding.", (b) => b.outstanding],
  ["devmem_binding_unbound_holding_tokens", "gauge", "Tokens held at unbind.", (b) => b.heldAtUnbind],
  [
    "devmem_binding_dry_episodes",
    "counter",
    "Times the dma-buf was exhausted.",
    (b) => exhaustionsOf(b).episodes,
  ],
  [
    "devmem_binding_failed_allocations",
    "counter",
    "Page allocations that failed.",
    (b) => exhaustionsOf(b).failed,
  ],
];

/** The first bindings; those beyond are left out. */
export function bindingFamilies(bindings: ReportBinding[]): Family[] {
  return OF_BINDING.map(([name, type, help, value]) => {
    const labels = (b: ReportBinding) => ({ dmabuf: String(b.id), device: b.ifname });
    const samples = bindings.slice(0, SERIES).map((b) => ({ labels: labels(b), value: value(b) }));
    return { name, type, help, samples };
  });
}

/** A histogram with a bucket for each power of two from the first value on. Values are divided by `scale`. */
export function histogramFamily(name: string, help: string, histogram: Histogram, scale: number): Family {
  const { total, sum } = histogram;
  if (total === 0) return { name, type: "histogram", help, samples: [] };
  const ends = [
    { suffix: "_bucket", labels: { le: "+Inf" }, value: total },
    { suffix: "_count", labels: {}, value: total },
    { suffix: "_sum", labels: {}, value: sum / scale },
  ];
  return { name, type: "histogram", help, samples: [...buckets(histogram, scale), ...ends] };
}

/** Cumulative. Values are whole numbers: those below the next power of two are at most one less than it. */
function buckets(histogram: Histogram, scale: number): MetricSample[] {
  let below = 0;
  return octaves(histogram).map(({ low, times }) => {
    below += times;
    return { suffix: "_bucket", labels: { le: String((2 * low - 1) / scale) }, value: below };
  });
}
