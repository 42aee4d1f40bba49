// away.ts - runs a job in a child process that ends holding its sockets, and makes its statement afterwards.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { programBeside } from "./beside.ts";
import type { Told } from "./child.ts";
import { Failure } from "./failure.ts";
import type { Job } from "./options.ts";
import type { Send } from "./sending.ts";
import type { Statement } from "./statement.ts";

const script = programBeside(import.meta.url, "child");

/** Runs the job in a child that exits or is killed with SIGKILL; what it had said, once it is gone. */
export async function receiveAway(job: Job, send: Send): Promise<Statement> {
  const child = fork(script);
  const gone = once(child, "exit");
  let sent: Promise<void> = Promise.resolve();
  const statement = await new Promise<Statement>((resolve, reject) => {
    child.on("message", (told: Told) => {
      if ("statement" in told) resolve(told.statement);
      if ("failure" in told) reject(new Failure(told.failure));
      if ("order" in told) {
        sent = send(told.order);
        sent.catch(reject);
      }
    });
    gone.then(() => reject(new Failure("the receiving process ended before it was through")));
    child.send(job);
  });
  end(child, job);
  await gone;
  await sent;
  return statement;
}

/** An exiting child ends by itself. */
function end(child: ChildProcess, job: Job): void {
  if (job.close === "kill") child.kill("SIGKILL");
}
