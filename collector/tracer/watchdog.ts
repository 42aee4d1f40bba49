// watchdog - Tells when nothing was heard for too long, unless it was we who did not listen.

/** Watches from its making to `end`. `tell` is called once per silence, with its length so far in ns. */
export class Silence {
  readonly #limit: number;
  readonly #tell: (silent: number) => void;
  readonly #timer: NodeJS.Timeout;
  #last = performance.now();
  #looked = performance.now();
  #told = false;
  #listening = true;

  /** @param limit ms without a word @param look ms between two looks */
  constructor(limit: number, tell: (silent: number) => void, look = Math.min(1000, limit / 2)) {
    this.#limit = limit;
    this.#tell = tell;
    this.#timer = setInterval(() => this.#look(look), look);
    this.#timer.unref();
  }

  heard(): void {
    this.#last = performance.now();
    this.#told = false;
  }

  /** Waits for `busy`; until then silence is our own doing. */
  async without(busy: Promise<void>): Promise<void> {
    this.#listening = false;
    await busy;
    this.#listening = true;
    this.heard();
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #look(every: number): void {
    const now = performance.now();
    const wasStopped = now - this.#looked > 3 * every; // SIGSTOP, or a machine that slept
    this.#looked = now;
    if (wasStopped) return this.heard();
    if (!this.#listening || this.#told || now - this.#last < this.#limit) return;
    this.#told = true;
    this.#tell(Math.round((now - this.#last) * 1e6));
  }
}
