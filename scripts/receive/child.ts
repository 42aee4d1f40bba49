// child.ts - receives in a process of its own, which ends with everything open: by exit, or killed by its parent.
import type { Job } from "./options.ts";
import type { Order } from "./sending.ts";
import { receiveAndHold } from "./session.ts";
import type { Statement } from "./statement.ts";

/** What the child tells its parent, in this order: it listens, it is ready to end (or has failed). */
export type Told = { order: Order } | { statement: Statement } | { failure: string };

const tell = (told: Told, then = () => {}) => process.send?.(told, undefined, undefined, then);
const forever = new Promise<void>(() => {}); // the parent watches the sender

process.on("disconnect", () => process.exit(1));
process.once("message", async (job: Job) => {
  try {
    const statement = await receiveAndHold(job, (order) => {
      tell({ order });
      return forever;
    });
    tell({ statement }, () => job.close === "exit" && process.exit(0));
  } catch (error) {
    tell({ failure: (error as Error).message }, () => process.exit(1));
  }
});
