// failure - Errors that the user sees as one sentence, without a stack.

/** Something went wrong that the user can act on. Exit code 1. */
export class Failure extends Error {}

/** The command line or a job makes no sense. Exit code 2. */
export class UsageError extends Error {}

/** Ends the process with the error's sentence and exit code; a bug of our own keeps its stack. */
export function endWith(program: string, error: unknown): never {
  const known = error instanceof Failure || error instanceof UsageError || hasCode(error);
  process.stderr.write(
    `${program}: ${known ? (error as Error).message : ((error as Error)?.stack ?? error)}\n`,
  );
  process.exit(error instanceof UsageError ? 2 : 1);
}

/** The message of a failed system call already names the call and the reason. */
function hasCode(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
