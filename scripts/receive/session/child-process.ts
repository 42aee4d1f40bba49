// child-process - Runs a job in a child process that ends while it holds its sockets, and completes its statement.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { Failure } from "../failure.ts";
import type { Job } from "../job/options.ts";
import type { Send } from "../sender/sending.ts";
import { programBeside } from "../sibling-program.ts";
import type { ChildMessage } from "./child.ts";
import type { Statement } from "./statement.ts";

const script = programBeside(import.meta.url, "child");

/** Runs the job in a child that exits or is killed with SIGKILL; its statement, once it is gone. */
export async function receiveInChild(job: Job, send: Send): Promise<Statement> {
  const child = fork(script);
  const gone = once(child, "exit");
  let sent: Promise<void> = Promise.resolve();
  const statement = await new Promise<Statement>((resolve, reject) => {
    child.on("message", (message: ChildMessage) => {
      if ("statement" in message) resolve(message.statement);
      if ("failure" in message) reject(new Failure(message.failure));
      if ("order" in message) {
        sent = send(message.order);
        sent.catch(reject);
      }
    });
    gone.then(() => reject(new Failure("the receiving process ended before it finished")));
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
