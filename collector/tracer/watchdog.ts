// watchdog - Notices when a source has been silent for too long, unless we were not listening.

/** Watches from its making to `end`. `report` is called once per silence, with its length so far in ns. */
export class Watchdog {
  readonly #limit: number;
  readonly #report: (silent: number) => void;
  readonly #timer: NodeJS.Timeout;
  #lastHeard = performance.now();
  #lastLook = performance.now();
  #isReported = false;
  #isListening = true;

  /**
   * @param limit ms of silence that are too long
   * @param every ms between two looks
   */
  constructor(limit: number, report: (silent: number) => void, every = Math.min(1000, limit / 2)) {
    this.#limit = limit;
    this.#report = report;
    this.#timer = setInterval(() => this.#look(every), every);
    this.#timer.unref();
  }

  /** The source is alive. */
  heard(): void {
    this.#lastHeard = performance.now();
    this.#isReported = false;
  }

  /** Waits for `busy`; until then the silence is our own. */
  async pausedFor(busy: Promise<void>): Promise<void> {
    this.#isListening = false;
    await busy;
    this.#isListening = true;
    this.heard();
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #look(every: number): void {
    const now = performance.now();
    const wasStopped = now - this.#lastLook > 3 * every; // SIGSTOP, or a machine that slept
    this.#lastLook = now;
    if (wasStopped) return this.heard();
    if (!this.#isListening || this.#isReported || now - this.#lastHeard < this.#limit) return;
    this.#isReported = true;
    this.#report(Math.round((now - this.#lastHeard) * 1e6));
  }
}
