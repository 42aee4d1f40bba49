// errors - Errors that the user can act on, and the exit codes.

/** Exit codes of every command; README.md and docs/verdicts.md list them. */
export const EXIT = {
  clean: 0,
  error: 1,
  usage: 2,
  inconclusive: 3,
  cannot: 4,
  leak: 23,
  interrupted: 130,
} as const;

/** A sentence for the user (what is wrong, where, what to do) and an exit code; it is shown without a stack trace. */
export class UserError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.error) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** This host cannot do what the user asked for: exit code 4. */
export function cannot(message: string): UserError {
  return new UserError(message, EXIT.cannot);
}
