// crash - The screen on a stream that fails in the middle with an unexpected error.

import { EXIT } from "../../../collector/base/errors.ts";
import type { Event } from "../../../collector/events/event.ts";
import { openRecording } from "../../../collector/recording/files.ts";
import { show } from "../../../tui/screen/shell.ts";
import { liveSource } from "../../../tui/sources/live-source.ts";
import { userTerminal } from "../../cli/run/user-terminal.ts";

async function* failing(events: AsyncIterable<Event>): AsyncGenerator<Event> {
  for await (const event of events) {
    yield event;
    if (event.kind === "close") throw new TypeError("this is unexpected");
  }
}

const terminal = userTerminal();
if (!terminal) throw new Error("crash needs a terminal");
const source = liveSource({
  name: "a stream that fails",
  waiting: [],
  open: async () => {
    const { header, events } = await openRecording(process.argv[2] as string);
    return { header, events: failing(events) };
  },
  stop: () => {},
  drains: false,
});
await show(source, terminal).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = EXIT.error;
});
