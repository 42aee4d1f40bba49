// rotation - A recording in parts of limited size, each of which can be read alone.

import type { Event, Header } from "../events/event.ts";
import type { FileSeries } from "../output/file-series.ts";
import type { Output } from "../output/output.ts";
import { CarryOver } from "./carry-over.ts";
import { blockWriter, type Writer } from "./format/writer.ts";
import type { Recorder } from "./recorder.ts";

/** A recording in parts of about `size` bytes. Throws UserError if the first one cannot be written. */
export async function rotating(series: FileSeries, size: number, header: Header): Promise<Recorder> {
  const rotation = new Rotation(series, size, header);
  await rotation.begin();
  return rotation;
}

class Rotation implements Recorder {
  readonly #series: FileSeries;
  readonly #size: number;
  readonly #header: Header;
  readonly #carryOver: CarryOver;
  /** As it was when this part began. */
  #beginning: CarryOver;
  #writer!: Writer;
  #output!: Output;
  #bytes = 0;
  #now = 0;

  constructor(series: FileSeries, size: number, header: Header) {
    this.#series = series;
    this.#size = size;
    this.#header = header;
    this.#carryOver = new CarryOver(header);
    this.#beginning = this.#carryOver.copy();
  }

  /** Begins the first part. */
  async begin(): Promise<void> {
    await this.#open(this.#header);
  }

  async take(event: Event): Promise<void> {
    this.#now = Math.max(this.#now, event.t);
    this.#carryOver.take(event);
    await this.#write(this.#beginning.rebase(event));
    if (this.#bytes >= this.#size && event.kind !== "end") await this.#next();
  }

  async close(): Promise<void> {
    await this.#put(this.#writer.end());
    await this.#output.close();
  }

  /** Ends this part and begins the next one with the events that it must repeat. */
  async #next(): Promise<void> {
    await this.#write({ kind: "end", t: this.#now, reason: "continued", detail: "" });
    await this.close();
    await this.#open({ ...this.#header, stretch: { from: this.#now, triggers: [] } });
    this.#beginning = this.#carryOver.copy();
    for (const event of this.#beginning.events()) await this.#write(event);
    this.#bytes = 0;
  }

  async #open(header: Header): Promise<void> {
    this.#writer = blockWriter(header);
    this.#output = this.#series.next().output;
    await this.#output.write(this.#writer.start());
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
