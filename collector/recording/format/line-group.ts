// line-group - Lines of a recording that are stored together, and where.

/** One line without its end, or why one or more lines could not be read. */
export type Line = string | { unreadable: string };

/** Lines that follow each other in the file. A block is always the first line of its group. */
export interface LineGroup {
  /** Offset in the file, bytes; -1 if the file cannot be read from there. */
  at: number;
  lines: Line[];
}
