// replay-source - A recording moved through: played at a speed, stepped, jumped about in. It opens at its end, standing still.

import { UserError } from "../../collector/base/errors.ts";
import { clock } from "../../collector/base/format.ts";
import type { Ledger } from "../../collector/ledger/state.ts";
import type { Player } from "../../collector/recording/player.ts";
import { feed, type Shown, shownFrom } from "../state/screen-state.ts";
import type { Phase, Stage } from "../state/view.ts";
import type { Command, Source } from "./source.ts";
import { jumpTo } from "./typed-time.ts";

/** How much before the time jumped to is read for sparklines and the log: what history.ts keeps of a busy socket. */
const PAST_NS = 64e9;
/** A busy recording has more in that time than anybody wants to wait for. */
const PAST_EVENTS = 32768;
const SLOWEST = 1 / 16;
const FASTEST = 4096;

/** A source that moves through the recording `open` reads. */
export function replaying(name: string, open: () => Promise<Player>): Source {
  return new Replaying(name, open);
}

class Replaying implements Source {
  private readonly name: string;
  private readonly open: () => Promise<Player>;
  private player: Player | null = null;
  private shown: Shown | null = null;
  private failure: UserError | null = null;
  private t = 0;
  private speed = 1;
  /** One thing at a time: the player's ledger is valid until the next call only. */
  private queue: Promise<unknown> = Promise.resolve();
  private moving = false;

  constructor(name: string, open: () => Promise<Player>) {
    this.name = name;
    this.open = open;
  }

  stage(): Omit<Stage, "missed"> {
    const { player, shown } = this;
    const replay = player && shown ? { t: this.t, end: player.end, speed: this.speed } : null;
    return { source: this.name, phase: this.phase(), shown, replay };
  }

  private phase(): Phase {
    if (this.failure) return { is: "failed", why: this.failure.message, cannot: false };
    if (!this.player || !this.shown) return { is: "waiting", sentences: ["The recording is being read."] };
    return this.t >= this.player.end
      ? { is: "ended", why: this.shown.ledger.ended ?? "" }
      : { is: "running" };
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
    if (this.moving) return;
    this.moving = true;
    await this.alone(() => this.forward(ms * 1e6 * this.speed));
    this.moving = false;
  }

  private async forward(ns: number): Promise<void> {
    const { player, shown } = this;
    if (player && shown) await this.play(player, shown, Math.min(player.end, this.t + ns));
  }

  async command(command: Command): Promise<string> {
    const { player } = this;
    if (!player) return "";
    switch (command.do) {
      case "speed":
        this.speed = Math.max(SLOWEST, Math.min(FASTEST, this.speed * command.factor));
        return "";
      case "play":
        return this.t >= player.end ? this.move(player, 0, "From the start") : "";
      case "jump":
        return this.jump(player, command.to);
      case "seek":
        return this.seek(player, command.what, command.direction);
    }
  }

  /** The report is about the whole recording, wherever one stands in it. */
  async leave(): Promise<Ledger | null> {
    if (this.failure) throw this.failure;
    const { player } = this;
    return player ? this.alone(async () => player.at(player.end)) : null;
  }

  abandon(): void {}

  private async jump(player: Player, text: string): Promise<string> {
    const t = jumpTo(text, this.t, player.end);
    return t === null ? `"${text}" is no time: 12.5, +5, -5 (seconds) or 50%` : this.move(player, t, "");
  }

  private async seek(player: Player, what: "event" | "leak", direction: 1 | -1): Promise<string> {
    const t = await this.alone(async () => player.seek(this.t, what, direction));
    const noun = what === "leak" ? "leak" : "event of interest";
    if (t === null) return direction === 1 ? `No later ${noun}` : `No earlier ${noun}`;
    return this.move(player, t, "");
  }

  /** Resolves with `said`, or what happened last at the time moved to. */
  private async move(player: Player, t: number, said: string): Promise<string> {
    await this.alone(() => this.load(player, t));
    const last = this.shown?.journal.entries.at(-1)?.text.trim();
    return said || last || `Nothing happened up to ${clock(t)} s`;
  }

  private async load(player: Player, t: number): Promise<void> {
    const from = Math.max(t - PAST_NS, player.before(t, PAST_EVENTS));
    const shown = shownFrom(structuredClone(player.at(from)));
    await this.play(player, shown, t, from);
    this.shown = shown;
  }

  private async play(player: Player, shown: Shown, to: number, from = this.t): Promise<void> {
    for (const event of player.between(from, to)) feed(shown, event);
    this.t = to;
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => {});
    return done;
  }
}
