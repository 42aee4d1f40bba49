// environment - The user's environment for a command of theirs: scripts/run-ts keeps from us what Node and its libraries read.

/** What scripts/run-ts puts before the name of a variable it puts aside. */
const ASIDE = "DEVMEM_TRACE_USER_";

/** The environment scripts/run-ts was started with, out of `ours`. */
export function userEnvironment(ours: Readonly<Record<string, string | undefined>>) {
  const names = Object.keys(ours);
  const kept = names.filter((name) => !name.startsWith(ASIDE)).map((name) => [name, ours[name]]);
  const aside = names
    .filter((name) => name.startsWith(ASIDE))
    .map((name) => [name.slice(ASIDE.length), ours[name]]);
  return Object.fromEntries([...kept, ...aside]) as Record<string, string | undefined>;
}
