// errors - What can go wrong in a way the user can act on, with the exit code that says so.

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

/** One sentence for the user (what, where, what to do) and the exit code; never shown with a stack trace. */
export class UserError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.error) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** This host cannot do what was asked: exit code 4. */
export function cannot(message: string): UserError {
  return new UserError(message, EXIT.cannot);
}
