// live-source - A stream shown as it comes: this host, stdin, or a file read from its start.

import { EXIT, UserError } from "../../collector/base/errors.ts";
import type { Ledger } from "../../collector/ledger/state.ts";
import type { Stream } from "../../collector/recording/stream.ts";
import { feed, newShown, type Shown } from "../state/screen-state.ts";
import type { Phase } from "../state/view.ts";
import type { Source } from "./source.ts";

/** A stream to be opened. */
export interface Opening<S extends Stream> {
  /** In the user's words, e.g. "this host". */
  name: string;
  /** What the user reads until the header is there. */
  waiting: string[];
  open(): Promise<S>;
  /** Asks for the stream's end. */
  stop(stream: S | null): void;
  /** What the user has to know besides; empty: nothing. */
  warning?(): string;
  /** Whether events still come after `stop` and belong to the report. */
  drains: boolean;
}

/** A source that follows a stream. */
export function following<S extends Stream>(opening: Opening<S>): Source {
  let phase: Phase = { is: "waiting", sentences: opening.waiting };
  let shown: Shown | null = null;
  let stream: S | null = null;
  let failure: UserError | null = null;
  let left = false;
  let running: Promise<void> = Promise.resolve();

  async function work(changed: () => void): Promise<void> {
    try {
      stream = await opening.open();
      if (left) opening.stop(stream);
      await follow(stream, changed);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      fail(error);
    }
    changed();
  }

  async function follow(from: S, changed: () => void): Promise<void> {
    const target = newShown(from.header);
    shown = target;
    phase = { is: "running" };
    changed();
    for await (const event of from.events) {
      if (left && !opening.drains) return;
      feed(target, event);
      changed();
    }
    phase = { is: "ended", why: target.ledger.ended ?? "" };
  }

  /** What was shown stays; without it there is only the reason. */
  function fail(error: UserError): void {
    failure = error;
    if (shown) feed(shown, { kind: "end", t: shown.ledger.now, reason: "died", detail: error.message });
    phase = shown
      ? { is: "ended", why: error.message }
      : { is: "failed", why: error.message, cannot: error.exitCode === EXIT.cannot };
  }

  async function leave(): Promise<Ledger | null> {
    left = true;
    opening.stop(stream);
    if (opening.drains) await running;
    if (failure && !shown) throw failure;
    return shown?.ledger ?? null;
  }

  return {
    stage: () => ({ source: opening.name, phase, shown, replay: null, warning: opening.warning?.() ?? "" }),
    run(changed) {
      running = work(changed);
      return running;
    },
    advance: async () => {},
    command: async () => "",
    leave,
    abandon() {
      left = true;
      opening.stop(stream);
    },
  };
}
