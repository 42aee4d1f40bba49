// replay-source - A recording that is played at a speed, stepped through and jumped about in. It opens paused at its end.

import { UserError } from "../../collector/base/errors.ts";
import { clock } from "../../collector/base/format.ts";
import type { Ledger } from "../../collector/ledger/state/ledger.ts";
import { copyOf } from "../../collector/recording/keyframes.ts";
import type { Player } from "../../collector/recording/player.ts";
import { feed, type ScreenState, screenStateOf } from "../state/screen-state.ts";
import type { Phase, SourceStatus } from "../state/view.ts";
import type { Command, Source } from "./source.ts";
import { typedTime } from "./typed-time.ts";

/** Time read before the one jumped to, for sparklines and the log: as long as history.ts keeps of a busy socket. */
const PAST_NS = 64e9;
/** A busy recording has more events in that time than anyone would wait for. */
const PAST_EVENTS = 32768;
const SLOWEST = 1 / 16;
const FASTEST = 4096;

/** A source that replays the recording that `open` reads. */
export function replaySource(name: string, open: () => Promise<Player>): Source {
  return new ReplaySource(name, open);
}

class ReplaySource implements Source {
  private readonly name: string;
  private readonly open: () => Promise<Player>;
  private player: Player | null = null;
  private state: ScreenState | null = null;
  private failure: UserError | null = null;
  private t = 0;
  private speed = 1;
  /** One operation at a time: the player's ledger is valid only until its next call. */
  private queue: Promise<unknown> = Promise.resolve();
  private advancing = false;

  constructor(name: string, open: () => Promise<Player>) {
    this.name = name;
    this.open = open;
  }

  status(): SourceStatus {
    const { player, state } = this;
    const replay = player && state ? { t: this.t, end: player.end, speed: this.speed } : null;
    return { source: this.name, phase: this.phase(), state, replay, warning: "" };
  }

  private phase(): Phase {
    if (this.failure) return { is: "failed", why: this.failure.message, cannot: false };
    if (!this.player || !this.state) return { is: "waiting", sentences: ["Reading the recording."] };
    const atEnd = this.t >= this.player.end;
    return atEnd ? { is: "ended", why: this.state.ledger.ended ?? "" } : { is: "running" };
  }

  async run(changed: () => void): Promise<void> {
    try {
      this.player = await this.open();
      await this.load(this.player, this.player.end);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.failure = error;
    }
    changed();
  }

  async advance(ms: number): Promise<void> {
    if (this.advancing) return;
    this.advancing = true;
    await this.alone(() => this.forward(ms * 1e6 * this.speed));
    this.advancing = false;
  }

  private async forward(ns: number): Promise<void> {
    const { player, state } = this;
    if (player && state) this.play(player, state, this.t, Math.min(player.end, this.t + ns));
  }

  async command(command: Command): Promise<string> {
    const { player } = this;
    if (!player) return "";
    switch (command.do) {
      case "speed":
        this.speed = Math.max(SLOWEST, Math.min(FASTEST, this.speed * command.factor));
        return "";
      case "play":
        return this.t >= player.end ? this.move(player, 0, "Playing from the start") : "";
      case "jump":
        return this.jump(player, command.to);
      case "seek":
        return this.seek(player, command.what, command.direction);
      default:
        return command satisfies never;
    }
  }

  /** The report is about the whole recording, wherever the user is in it. */
  async leave(): Promise<Ledger | null> {
    if (this.failure) throw this.failure;
    const { player } = this;
    return player ? this.alone(async () => player.at(player.end)) : null;
  }

  abandon(): void {}

  private async jump(player: Player, text: string): Promise<string> {
    const t = typedTime(text, this.t, player.end);
    if (t === null) return `"${text}" is not a time: type seconds (12.5, +5, -5) or a share (50%)`;
    return this.move(player, t, "");
  }

  private async seek(player: Player, what: "event" | "leak", direction: 1 | -1): Promise<string> {
    const t = await this.alone(async () => player.seek(this.t, what, direction));
    const noun = what === "leak" ? "leak" : "event of interest";
    if (t === null) return `No ${direction === 1 ? "later" : "earlier"} ${noun}`;
    return this.move(player, t, "");
  }

  /** Resolves with `message`; where that is empty, with the last log entry at the time moved to. */
  private async move(player: Player, t: number, message: string): Promise<string> {
    await this.alone(() => this.load(player, t));
    const last = this.state?.journal.entries.at(-1)?.text.trim();
    return message || last || `No event up to ${clock(t)} s`;
  }

  private async load(player: Player, t: number): Promise<void> {
    const from = Math.max(t - PAST_NS, player.before(t, PAST_EVENTS));
    const state = screenStateOf(copyOf(player.at(from)));
    this.play(player, state, from, t);
    this.state = state;
  }

  private play(player: Player, state: ScreenState, from: number, to: number): void {
    for (const event of player.between(from, to)) feed(state, event);
    this.t = to;
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => {});
    return done;
  }
}
