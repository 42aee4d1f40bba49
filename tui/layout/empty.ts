// empty - The view has no rows: why, and what would bring some.

import { notice } from "../draw/notice.ts";
import type { Line } from "../draw/styled-line.ts";
import type { ViewName } from "../state/model.ts";
import type { LiveView } from "../state/view.ts";

const NOTHING: Record<ViewName, [heading: string, ...sentences: string[]]> = {
  sockets: [
    "No socket received a devmem token",
    "A socket appears here with its first token: a recvmsg with MSG_SOCK_DEVMEM that met payload in a bound dma-buf.",
    "3 shows whether a dma-buf is bound and to which queues. No binding: start the receiver. A binding but no socket: steer its flow to a bound queue.",
  ],
  leaks: [
    "No close or unbind was flagged",
    "A close that still holds tokens appears here, and so does an unbind that leaves tokens behind.",
  ],
  bindings: [
    "No dma-buf was seen bound",
    "A binding appears when it is made (bind-rx), or with the first token from it when it was made before the trace.",
  ],
  profile: ["Nothing to profile", "The profile needs at least one socket that received tokens."],
  log: [
    "Nothing happened that is worth a line",
    "Errors, losses, binds and closes are listed here as they happen.",
  ],
};

/** Why the view is empty. */
export function render(view: LiveView, width: number, height: number): Line[] {
  const [heading, ...sentences] = NOTHING[view.model.view];
  if (view.model.filter !== "")
    return notice("No row contains the filter", "title", ["Esc clears it."], width, height);
  return notice(heading, "title", sentences, width, height);
}
