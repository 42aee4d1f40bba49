// processes - Who a pid is when a line first names it: its start and its cgroup, so that a recording knows.

import { readFileSync } from "node:fs";
import { type Event, naming, type TracerEvent } from "../events/event.ts";

/** A few events per socket: reading two short files for each costs nothing. */
const isNaming = naming("receiver", "stranger");
/** Processes that are remembered. */
const MOST = 4096;

/** Remembers which processes it has reported. */
export class Processes {
  readonly #root: string;
  readonly #started = new Map<number, number>();

  /** @param root where the processes' files are */
  constructor(root = "/proc") {
    this.#root = root;
  }

  /** The process an event names, when no event before did or its pid belongs to another one now; null where it is gone. */
  namedFirstBy(event: Event): TracerEvent<"process"> | null {
    if (!isNaming(event)) return null;
    const { t, pid } = event;
    const started = startOf(this.#read(pid, "stat"));
    if (started === null || this.#started.get(pid) === started) return null;
    if (this.#started.size >= MOST) this.#started.clear();
    this.#started.set(pid, started);
    return { kind: "process", t, pid, started, cgroup: cgroupOf(this.#read(pid, "cgroup")) };
  }

  #read(pid: number, file: string): string {
    try {
      return readFileSync(`${this.#root}/${pid}/${file}`, "utf8");
    } catch {
      return "";
    }
  }
}

/** Field 22 of /proc/PID/stat; the comm, the second one, is in parentheses and may hold anything. */
function startOf(stat: string): number | null {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.length > 19 ? Number(fields[19]) : null;
}

/** The path in the unified hierarchy (cgroups(7)); empty where there is none. */
function cgroupOf(text: string): string {
  return /^0::(.*)$/m.exec(text)?.[1] ?? "";
}
