// recent-map - A map of the newest entries in two halves, so that forgetting the oldest costs nothing. Plain data.

/** What was set since the last change of halves, and what was set in the half before. */
export interface RecentMap<Key, Value> {
  newer: Map<Key, Value>;
  older: Map<Key, Value>;
}

/** A map without entries. */
export function newRecentMap<Key, Value>(): RecentMap<Key, Value> {
  return { newer: new Map(), older: new Map() };
}

/** Sets an entry; at least the newest `half` of them are known afterwards, and at most twice as many. */
export function setRecent<Key, Value>(
  map: RecentMap<Key, Value>,
  key: Key,
  value: Value,
  half: number,
): void {
  map.newer.set(key, value);
  if (map.newer.size < half) return;
  // A map that loses its first entry all the time has to step over the gaps of those before: a new one has none.
  map.older = map.newer;
  map.newer = new Map();
}

/** The value that was set last for `key`, unless it was too long ago. */
export function getRecent<Key, Value>({ newer, older }: RecentMap<Key, Value>, key: Key): Value | undefined {
  return newer.get(key) ?? older.get(key);
}
