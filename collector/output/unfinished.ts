// unfinished - Files without content, or not whole, do not outlive the process.

/** What is removed at the end. */
export interface Discardable {
  discard(): void;
}

const unfinished = new Set<Discardable>();

/** Removes it when the process ends, until it is finished. */
export function addUnfinished(file: Discardable): void {
  unfinished.add(file);
  watchEnd();
}

/** It stays, or is gone already. */
export function finishedWith(file: Discardable): void {
  unfinished.delete(file);
}

function discardUnfinished(): void {
  for (const file of unfinished) file.discard();
}

/** Also where a signal ends us, as one does while probes are attached: nobody else listens to it then. */
let isWatched = false;
function watchEnd(): void {
  if (isWatched) return;
  isWatched = true;
  process.on("exit", discardUnfinished);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, function end() {
      if (process.listenerCount(signal) > 1) return;
      discardUnfinished();
      process.off(signal, end);
      process.kill(process.pid, signal);
    });
}
