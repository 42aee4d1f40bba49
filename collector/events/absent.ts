// absent - Kernel functions that a trace can do without, and what it does not see then.

import type { Level } from "./event.ts";

/** By the function that cannot be probed (inlined, renamed or not there): what is not seen. */
const UNSEEN = {
  tcp_recvmsg_dmabuf: "payload that went to linear memory is not counted",
  tcp_recvmsg_locked: "peeks and failed calls of recvmsg are not seen",
} as const;

export type Dispensable = keyof typeof UNSEEN;
export const DISPENSABLE = Object.keys(UNSEEN) as Dispensable[];

/** What a trace of `level` does not see without a function: a sentence. A name that this program does not know is told as it is. */
export function absentText(name: string, level: Level): string {
  const callers =
    level === "tokens" && name === "tcp_recvmsg_locked" ? ", nor which code received a token" : "";
  const unseen = Object.hasOwn(UNSEEN, name)
    ? UNSEEN[name as Dispensable]
    : "part of what it shows is not seen";
  return `${name} cannot be probed in this kernel: ${unseen}${callers}`;
}
