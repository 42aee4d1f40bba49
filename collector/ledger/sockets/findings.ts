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
  /** `short return`, level tokens: the first few numbers that its returns named while it did not hold them. */
  strays?: Stray[];
}

/** Token numbers in a row, named by one thread. */
export interface Stray {
  first: number;
  count: number;
  tid: number;
}

/** What one event finds. */
export function findingOf(kind: FindingKind, t: number, amount: number, errno = ""): Finding {
  return { kind, first: t, last: t, times: 1, amount, errno };
}

/** Adds to the entry of the same kind and errno, or starts one. */
export function addFinding(findings: Finding[], finding: Finding): void {
  const known = findings.find((one) => isAlike(one, finding));
  if (!known && findings.length < MOST_FINDINGS) {
    findings.push({ ...finding });
    return;
  }
  if (!known) return addOther(findings, finding);
  grow(known, finding);
}

/** Kinds, errnos and pairs of dma-bufs that are listed; those beyond are one entry a kind. */
const MOST_FINDINGS = 64;
const OTHER = "other errors";

function addOther(findings: Finding[], finding: Finding): void {
  const known = findings.find(({ kind, errno }) => kind === finding.kind && errno === OTHER);
  if (known) grow(known, finding);
  else findings.push({ ...finding, errno: OTHER });
}

function grow(known: Finding, finding: Finding): void {
  known.last = finding.last;
  known.times += finding.times;
  known.amount = finding.kind === "mode refused" ? finding.amount : known.amount + finding.amount;
}

function isAlike(a: Finding, b: Finding): boolean {
  return a.kind === b.kind && a.errno === b.errno && a.dmabufIds?.join() === b.dmabufIds?.join();
}
