// bounded-map - A map that keeps the newest few thousand entries, so that it never grows with the trace.

/** Most entries: far more processes or threads than receive on one host at once. */
const MOST = 4096;

/** Puts `value` at the end of `known`; if there are too many, the entry that was set longest ago goes. */
export function remember<Key, Value>(known: Map<Key, Value>, key: Key, value: Value): void {
  known.delete(key);
  known.set(key, value);
  if (known.size > MOST) known.delete(known.keys().next().value as Key);
}
