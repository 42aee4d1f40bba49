// findings - What a program did wrong or the kernel refused; one entry per kind and errno, not per call.

/** Kinds of finding, in the words the screen uses. */
export type FindingKind =
  | "return refused"
  | "short return"
  | "stopped at 1024 frags"
  | "issued by MSG_PEEK"
  | "linear fallback"
  | "recvmsg error"
  | "second binding"
  | "mode set to manual"
  | "mode set to autorelease"
  | "mode refused";

/** One kind of thing that happened to one socket, `times` times between `first` and `last` (ns since t0). */
export interface Finding {
  kind: FindingKind;
  first: number;
  last: number;
  times: number;
  /**
   * Tokens concerned, bytes for `linear fallback`; 0 where the kernel does not report it. `mode refused`: with EBUSY the
   * tokens that prevented it the last time, with EINVAL the value.
   */
  amount: number;
  /** Errno name; empty if the finding has none. */
  errno: string;
  /** `second binding`: the dma-buf the socket has tokens of, and the one it was refused. */
  dmabufIds?: number[];
}

/** What one event finds. */
export function findingOf(kind: FindingKind, t: number, amount: number, errno = ""): Finding {
  return { kind, first: t, last: t, times: 1, amount, errno };
}

/** Adds to the entry of the same kind and errno, or starts one. */
export function addFinding(findings: Finding[], finding: Finding): void {
  const known = findings.find((one) => isAlike(one, finding));
  if (!known) {
    findings.push({ ...finding });
    return;
  }
  known.last = finding.last;
  known.times += finding.times;
  known.amount = finding.kind === "mode refused" ? finding.amount : known.amount + finding.amount;
}

function isAlike(a: Finding, b: Finding): boolean {
  return a.kind === b.kind && a.errno === b.errno && a.dmabufIds?.join() === b.dmabufIds?.join();
}
