// pairs - Two options of SO_DEVMEM_AUTORELEASE in turn, so that whatever else the machine does affects both.

/** SO_DEVMEM_AUTORELEASE. */
export type Option = "0" | "1";
export type Pair<T> = Record<Option, T>;

/** Both options, once each; the second one first in every other pair. */
async function pair<T>(index: number, run: (autorelease: Option) => Promise<T>): Promise<Pair<T>> {
  const results: Partial<Pair<T>> = {};
  const order: Option[] = index % 2 === 0 ? ["0", "1"] : ["1", "0"];
  for (const option of order) results[option] = await run(option);
  return results as Pair<T>;
}

/** This many pairs; each is reported when it is done. */
export async function pairs<T>(
  what: string,
  times: number,
  run: (autorelease: Option) => Promise<T>,
): Promise<Pair<T>[]> {
  const all: Pair<T>[] = [];
  for (let i = 0; i < times; i++) {
    all.push(await pair(i, run));
    process.stderr.write(`bench: ${what}, pair ${i + 1} of ${times}\n`);
  }
  return all;
}
