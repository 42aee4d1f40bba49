// failure.ts - errors that are told to the user in one sentence, without a stack.

/** Something went wrong that the user can act on. Exit code 1. */
export class Failure extends Error {}

/** The command line or a job asks for something that makes no sense. Exit code 2. */
export class UsageError extends Error {}

/** Ends the process with the sentence and the code that fit the error; an error of our own keeps its stack. */
export function endWith(program: string, error: unknown): never {
  const known = error instanceof Failure || error instanceof UsageError || hasCode(error);
  process.stderr.write(
    `${program}: ${known ? (error as Error).message : ((error as Error)?.stack ?? error)}\n`,
  );
  process.exit(error instanceof UsageError ? 2 : 1);
}

/** System call errors say what and why already. */
function hasCode(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
