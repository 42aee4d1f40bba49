// misuse - What a program did wrong or the kernel refused it, event by event, as a finding.

import { errnoName, isRestart } from "../../base/errno.ts";
import type { EventWith, ProbeEvent } from "../../events/event.ts";
import type { Ledger } from "../state/ledger.ts";
import { addFinding, type Finding, findingOf } from "./findings.ts";

export type Misuse = EventWith<"family", "finding">;

/** Adds what the event finds to its socket, or to the ledger where that never had a token. */
export function onMisuse(ledger: Ledger, event: Misuse): void {
  const { changes, header } = ledger;
  changes.finding = misuseOf(event);
  // Shared with the socket, as the return lines of the same call may come after this one.
  if (header.level === "tokens" && changes.finding?.kind === "short return" && changes.socket)
    changes.finding.strays = changes.socket.strays;
  if (changes.finding) addFinding(changes.socket?.findings ?? ledger.findings, changes.finding);
}

/** What a refusal, a short return, an error or a peek finds by itself; null: nothing. */
function misuseOf(event: Misuse): Finding | null {
  const { t } = event;
  switch (event.kind) {
    case "refused":
      return findingOf("return refused", t, event.ranges, errnoName(event.err));
    case "short":
      return shortReturn(event);
    case "recverr":
      return isRestart(event.err) ? null : findingOf("recvmsg error", t, 0, errnoName(event.err));
    case "peek":
      return findingOf("issued by MSG_PEEK", t, event.tokens);
    case "second":
      return { ...findingOf("second binding", t, 0, "EFAULT"), dmabufIds: [event.dmabuf, event.other] };
    case "mode":
      return modeAsked(event);
    default:
      return event satisfies never;
  }
}

function shortReturn({ t, asked, freed }: ProbeEvent<"short">): Finding | null {
  // What was named could not be read back: the probe at the call's entry was not run.
  if (asked <= freed) return null;
  return findingOf(asked > MAX_DONTNEED_FRAGS ? "stopped at 1024 frags" : "short return", t, asked - freed);
}

/** net/core/sock.c: frags after the 1024th of one call are left alone without an error. */
const MAX_DONTNEED_FRAGS = 1024;

/** An answer to SO_DEVMEM_AUTORELEASE: EBUSY is about the tokens in the way, EINVAL about the value. */
function modeAsked({ t, value, err, held }: ProbeEvent<"mode">): Finding {
  if (err === 0) return findingOf(value === 1 ? "mode set to autorelease" : "mode set to manual", t, 0);
  const name = errnoName(err);
  return findingOf("mode refused", t, name === "EBUSY" ? held : value, name);
}
