// lists - Lists of what belongs together.

/** All that have the same key, in their order. */
export function listsBy<T, K>(all: Iterable<T>, keyOf: (one: T) => K): Map<K, T[]> {
  const lists = new Map<K, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const list = lists.get(key);
    if (list) list.push(one);
    else lists.set(key, [one]);
  }
  return lists;
}

/** What is made of each of the items. Those of a recording can be so many that whoever calls looks at the memory meanwhile. */
export type Mapping = <T, Made>(items: readonly T[], make: (item: T) => Made) => Made[];

/** Without looking at anything. */
export const plainly: Mapping = (items, make) => items.map(make);
