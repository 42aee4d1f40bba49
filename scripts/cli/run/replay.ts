// replay - Shows a recording on the same screen as live, moved through by keys; then prints the report.

import { basename } from "node:path";
import { EXIT, UserError } from "../../../collector/base/errors.ts";
import { openPlayer } from "../../../collector/recording/player.ts";
import { show } from "../../../tui/screen/shell.ts";
import { replaySource } from "../../../tui/sources/replay-source.ts";
import type { VerdictOptions } from "../options.ts";
import { reported } from "./live.ts";
import { userTerminal } from "./user-terminal.ts";

/** Shows a recording until the user leaves, then prints the report of all of it. Returns the exit code by verdict. */
export async function replay(file: string, options: VerdictOptions): Promise<number> {
  const terminal = userTerminal();
  if (!terminal)
    throw new UserError(`replay needs a terminal. Without one, run: devmem-trace report ${file}`, EXIT.usage);
  const source = replaySource(basename(file), () => openPlayer(file));
  const ledger = await show(source, terminal, { paused: true });
  return ledger ? reported(ledger, options) : EXIT.interrupted;
}
