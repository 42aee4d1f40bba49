// record.ts - the workload's own record of its calls: how long it held each token, how many a call handed out or gave back.
import { add, type Histogram, newHistogram } from "../../collector/histogram.ts";

export class Record {
  /** Nanoseconds from the end of the recvmsg call to the begin of the return call, per token. */
  readonly holds: Histogram = newHistogram();
  /** Tokens per recvmsg call that handed out any, and per return call that freed any. */
  readonly issues: Histogram = newHistogram();
  readonly returns: Histogram = newHistogram();
  readonly #births = new Map<number, number>();

  /** A recvmsg call has handed out the first `count` of these. */
  issued(tokens: Uint32Array, count: number): void {
    const now = performance.now();
    for (let i = 0; i < count; i++) this.#births.set(tokens[i] as number, now);
    if (count > 0) add(this.issues, count);
  }

  /** A return call is about to name these. */
  returning(tokens: readonly number[]): void {
    const now = performance.now();
    for (const token of tokens) {
      const birth = this.#births.get(token);
      if (birth !== undefined) add(this.holds, (now - birth) * 1e6);
      this.#births.delete(token);
    }
  }

  /** It has freed so many. */
  returned(count: number): void {
    if (count > 0) add(this.returns, count);
  }
}
