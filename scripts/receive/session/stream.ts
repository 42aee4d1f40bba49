// stream - The receive loop: takes what arrives on every connection and returns tokens as the job says.
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { type Message, PollSet } from "../../../collector/kernel/native.ts";
import { Failure } from "../failure.ts";
import type { Job } from "../job/options.ts";
import type { Issue } from "../socket/cmsg.ts";
import type { Connection } from "../socket/connection.ts";

const POLL_MS = 50;
const CALLS_PER_TURN = 16; // then it is the turn of the other connections
const STEPS_TO_DRY = 32; // with runDry and rest
/** Rings have 1024 pages or fewer, as a rule; half as many may be in queues. */
const PAGES_ELSEWHERE = 1536;
/** Before that many pages are held, a pause may be the sender's: on a busy machine it is starved for seconds. */
const PATIENCE = 20;

/** What recvmsg fills, used for every call. */
export type Buffers = { message: Message; issue: Issue };

/** What only the loop measures. */
export type Streamed = { ranDryHolding: number[]; cpuUs: { user: number; system: number } };

/** Receives until every connection has its first `upTo` bytes and only withheld tokens are not returned. */
export async function stream(
  connections: Connection[],
  buffers: Buffers,
  job: Job,
  upTo: number,
): Promise<Streamed> {
  const loop = new Loop(connections, buffers, job, upTo);
  const before = process.resourceUsage();
  while (!loop.done()) {
    loop.receive();
    await loop.rest();
    loop.giveBack();
    await turn(); // lets a timer or a failing sender end the loop
  }
  const after = process.resourceUsage();
  const cpuUs = {
    user: after.userCPUTime - before.userCPUTime,
    system: after.systemCPUTime - before.systemCPUTime,
  };
  if (loop.dry)
    throw new Failure("the stream ended before the dma-buf was exhausted: raise bytes or lower runDry");
  return { ranDryHolding: loop.ranDryHolding, cpuUs };
}

/** Tokens that arrived at one time and are returned together. */
type Late = { connection: Connection; at: number; count: number };

class Loop {
  readonly ranDryHolding: number[] = [];
  dry: boolean;
  readonly #connections: Connection[];
  readonly #buffers: Buffers;
  readonly #job: Job;
  readonly #upTo: number;
  readonly #readable: PollSet;
  readonly #late: Late[] = [];
  #lastData = performance.now();
  #nextRest: number;

  constructor(connections: Connection[], buffers: Buffers, job: Job, upTo: number) {
    this.#connections = connections;
    this.#buffers = buffers;
    this.#job = job;
    this.#upTo = upTo;
    this.dry = job.runDry > 0;
    this.#readable = new PollSet(connections.map((connection) => connection.fd));
    this.#nextRest = job.dmabufPages / STEPS_TO_DRY;
  }

  done(): boolean {
    return this.#connections.every((connection) => connection.ended) && this.#late.length === 0;
  }

  receive(): void {
    const timeout = this.#late.length > 0 ? 1 : POLL_MS;
    if (this.#readable.wait(timeout) === 0) return;
    for (const [i, connection] of this.#connections.entries()) {
      if (!this.#readable.ready(i)) continue;
      this.#receiveFrom(connection);
      if (connection.ended) this.#readable.drop(i);
    }
  }

  #receiveFrom(connection: Connection): void {
    const { message, issue } = this.#buffers;
    const before = connection.pending.length;
    for (let call = 0; call < CALLS_PER_TURN && !connection.ended && !this.#restIsDue(); call++) {
      const bytes = connection.receive(message, issue);
      if (bytes === null) break;
      this.#checkEnd(connection, bytes);
      if (!this.#job.returnLate && !this.dry)
        connection.flush(this.#wholeBatches(connection), this.#job.batch);
    }
    this.#lastData = performance.now();
    if (this.#job.returnLate) this.#noteLate(connection, connection.pending.length - before);
  }

  /** Before the tail, and with finWait, the sender waits for us to act: the number of bytes marks the end. */
  #checkEnd(connection: Connection, bytes: number): void {
    const complete = connection.tally.payloadBytes === this.#upTo;
    if (bytes === 0 && !complete)
      throw new Failure(
        `${connection.remote} closed after ${connection.tally.payloadBytes} of ${this.#job.bytes} bytes`,
      );
    connection.ended = complete && (bytes === 0 || this.#job.finWait > 0 || this.#upTo < this.#job.bytes);
  }

  #noteLate(connection: Connection, count: number): void {
    if (count > 0) this.#late.push({ connection, at: performance.now(), count });
  }

  /** While exhausting the dma-buf: a pause after each step, so that the pages go at a steady rate. */
  async rest(): Promise<void> {
    if (!this.#restIsDue()) return;
    this.#nextRest += this.#job.dmabufPages / STEPS_TO_DRY;
    await sleep(this.#job.rest);
    this.#lastData = performance.now();
  }

  #restIsDue(): boolean {
    return this.dry && this.#job.rest > 0 && this.#held() >= this.#nextRest;
  }

  #held(): number {
    return this.#connections.reduce((sum, { tally }) => sum + tally.held, 0);
  }

  giveBack(): void {
    if (this.#job.returnLate) this.#giveBackLate();
    else if (this.dry) this.#endDryness();
    else this.#giveBackRest();
  }

  #giveBackLate(): void {
    const due = performance.now() - this.#job.returnLate;
    while (this.#late[0] && this.#late[0].at <= due) {
      const { connection, count } = this.#late.shift() as Late;
      connection.flush(count, this.#job.batch);
    }
  }

  #endDryness(): void {
    const quiet = performance.now() - this.#lastData;
    if (quiet < this.#job.runDry * (this.#holdsMost() ? 1 : PATIENCE)) return;
    this.dry = false;
    this.ranDryHolding.push(this.#held());
    for (const connection of this.#connections) connection.flush(connection.pending.length, this.#job.batch);
  }

  /** Of the dma-buf's pages, all but what may be in the NIC's rings and in queues. */
  #holdsMost(): boolean {
    return this.#held() >= this.#job.dmabufPages - PAGES_ELSEWHERE;
  }

  #giveBackRest(): void {
    for (const connection of this.#connections)
      if (connection.ended) connection.flush(connection.pending.length, this.#job.batch);
  }

  #wholeBatches({ pending }: Connection): number {
    return pending.length - (pending.length % this.#job.batch);
  }
}
