// terminal - A real terminal for an end-to-end test, by tmux: a command in it, keys to it, the text on its screen.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const LOOK_MS = 20;

/** The terminal after the command has ended. */
export interface Aftermath {
  code: number;
  /** Settings of the terminal (stty -g) before and after. */
  before: string;
  after: string;
  /** The alternate screen is left, and the cursor can be seen. */
  restored: boolean;
  screen: string;
}

/** A terminal, of a tmux server of its own, in which `command` (for sh) runs. */
export class Terminal {
  readonly #dir = mkdtempSync(join(tmpdir(), "devmem-trace-tmux-"));

  constructor(command: string, columns: number, rows: number) {
    const at = (name: string) => join(this.#dir, name);
    const script = [
      `stty -g >${at("before")}`,
      `(${command})`,
      `echo $? >${at("code")}`,
      `stty -g >${at("after")}`,
      "sleep 1000",
    ];
    writeFileSync(at("script"), `${script.join("\n")}\n`);
    this.#tmux(
      "-f",
      "/dev/null",
      "new-session",
      "-d",
      "-x",
      `${columns}`,
      "-y",
      `${rows}`,
      "sh",
      at("script"),
    );
  }

  /** Sends keys by tmux's names, e.g. `q`, `Enter`, `C-c`. */
  keys(...names: string[]): void {
    this.#tmux("send-keys", ...names);
  }

  resize(columns: number, rows: number): void {
    this.#tmux("resize-window", "-x", `${columns}`, "-y", `${rows}`);
  }

  screen(): string {
    return this.#tmux("capture-pane", "-p");
  }

  /** The screen with its colours as escape sequences, as soon as two looks at it are the same. */
  async styledScreen(): Promise<string> {
    for (let before = ""; ; await sleep(LOOK_MS)) {
      const now = this.#tmux("capture-pane", "-p", "-e");
      if (now === before) return now;
      before = now;
    }
  }

  /** Waits until `what` is on the screen, and returns that screen; throws with the last screen after `seconds`. */
  async until(what: RegExp, seconds = 3600): Promise<string> {
    for (let left = (seconds * 1000) / LOOK_MS; left > 0; left--) {
      const screen = this.screen();
      if (what.test(screen)) return screen;
      await sleep(LOOK_MS);
    }
    throw new Error(`${what} did not appear:\n${this.screen()}`);
  }

  /** Sends a signal to the processes of the command whose command line has `word` in it. */
  signal(name: NodeJS.Signals, word: string): void {
    for (const pid of this.#descendants(Number(this.#tmux("display", "-p", "#{pane_pid}"))))
      if (readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(word)) process.kill(pid, name);
  }

  /** Waits for the command's end. */
  async end(seconds = 3600): Promise<Aftermath> {
    for (let left = (seconds * 1000) / LOOK_MS; left > 0 && !this.#file("after"); left--)
      await sleep(LOOK_MS);
    if (!this.#file("after")) throw new Error(`the command did not end:\n${this.screen()}`);
    return {
      code: Number(this.#file("code")),
      before: this.#file("before"),
      after: this.#file("after"),
      restored: this.#tmux("display", "-p", "#{alternate_on} #{cursor_flag}").trim() === "0 1",
      // With what has scrolled off: a report may be longer than the screen.
      screen: this.#tmux("capture-pane", "-p", "-S", "-"),
    };
  }

  close(): void {
    spawnSync("tmux", ["-S", join(this.#dir, "socket"), "kill-server"]);
    rmSync(this.#dir, { recursive: true });
  }

  #file(name: string): string {
    try {
      return readFileSync(join(this.#dir, name), "utf8").trim();
    } catch {
      return "";
    }
  }

  #descendants(pid: number): number[] {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      .split(" ")
      .filter(Boolean)
      .map(Number);
    return children.flatMap((child) => [child, ...this.#descendants(child)]);
  }

  #tmux(...args: string[]): string {
    const { status, stdout, stderr, error } = spawnSync("tmux", ["-S", join(this.#dir, "socket"), ...args], {
      encoding: "utf8",
      env: { ...process.env, TERM: "xterm-256color", LC_ALL: "C.UTF-8" },
    });
    if (error) throw new Error(`tmux cannot be run (apt-get install tmux): ${error.message}`);
    if (status !== 0) throw new Error(`tmux ${args[0]}: ${stderr}`);
    return stdout;
  }
}
