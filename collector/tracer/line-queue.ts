// line-queue - Items from several places, as one sequence in the order they came.

/** The reader is woken once per batch, not once per item: a line of text must cost next to nothing here. */
export class LineQueue<T> implements AsyncIterable<T> {
  #items: T[] = [];
  #isEnded = false;
  #readerLeft = false;
  #wake: (() => void) | null = null;
  #emptied: (() => void) | null = null;

  /** Items that the reader has not taken yet. */
  get waiting(): number {
    return this.#items.length;
  }

  /** Resolves once the reader has taken what was put so far. */
  emptied(): Promise<void> {
    if (this.#items.length === 0 || this.#readerLeft) return Promise.resolve();
    return new Promise((resolve) => {
      this.#emptied = resolve;
    });
  }

  /** Dropped when the reader has left. */
  put(item: T): void {
    if (this.#readerLeft) return;
    this.#items.push(item);
    this.#wake?.();
  }

  /** Nothing more will be put. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    try {
      for (;;) {
        const batch = this.#takeAll();
        if (batch.length > 0) yield* batch;
        else if (this.#isEnded) return;
        else await this.#change();
      }
    } finally {
      this.#readerLeft = true;
      this.#takeAll();
    }
  }

  #takeAll(): T[] {
    const batch = this.#items;
    this.#items = [];
    this.#emptied?.();
    return batch;
  }

  /** Resolves at the next `put` or `end`. */
  async #change(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = null;
  }
}
