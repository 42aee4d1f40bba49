// bounded-map - What is known of many by their number, no more than a host has at a time: the newest are kept.

/** Processes or threads; far more than receive on one host at once. */
const MOST = 4096;

/** Puts `value` at the end of `known`; of too many the one that was told of longest ago goes. */
export function remember<Value>(known: Map<number, Value>, id: number, value: Value): void {
  known.delete(id);
  known.set(id, value);
  const [oldest] = known.keys();
  if (known.size > MOST && oldest !== undefined) known.delete(oldest);
}
