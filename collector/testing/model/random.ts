// random - Seeded numbers: one seed is one schedule, on every machine.

/** A source of numbers from 0 (included) to 1 (excluded): mulberry32. */
export interface Random {
  next(): number;
  /** A whole number from 0 to `below` - 1; 0 where `below` is 0. */
  below(below: number): number;
  /** True `share` of the time. */
  chance(share: number): boolean;
  pick<T>(list: readonly T[]): T;
}

/** The numbers of `seed`, a whole number below 2^32. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number) => Math.floor(next() * n);
  return {
    next,
    below,
    chance: (share) => next() < share,
    pick: (list) => list[below(list.length)] as (typeof list)[number],
  };
}
