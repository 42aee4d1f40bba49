// child - Receives in a process of its own, which ends with everything open: by exit, or killed by its parent.
import type { Job } from "../job/options.ts";
import type { Order } from "../sender/sending.ts";
import { receiveAndHold } from "./session.ts";
import type { Statement } from "./statement.ts";

/** The messages of the child to its parent, in this order: it listens, it is ready to end (or has failed). */
export type ChildMessage = { order: Order } | { statement: Statement } | { failure: string };

const report = (message: ChildMessage, then = () => {}) =>
  process.send?.(message, undefined, undefined, then);
const forever = new Promise<void>(() => {}); // the parent watches the sender

process.on("disconnect", () => process.exit(1));
process.once("message", async (job: Job) => {
  try {
    const statement = await receiveAndHold(job, (order) => {
      report({ order });
      return forever;
    });
    report({ statement }, () => job.close === "exit" && process.exit(0));
  } catch (error) {
    report({ failure: (error as Error).message }, () => process.exit(1));
  }
});
