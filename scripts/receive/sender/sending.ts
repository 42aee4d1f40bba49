// sending - The order for a sender, and a sender process in the peer's network namespace that takes many of them.
import { type ChildProcess, spawn } from "node:child_process";
import readline from "node:readline";
import type { Writable } from "node:stream";
import { Failure } from "../failure.ts";
import { programBeside } from "../sibling-program.ts";

/** One stream per connection, to one port. */
export type Order = {
  to: string;
  port: number;
  connections: number;
  /** Per connection. */
  bytes: number;
  /** The last of them, sent only once a byte has arrived from the receiver. */
  tail: number;
  /** Milliseconds between the receiver's close and ours; 0: we close when everything is sent. */
  hold: number;
  /** Seconds to give up after. */
  deadline: number;
};

/** Sends an order; settles when the sender has finished it. */
export type Send = (order: Order) => Promise<void>;

const script = programBeside(import.meta.url, "../../send");

/** The command that carries the order out, for a person to run on the peer. */
export function commandFor({ to, port, connections, bytes, tail, hold, deadline }: Order): string {
  const command = `scripts/run-ts scripts/send.ts --to ${to} --port ${port} --connections ${connections}`;
  return `${command} --bytes ${bytes} --tail ${tail} --hold ${hold} --deadline ${deadline}`;
}

/** The sender is another host: prints on stderr what to run there. */
export const askForSender: Send = async (order) => {
  process.stderr.write(`on the other host: ${commandFor(order)}\n`);
};

/** A sender process in a network namespace; it lives until stop() or the end of this process. */
export class Sender {
  readonly #process: ChildProcess;
  #ended: string | null = null;
  #answer: { resolve: () => void; reject: (why: Error) => void } | null = null;

  constructor(netns: string) {
    const node = [process.execPath, ...process.execArgv, script, "--jobs", "-"];
    this.#process = spawn("ip", ["netns", "exec", netns, ...node], { stdio: ["pipe", "pipe", "inherit"] });
    this.#process.on("error", (error) => this.#end(`cannot start the sender: ${error.message}`));
    this.#process.on("exit", () => this.#end(`the sender in network namespace ${netns} ended early`));
    this.#process.stdin?.on("error", () => {}); // the exit event reports it
    const answers = readline.createInterface({ input: this.#process.stdout as NodeJS.ReadableStream });
    answers.on("line", (line) => this.#settle((JSON.parse(line) as { error?: string }).error));
  }

  /** Sends one order; the previous one must be finished. */
  readonly send: Send = (order) =>
    new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
      if (this.#ended !== null) return this.#settle(this.#ended);
      (this.#process.stdin as Writable).write(`${JSON.stringify(order)}\n`);
    });

  stop(): void {
    (this.#process.stdin as Writable).end();
  }

  #end(why: string): void {
    this.#ended ??= why;
    this.#settle(this.#ended);
  }

  #settle(error: string | undefined): void {
    if (error) this.#answer?.reject(new Failure(error));
    else this.#answer?.resolve();
    this.#answer = null;
  }
}
