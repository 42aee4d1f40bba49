// line-queue - Things that come from several places, as one sequence in the order they came.

/** Whoever reads it is woken once per batch, not once per item: a line of text must cost next to nothing here. */
export class Inbox<T> implements AsyncIterable<T> {
  #items: T[] = [];
  #ended = false;
  #left = false;
  #wake: (() => void) | null = null;
  #emptied: (() => void) | null = null;

  /** Items put and not taken up yet. */
  get waiting(): number {
    return this.#items.length;
  }

  /** Resolves once the reader has taken up what was put so far. */
  emptied(): Promise<void> {
    if (this.#items.length === 0 || this.#left) return Promise.resolve();
    return new Promise((resolve) => {
      this.#emptied = resolve;
    });
  }

  /** Whoever reads it went away: it is not kept. */
  put(item: T): void {
    if (this.#left) return;
    this.#items.push(item);
    this.#wake?.();
  }

  /** Nothing more comes. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    try {
      for (;;) {
        const batch = this.#takeAll();
        if (batch.length > 0) yield* batch;
        else if (this.#ended) return;
        else await this.#something();
      }
    } finally {
      this.#left = true;
      this.#takeAll();
    }
  }

  #takeAll(): T[] {
    const batch = this.#items;
    this.#items = [];
    this.#emptied?.();
    return batch;
  }

  async #something(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = null;
  }
}
