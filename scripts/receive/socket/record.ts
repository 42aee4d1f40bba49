// record - The workload's own record of its calls: how long it held each token, how many tokens a call issued or returned.
import { add, type Histogram, newHistogram } from "../../../collector/base/histogram.ts";

/** Before and after the recvmsg call, ms (performance.now). */
type Birth = { from: number; to: number };

export class Record {
  /** Nanoseconds per token: from the end of the recvmsg call to the start of the return call (at least), and from start to end (at most). */
  readonly holds: Histogram = newHistogram();
  readonly holdsAtMost: Histogram = newHistogram();
  /** Tokens per recvmsg call that handed out any, and per return call that freed any. */
  readonly issues: Histogram = newHistogram();
  readonly returns: Histogram = newHistogram();
  /** By token number, oldest first: a page can be out several times in manual mode. */
  readonly #births = new Map<number, Birth[]>();
  #calling = 0;
  #named: number[] = [];

  /** A recvmsg call begins. */
  receiving(): void {
    this.#calling = performance.now();
  }

  /** A recvmsg call has handed out the first `count` of these. */
  issued(tokens: Uint32Array, count: number): void {
    const birth = { from: this.#calling, to: performance.now() };
    for (const token of tokens.subarray(0, count)) {
      const births = this.#births.get(token);
      if (births) births.push(birth);
      else this.#births.set(token, [birth]);
    }
    if (count > 0) add(this.issues, count);
  }

  /** A return call starts, with these. */
  returning(tokens: readonly number[]): void {
    const now = performance.now();
    this.#named = [];
    for (const token of tokens) {
      const birth = this.#births.get(token)?.shift();
      if (!birth) continue;
      add(this.holds, (now - birth.to) * 1e6);
      this.#named.push(birth.from);
    }
  }

  /** It has freed `count`. */
  returned(count: number): void {
    const now = performance.now();
    for (const from of this.#named) add(this.holdsAtMost, (now - from) * 1e6);
    if (count > 0) add(this.returns, count);
  }
}
