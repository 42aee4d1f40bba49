// checks - How often the ledger was compared with the kernel, and with what result.

import { clock, plural } from "../../base/format.ts";
import type { TracerEvent } from "../../events/event.ts";
import type { Checks } from "../state/evidence.ts";
import type { Ledger } from "../state/ledger.ts";

/** Of a ledger without events. */
export function newChecks(): Checks {
  return { times: 0, at: -1, differences: 0, moved: 0, unread: 0, unchecked: "" };
}

/** A round is over. */
export function onChecked({ checks }: Ledger, { t, moved, unread }: TracerEvent<"checked">): void {
  checks.times += 1;
  checks.at = t;
  checks.moved = moved;
  checks.unread = unread;
  checks.unchecked = "";
}

/** The kernel cannot be read, or not any more. */
export function onUnchecked({ checks }: Ledger, { detail }: TracerEvent<"unchecked">): void {
  checks.unchecked = detail;
}

/** The result of the checks in words: "3 times, last at 12.345 s: no difference". */
export function checksText(checks: Checks): string {
  const { times, at, differences, moved, unread, unchecked } = checks;
  if (times === 0) return unchecked ? `never: ${unchecked}` : "never";
  const often = times === 1 ? "once, at" : `${times} times, last at`;
  const parts = [
    differences > 0 ? plural(differences, "difference") : "no difference",
    ...(moved > 0 ? [`${plural(moved, "socket")} moved during the last check`] : []),
    ...(unread > 0 ? [`${plural(unread, "line")} could not be read`] : []),
    ...(unchecked ? [`no longer possible: ${unchecked}`] : []),
  ];
  return `${often} ${clock(at)} s: ${parts.join(", ")}`;
}
