// event-reader - Lines of a recording → events; what cannot be read becomes a `lost` event with the exact count, if known.

import { copied } from "../../base/text.ts";
import type { Event, Header } from "../../events/event.ts";
import { type Block, eventsOf, isBlock } from "./block.ts";
import { eventOf, MOST_DETAIL, unreadable } from "./event-line.ts";
import { objectIn } from "./json.ts";
import type { Line } from "./line-group.ts";
import { Unpacker } from "./unpacker.ts";

/** What a reader that starts in the middle must know about what came before. */
export interface Mark {
  /** Events read, or known to be missing. */
  taken: number;
  /** Time of the last event. */
  t: number;
  /** Why something could not be read, as long as it is not known how much; else empty. */
  damage: string;
}

const START: Mark = { taken: 0, t: 0, damage: "" };

/** Reads line by line, from a header or from a fresh block on. */
export class EventReader {
  /** Whether the `end` event was read: nothing after it belongs to the recording. */
  ended = false;
  readonly #unpacker: Unpacker;
  /** With blocks, the next block shows how many events an unreadable line had. */
  readonly #hasBlocks: boolean;
  #taken: number;
  #t: number;
  #damage: string;

  constructor({ fields }: Pick<Header, "fields">, from = START) {
    this.#unpacker = new Unpacker(fields ?? {});
    this.#hasBlocks = fields !== undefined;
    this.#taken = from.taken;
    this.#t = from.t;
    this.#damage = from.damage;
  }

  /** Where reading is now: another reader can go on from here at a fresh block, or a line that is an event. */
  mark(): Mark {
    return { taken: this.#taken, t: this.#t, damage: this.#damage };
  }

  /** The events of one line. */
  take(line: Line): Event[] {
    if (this.ended) return [];
    const events = this.#read(line);
    const last = events.at(-1);
    if (last) this.#t = last.t;
    this.ended = last?.kind === "end";
    return events;
  }

  /** How a recording without an `end` event ends. */
  cut(): Event[] {
    const detail = "The recording stops in the middle: what came after is unknown.";
    return [...this.#damaged(this.#damage ? 1 : 0), { kind: "end", t: this.#t, reason: "died", detail }];
  }

  #read(line: Line): Event[] {
    if (typeof line !== "string") return this.#unread(line.unreadable);
    const value = objectIn(line);
    if (value && isBlock(value)) return this.#block(value);
    const event = value && eventOf(value);
    if (!event && this.#hasBlocks) return this.#unread(line);
    this.#taken += 1;
    const before = this.#damaged(this.#damage ? 1 : 0);
    return [...before, event ?? unreadable(this.#t, 1, line)];
  }

  #block(block: Block): Event[] {
    const end = block.first + eventsOf(block);
    const events = block.first < this.#taken ? null : this.#unpacker.unpack(block);
    if (!events) return this.#unread("a block that cannot be read");
    const before = this.#damaged(block.first - this.#taken);
    this.#taken = end;
    return before.concat(events);
  }

  #unread(why: string): Event[] {
    this.#unpacker.interrupt();
    this.#damage ||= copied(why, MOST_DETAIL);
    return [];
  }

  /** @param missing a block shows how many exactly: those that the damage before it held */
  #damaged(missing: number): Event[] {
    const why = this.#damage || "events are missing here";
    this.#damage = "";
    return missing > 0 ? [unreadable(this.#t, missing, why)] : [];
  }
}
