// words - All verdicts: of a socket, of a binding, of the run.

export const SOCKET_VERDICTS = [
  "open",
  "clean",
  "lingering",
  "reclaimed",
  "inconclusive",
  "leaked",
  "returned elsewhere",
  "swept",
] as const;
export type SocketVerdict = (typeof SOCKET_VERDICTS)[number];
export const BINDING_VERDICTS = [
  "bound",
  "unbound clean",
  "unbound pinned",
  "stuck",
  "inconclusive",
] as const;
export type BindingVerdict = (typeof BINDING_VERDICTS)[number];
export const RUN_VERDICTS = ["clean", "leak", "inconclusive"] as const;
export type RunVerdict = (typeof RUN_VERDICTS)[number];

/** A verdict and the sentence that gives its reason; the reason is empty where the word is enough. */
export interface Verdict<T> {
  verdict: T;
  why: string;
}
