// rotation - A recording in several files: a part after each so many bytes, or a file around each trigger; the oldest go.

import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, parse } from "node:path";
import { UserError } from "../base/errors.ts";
import { clock, duration, plural } from "../base/format.ts";
import type { Event, Header } from "../events/event.ts";
import type { Changes, Ledger } from "../ledger/state.ts";
import { CarryOver } from "./carry-over.ts";
import { createOutput, type Output, refuseExisting } from "./files.ts";
import { Ring, type RingOptions, type Stretch } from "./flight-recorder.ts";
import type { Recorder } from "./recorder.ts";
import { blockWriter, type Writer } from "./writer.ts";

/** Where the files go and how many of them stay; `keep` may be infinite. */
export interface SeriesOptions {
  path: string;
  force: boolean;
  keep: number;
}

/** The files of one trace: NAME.1.EXT, NAME.2.EXT, …; only the newest `keep` stay. */
class Series {
  readonly #options: SeriesOptions;
  #number = 0;

  constructor(options: SeriesOptions) {
    this.#options = options;
    const { dir, name, ext } = parse(options.path);
    const isPart = (file: string) =>
      file.startsWith(name) &&
      file.endsWith(ext) &&
      /^\.\d+$/.test(file.slice(name.length, file.length - ext.length));
    const there = existsSync(dir || ".") ? readdirSync(dir || ".") : [];
    for (const file of there.filter(isPart)) refuseExisting(join(dir, file), options.force);
  }

  get written(): number {
    return this.#number;
  }

  /** Creates the next file. */
  next(): { path: string; output: Output } {
    this.#number += 1;
    const path = this.#name(this.#number);
    const { force, keep } = this.#options;
    const output = createOutput(path, force);
    // Only what this trace wrote: it began with number 1.
    if (this.#number > keep) rmSync(this.#name(this.#number - keep), { force: true });
    return { path, output };
  }

  #name(number: number): string {
    const { dir, name, ext } = parse(this.#options.path);
    return join(dir, `${name}.${number}${ext}`);
  }
}

/**
 * A recording in parts of about `size` bytes. Each begins with what stands then, so that each is a whole recording.
 * Throws UserError when the first file cannot be made.
 */
export async function rotating(options: SeriesOptions, size: number, header: Header): Promise<Recorder> {
  const rotation = new Rotation(new Series(options), size, header);
  await rotation.begin(null);
  return rotation;
}

class Rotation implements Recorder {
  readonly #series: Series;
  readonly #size: number;
  readonly #header: Header;
  readonly #carryOver: CarryOver;
  /** What stood when this part began. */
  #beginning: CarryOver;
  #writer!: Writer;
  #output!: Output;
  #bytes = 0;
  #now = 0;

  constructor(series: Series, size: number, header: Header) {
    this.#series = series;
    this.#size = size;
    this.#header = header;
    this.#carryOver = new CarryOver(header);
    this.#beginning = this.#carryOver.copy();
  }

  /** @param from when the part begins, ns since t0; null for the first */
  async begin(from: number | null): Promise<void> {
    const stretch = from === null ? {} : { stretch: { from, triggers: [] } };
    this.#writer = blockWriter({ ...this.#header, ...stretch });
    this.#output = this.#series.next().output;
    await this.#output.write(this.#writer.start());
    if (from !== null) {
      this.#beginning = this.#carryOver.copy();
      for (const event of this.#beginning.events()) await this.#write(event);
    }
    this.#bytes = 0;
  }

  async take(event: Event): Promise<void> {
    this.#now = Math.max(this.#now, event.t);
    this.#carryOver.take(event);
    await this.#write(this.#beginning.rebase(event));
    if (this.#bytes < this.#size || event.kind === "end") return;
    await this.#write({ kind: "end", t: this.#now, reason: "continued", detail: "" });
    await this.close();
    await this.begin(this.#now);
  }

  async close(): Promise<void> {
    await this.#put(this.#writer.end());
    await this.#output.close();
  }

  #write(event: Event): void | Promise<void> {
    return this.#put(this.#writer.take(event));
  }

  #put(bytes: Buffer | null): void | Promise<void> {
    if (!bytes) return;
    this.#bytes += bytes.length;
    return this.#output.write(bytes);
  }
}

/** A recorder that looks at the ledger, too, and at what the event changed in it. */
export interface LookingRecorder {
  take(event: Event, ledger: Ledger, changes: Changes): void | Promise<void>;
  close(): Promise<void>;
}

/**
 * A flight recorder: a file around each trigger, told of by `tell`, a sentence each. One that cannot be written is told of,
 * too, and the next trigger is waited for.
 */
export function flightRecorder(
  options: SeriesOptions,
  ringOptions: RingOptions,
  header: Header,
  tell: (sentence: string) => void,
): LookingRecorder {
  const series = new Series(options);
  const ring = new Ring(header, ringOptions);
  return {
    async take(event, ledger, changes) {
      const stretch = ring.take(event, ledger, changes);
      if (stretch) tell(await saved(series, stretch, ledger.now));
    },
    async close() {
      if (series.written === 0) tell(`Nothing to record: no ${ringOptions.on.join(", ")}.`);
    },
  };
}

async function saved(series: Series, { header, events }: Stretch, now: number): Promise<string> {
  const { from, triggers } = header.stretch;
  try {
    const { path, output } = series.next();
    const writer = blockWriter(header);
    await output.write(writer.start());
    for (const event of events) {
      const bytes = writer.take(event);
      if (bytes) await output.write(bytes);
    }
    const rest = writer.end();
    if (rest) await output.write(rest);
    await output.close();
    const more = triggers.length > 1 ? ` and ${plural(triggers.length - 1, "more trigger")}` : "";
    const why = `${triggers[0]?.what} at ${clock(triggers[0]?.at ?? 0)} s${more}`;
    return `${why}: ${duration(now - Math.max(0, from))} in ${path}. Next: devmem-trace report ${path}`;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
}
