// live-source - A stream shown as it arrives: from this host, from stdin, or from a file read from its start.

import { EXIT, UserError } from "../../collector/base/errors.ts";
import type { Event } from "../../collector/events/event.ts";
import type { Ledger } from "../../collector/ledger/state/ledger.ts";
import type { Stream } from "../../collector/recording/stream.ts";
import { applyBounded } from "../../collector/verdict/bounded-ledger.ts";
import { feed, newScreenState, type ScreenState } from "../state/screen-state.ts";
import type { Phase, SourceStatus } from "../state/view.ts";
import type { Source } from "./source.ts";

/** A stream to be opened. */
export interface Opening<S extends Stream> {
  /** Name of the source as the user knows it, e.g. "this host". */
  name: string;
  /** What the user reads until the header arrives. */
  waiting: string[];
  open(): Promise<S>;
  /** Asks for the end of the stream; null while it is being opened. */
  stop(stream: S | null): void;
  /** A problem beside the stream itself; empty: none. */
  warning?(): string;
  /** Whether events that arrive after `stop` belong to the report. */
  drains: boolean;
}

/** A source that follows a stream. */
export function liveSource<S extends Stream>(opening: Opening<S>): Source {
  return new LiveSource(opening);
}

class LiveSource<S extends Stream> implements Source {
  private readonly opening: Opening<S>;
  private phase: Phase;
  private state: ScreenState | null = null;
  private stream: S | null = null;
  private failure: UserError | null = null;
  private left = false;
  private running: Promise<void> = Promise.resolve();

  constructor(opening: Opening<S>) {
    this.opening = opening;
    this.phase = { is: "waiting", sentences: opening.waiting };
  }

  status(): SourceStatus {
    const warning = this.opening.warning?.() ?? "";
    return { source: this.opening.name, phase: this.phase, state: this.state, replay: null, warning };
  }

  run(changed: () => void): Promise<void> {
    this.running = this.work(changed);
    return this.running;
  }

  async advance(): Promise<void> {}

  async command(): Promise<string> {
    return "";
  }

  async leave(): Promise<Ledger | null> {
    this.abandon();
    if (this.opening.drains) await this.running;
    if (this.failure && !this.state) throw this.failure;
    return this.state?.ledger ?? null;
  }

  abandon(): void {
    this.left = true;
    this.opening.stop(this.stream);
  }

  private async work(changed: () => void): Promise<void> {
    try {
      this.stream = await this.opening.open();
      if (this.left) this.opening.stop(this.stream);
      await this.follow(this.stream, changed);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.fail(error);
    }
    changed();
  }

  private async follow({ header, events }: S, changed: () => void): Promise<void> {
    const state = newScreenState(header);
    this.state = state;
    this.phase = { is: "running" };
    changed();
    for await (const event of events) {
      if (this.left && !this.opening.drains) return;
      feed(state, event, applyBounded);
      changed();
    }
    this.phase = { is: "ended", why: state.ledger.ended ?? "" };
  }

  /** The last state stays on the screen; without one there is only the reason. */
  private fail(error: UserError): void {
    const { state } = this;
    this.failure = error;
    if (state) feed(state, died(state, error));
    this.phase = state
      ? { is: "ended", why: error.message }
      : { is: "failed", why: error.message, cannot: error.exitCode === EXIT.cannot };
  }
}

function died({ ledger }: ScreenState, { message }: UserError): Event {
  return { kind: "end", t: ledger.now, reason: "died", detail: message };
}
