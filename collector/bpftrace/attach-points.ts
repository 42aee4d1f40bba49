// attach-points - What the probes of a program text are attached to, and which of the loaded BPF programs is which.

import type { ProgramRuns } from "../kernel/bpf-stats.ts";

/** BPF_PROG_TYPE_RAW_TRACEPOINT, include/uapi/linux/bpf.h: what bpftrace runs BEGIN and END as. */
const ONCE = 17;

/** A list of attach points, one per line or several with commas, up to the filter or the body. */
const PROBE =
  /^(?:(?:fentry|fexit|kprobe|kretprobe|tracepoint|interval|profile|iter):[^\n/{]+(?:\n(?=\w+:))?)+/gm;

/** What the probes of a program text attach to ("fentry:tcp_close"), in its order; without BEGIN and END, which do not stay. */
export function attachPoints(text: string): string[] {
  return [...text.matchAll(PROBE)].flatMap(([list]) =>
    list
      .split(",")
      .map((point) => point.trim())
      .filter(Boolean),
  );
}

/** Kernel functions that a program attaches to. `traced` need an ftrace hook at their entry, `probed` only a symbol. */
export function functionsOf(text: string): { traced: string[]; probed: string[] } {
  const points = attachPoints(text).map((point) => point.split(":"));
  const named = (...hooks: string[]) => [
    ...new Set(points.flatMap(([hook = "", name = ""]) => (hooks.includes(hook) ? [name] : []))),
  ];
  return { traced: named("fentry", "fexit"), probed: named("kprobe", "kretprobe") };
}

/** The programs that stay, each with what it is attached to: bpftrace loads them in the order of its text. */
export function attached<Program extends Pick<ProgramRuns, "id" | "type">>(
  programs: readonly Program[],
  points: readonly string[],
): (Program & { name: string })[] {
  const staying = programs.filter(({ type }) => type !== ONCE);
  const names = [points, inSessions(points)].find(({ length }) => length === staying.length) ?? [];
  return staying.map((one, i) => ({ ...one, name: names[i] ?? `program ${one.id}` }));
}

/** bpftrace 0.27 makes one program (a kprobe session) of a function's kprobe and the kretprobe right after it. */
function inSessions(points: readonly string[]): string[] {
  const entryOf = (point: string) => /^kretprobe:(.*)/.exec(point)?.[1];
  return points.filter((point, i) => i === 0 || points[i - 1] !== `kprobe:${entryOf(point)}`);
}
