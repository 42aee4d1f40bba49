// record.ts - the workload's own record of its calls: how long it held each token, how many a call handed out or gave back.
import { add, type Histogram, newHistogram } from "../../collector/histogram.ts";

export class Record {
  /** Nanoseconds per token: from the end of the recvmsg call to the begin of the return call, and the other way round. */
  readonly holds: Histogram = newHistogram();
  readonly holdsAtMost: Histogram = newHistogram();
  /** Tokens per recvmsg call that handed out any, and per return call that freed any. */
  readonly issues: Histogram = newHistogram();
  readonly returns: Histogram = newHistogram();
  readonly #births = new Map<number, { from: number; to: number }>();
  #calling = 0;
  #named: number[] = [];

  /** A recvmsg call begins. */
  receiving(): void {
    this.#calling = performance.now();
  }

  /** A recvmsg call has handed out the first `count` of these. */
  issued(tokens: Uint32Array, count: number): void {
    const birth = { from: this.#calling, to: performance.now() };
    for (let i = 0; i < count; i++) this.#births.set(tokens[i] as number, birth);
    if (count > 0) add(this.issues, count);
  }

  /** A return call is about to name these. */
  returning(tokens: readonly number[]): void {
    const now = performance.now();
    this.#named = [];
    for (const token of tokens) {
      const birth = this.#births.get(token);
      if (!birth) continue;
      add(this.holds, (now - birth.to) * 1e6);
      this.#named.push(birth.from);
      this.#births.delete(token);
    }
  }

  /** It has freed so many. */
  returned(count: number): void {
    const now = performance.now();
    for (const from of this.#named) add(this.holdsAtMost, (now - from) * 1e6);
    if (count > 0) add(this.returns, count);
  }
}
