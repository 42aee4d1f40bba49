// traced-command - A command that is traced while it runs: its end in the stream's time, its exit code.

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { userEnvironment } from "../base/environment.ts";
import { UserError } from "../base/errors.ts";
import type { Header } from "../events/event.ts";
import { groupForCommand, signalGroup } from "./process-group.ts";

/** A command that was started. */
export interface TracedCommand {
  /** When it ended, ns since t0; null while it runs. */
  endedAt(): number | null;
  /** Its exit code; 128 + n when signal n ended it. Rejects with UserError when it could not be started. */
  exitCode: Promise<number>;
  /** Asks it, and what it has started, to end (SIGTERM). On a terminal ^C has reached them already. */
  interrupt(): void;
}

/**
 * Starts `command` with our own stdin and stderr; `stdout` is the descriptor its output goes to, 1 or 2. What it has started
 * does not outlive us, unless it ended without being interrupted: then it may leave a daemon.
 */
export function startCommand(command: string[], header: Header, stdout: 1 | 2 = 1): TracedCommand {
  const group = groupForCommand();
  const child = spawn(command[0] as string, command.slice(1), {
    stdio: ["inherit", stdout, "inherit"],
    env: userEnvironment(process.env),
    detached: group.own,
  });
  const send = (signal: NodeJS.Signals) => child.pid !== undefined && signalGroup(child.pid, group, signal);
  const kill = () => send("SIGKILL");
  process.on("exit", kill);
  let endedAt: number | null = null;
  let interrupted = false;
  const setEnd = () => {
    endedAt = Number(process.hrtime.bigint() - BigInt(header.t0));
    if (!interrupted) process.off("exit", kill);
  };
  const exitCode = new Promise<number>((resolve, reject) => {
    child.on("error", (error) => {
      setEnd();
      reject(new UserError(`${command[0]} cannot be run: ${error.message}.`));
    });
    child.on("exit", (code, signal) => {
      setEnd();
      resolve(signal ? 128 + constants.signals[signal] : (code ?? 0));
    });
  });
  exitCode.catch(() => {}); // Awaited only after the trace has ended.
  const interrupt = () => {
    interrupted = true;
    send("SIGTERM");
  };
  return { endedAt: () => endedAt, exitCode, interrupt };
}
