// misuse - What a program did wrong or the kernel refused it, event by event, and what that adds to the findings.

import { type EventWith, having, type ProbeEvent } from "../events/event.ts";
import { errnoName, type Finding, note } from "./findings.ts";

export type Misstep = EventWith<"family", "finding">;

/** Whether an event is one. */
export const isMisstep = having("family", "finding");

/** What a refusal, a short return, an error or a peek adds to the findings. */
export function misstep(findings: Finding[], event: Misstep): void {
  switch (event.kind) {
    case "refused":
      return note(findings, "return refused", event.t, event.ranges, errnoName(event.err));
    case "short":
      // What was named could not be read back: the probe at the call's entry was not run.
      if (event.asked <= event.freed) return;
      return note(
        findings,
        isFragLimit(event) ? "stopped at 1024 frags" : "short return",
        event.t,
        event.asked - event.freed,
      );
    case "recverr":
      return note(findings, "recvmsg error", event.t, 0, errnoName(event.err));
    case "peek":
      return note(findings, "issued by MSG_PEEK", event.t, event.tokens);
    case "second":
      return note(findings, "second binding", event.t, 0, "EFAULT", [event.dmabuf, event.other]);
    case "mode":
      return modeAsked(findings, event);
    default:
      return event satisfies never;
  }
}

/** An answer to SO_DEVMEM_AUTORELEASE: EBUSY is about the tokens in the way, EINVAL about the value. */
function modeAsked(findings: Finding[], { t, value, err, held }: ProbeEvent<"mode">): void {
  if (err === 0) note(findings, value === 1 ? "mode set to autorelease" : "mode set to manual", t, 0);
  else note(findings, "mode refused", t, err === -EBUSY ? held : value, errnoName(err));
}

const EBUSY = 16;

/** MAX_DONTNEED_FRAGS, net/core/sock.c: frags after the 1024th of one call are left alone without an error. */
function isFragLimit(event: ProbeEvent<"short">): boolean {
  return event.asked > 1024;
}
