// connection - One devmem TCP connection: receives, withholds what the plan says, returns tokens, keeps the tally.
import fs from "node:fs";
import { errnoName } from "../../../collector/base/errno.ts";
import { type Message, pinned, setOption } from "../../../collector/kernel/native.ts";
import { Failure } from "../failure.ts";
import type { Plan } from "../job/plan.ts";
import type { ModeChange } from "../session/statement.ts";
import { type Issue, readIssue } from "./cmsg.ts";
import type { Accepted } from "./listen.ts";
import { changeMode, type Mode, modeOf } from "./mode.ts";
import { Record } from "./record.ts";
import { type Sums, Tally } from "./tally.ts";

const SOL_SOCKET = 1;
const SO_DEVMEM_DONTNEED = 80;
const MSG_PEEK = 0x2;
const MSG_CTRUNC = 0x8;
const MSG_SOCK_DEVMEM = 0x2000000;
const TOKEN = 8; // struct dmabuf_token: u32 start, u32 count

/** A run of token numbers: `count` of them from `start`. */
export type Range = { start: number; count: number };

export class Connection {
  readonly fd: number;
  readonly local: string;
  readonly remote: string;
  readonly plan: Plan;
  readonly tally = new Tally();
  /** Its own record of its calls; null unless asked for. */
  readonly record: Record | null;
  /** Tokens to be returned next, oldest first. */
  readonly pending: number[] = [];
  /** Tokens that are never returned. */
  readonly kept: number[] = [];
  /** Tokens held back for the misuse after the stream. */
  reserve: number[] = [];
  /** Tokens of peeks that are not returned. */
  readonly peeked: number[] = [];
  /** From now on every token is kept. */
  keepAll = false;
  ended = false;
  /** Its sums while it waited for holdUntil. */
  atHold: Sums | null = null;
  /** What getsockopt reported at accept, and last. */
  readonly accepted: Mode;
  mode: Mode;
  readonly modeChanges: ModeChange[] = [];
  #seen = 0;

  constructor({ fd, local, remote }: Accepted, plan: Plan, records = false) {
    this.record = records ? new Record() : null;
    this.fd = fd;
    this.local = local;
    this.remote = remote;
    this.plan = plan;
    this.mode = this.accepted = modeOf(fd);
  }

  /** Sets another mode; a refusal is data, not an error. */
  setMode(value: number): void {
    const held = this.tally.held;
    const errno = changeMode(this.fd, value);
    this.modeChanges.push({ value, errno, held, at: String(process.hrtime.bigint()) });
    this.mode = modeOf(this.fd);
  }

  /** Makes the sender send what it holds back. */
  askForTail(): void {
    fs.writeSync(this.fd, "!");
    this.ended = false;
  }

  /** Distinct dma-buf pages of what it holds; null where a token does not show its page. */
  get pages(): number | null {
    return this.mode === "manual" ? new Set(this.outstanding).size : null;
  }

  /** Every token that is out and will not be returned as part of the stream. */
  get outstanding(): number[] {
    return [...this.kept, ...this.reserve, ...this.peeked, ...this.pending];
  }

  /** One recvmsg call: bytes taken, 0 at the end of the stream, null when nothing has arrived yet. */
  receive(message: Message, issue: Issue): number | null {
    const bytes = this.#recvmsg(message, MSG_SOCK_DEVMEM, issue);
    if (bytes === null) return null;
    if (bytes < 0 && this.#cannotMove(bytes)) {
      this.ended = true;
      return null;
    }
    if (bytes < 0) throw new Failure(`recvmsg on ${this.local} from ${this.remote}: ${errnoName(-bytes)}`);
    if (bytes > 0) this.tally.received(bytes, issue);
    this.#sort(issue);
    return bytes;
  }

  /** One recvmsg call with MSG_PEEK; the tokens it handed out. */
  peek(message: Message, issue: Issue): number[] {
    const bytes = this.#recvmsg(message, MSG_SOCK_DEVMEM | MSG_PEEK, issue);
    if (bytes === null || bytes <= 0) throw new Failure(`peeking on ${this.local}: nothing has arrived`);
    this.tally.peekedAt(issue);
    return [...issue.tokens.subarray(0, issue.count)];
  }

  /** One recvmsg call that cannot work: without MSG_SOCK_DEVMEM, or with `room` bytes of control buffer. */
  fail(message: Message, issue: Issue, how: { devmem: boolean; room?: number }): void {
    const bytes = this.#recvmsg(message, how.devmem ? MSG_SOCK_DEVMEM : 0, issue, how.room);
    if (bytes !== null && bytes >= 0)
      throw new Failure(`recvmsg on ${this.local} should have failed and took ${bytes} bytes`);
  }

  /** Returns the `count` oldest pending tokens, in calls of `batch`. */
  flush(count: number, batch: number): void {
    for (let left = count; left > 0; left -= batch)
      this.giveBack(this.pending.splice(0, Math.min(left, batch)));
  }

  /** Returns everything it holds, in calls of `batch`. */
  giveBackAll(batch: number): void {
    for (const tokens of [this.pending, this.kept, this.reserve, this.peeked])
      while (tokens.length > 0) this.giveBack(tokens.splice(0, batch));
  }

  /** One return call with a struct per token: its return value, or the negative errno. */
  giveBack(tokens: readonly number[]): number {
    const structs = roomFor(tokens.length);
    for (let i = 0; i < tokens.length; i++) {
      structs[2 * i] = tokens[i] as number;
      structs[2 * i + 1] = 1;
    }
    this.record?.returning(tokens);
    return this.#dontneed(structs, tokens.length, tokens.length);
  }

  /** One return call with a struct per range: its return value, or the negative errno. */
  giveBackRanges(ranges: readonly Range[]): number {
    const structs = roomFor(ranges.length);
    structs.set(ranges.flatMap(({ start, count }) => [start, count]));
    const asked = ranges.reduce((sum, { count }) => sum + count, 0);
    return this.#dontneed(structs, ranges.length, asked);
  }

  #dontneed(structs: Uint32Array<ArrayBuffer>, count: number, asked: number): number {
    const bytes = new Uint8Array(structs.buffer);
    const result = setOption(this.fd, SOL_SOCKET, SO_DEVMEM_DONTNEED, bytes, TOKEN * count);
    if (result < 0) this.tally.wasRefused(count, errnoName(-result));
    else this.tally.gaveBack(asked, result);
    this.record?.returned(result);
    return result;
  }

  /** Bytes, a negative errno (noted in the tally), or null for "nothing yet". Fills `issue`. */
  #recvmsg(message: Message, flags: number, issue: Issue, room?: number): number | null {
    this.record?.receiving();
    const bytes = message.receive(this.fd, flags, room);
    if (bytes < 0) {
      if (errnoName(-bytes) === "EAGAIN") return null;
      this.tally.failed(errnoName(-bytes));
      return bytes;
    }
    if (message.flags & MSG_CTRUNC)
      throw new Failure(`recvmsg on ${this.local}: control messages were cut off`);
    readIssue(message.controlView, message.controlLength, issue);
    this.record?.issued(issue.tokens, issue.count);
    return bytes;
  }

  /** In manual mode the payload of a second binding is never available. */
  #cannotMove(result: number): boolean {
    return this.plan.moves && this.mode === "manual" && errnoName(-result) === "EFAULT";
  }

  /** Every token goes to kept, reserve or pending. */
  #sort(issue: Issue): void {
    for (let i = 0; i < issue.count; i++) {
      const token = issue.tokens[i] as number;
      if (this.mode === "manual" && token !== issue.pages[i])
        throw new Failure(
          `token ${token} is on page ${issue.pages[i]}: in manual mode it is the page's number`,
        );
      this.#placeFor().push(token);
    }
  }

  #placeFor(): number[] {
    if (this.keepAll) return this.kept;
    if (this.kept.length < this.plan.keep && this.#seen++ % this.plan.stride === 0) return this.kept;
    return this.reserve.length < this.plan.reserve ? this.reserve : this.pending;
  }
}

let room = new Uint32Array(pinned(TOKEN * 128).buffer);

/** A buffer for this many dmabuf_token structs, reused by the next call. */
function roomFor(structs: number): Uint32Array<ArrayBuffer> {
  if (room.length < 2 * structs) room = new Uint32Array(pinned(TOKEN * structs).buffer);
  return room;
}

/** The tokens as runs of consecutive numbers, lowest first. */
export function rangesOf(tokens: readonly number[]): Range[] {
  const ranges: Range[] = [];
  for (const token of [...tokens].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && last.start + last.count === token) last.count++;
    else ranges.push({ start: token, count: 1 });
  }
  return ranges;
}
