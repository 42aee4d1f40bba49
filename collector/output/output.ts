// output - What is written goes to an Output: a file, a pipe, stdout.

/** A file being written, or stdout. `write` waits while the reader or the disk is slow; it and `close` reject with UserError. */
export interface Output {
  /** Whether it is stdout, whose reader wants each line as it comes. */
  readonly isStdout: boolean;
  write(bytes: Buffer): Promise<void>;
  close(): Promise<void>;
  /** Closes it and removes what was written. */
  discard(): void;
}

export interface OutputOptions {
  /** Replace an existing file, or a link. */
  force: boolean;
  /** Appears under its name when it is complete, not with its first bytes. */
  whole?: boolean;
  /** The recording that is read meanwhile; `-` is stdin. */
  input?: string | undefined;
}
