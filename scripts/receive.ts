// receive.ts - A devmem TCP receiver that misbehaves on request and states, as one JSON object, exactly what it did.
//
// Runs on any NIC that can bind a dma-buf (--ifname --queue --port) and on the testbed's (--peer peer starts the
// sender in that network namespace). What a statement says: receive/statement.ts. What can be asked: --help.
import { Command, Option } from "commander";
import { checkDevice, prepareDevice, restoreDevice, steer, unsteer } from "./receive/device/steer.ts";
import { endWith, Failure } from "./receive/failure.ts";
import { readJobs } from "./receive/job/jobs.ts";
import { FIELDS, type Job, parseJob } from "./receive/job/options.ts";
import { checkPlan } from "./receive/job/plan.ts";
import { askForSender, type Send, Sender } from "./receive/sender/sending.ts";
import { receiveInChild } from "./receive/session/child-process.ts";
import { receive } from "./receive/session/session.ts";
import type { Statement } from "./receive/session/statement.ts";

const senders = new Map<string, Sender>();
const reserved = new Map<string, number>(); // the lowest queue of a device that other traffic is kept out of
const undo = new Map<string, () => void>(); // what is to be put back on the device, whatever ends us

function options(): Option[] {
  return Object.entries(FIELDS).map(([name, field]) => {
    const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (field.kind === "flag") return new Option(`--${kebab}`, field.help);
    const value =
      field.kind === "number" ? field.unit : field.kind === "numbers" ? "N,…" : field.kind.toUpperCase();
    const choices = "choices" in field ? `: ${field.choices.join(", ")}` : "";
    const shown = String(field.default) && String(field.default) !== "0" ? ` (default ${field.default})` : "";
    return new Option(`--${kebab} <${value}>`, `${field.help}${choices}${shown}`);
  });
}

async function* jobsOf(given: Record<string, unknown>): AsyncGenerator<Job> {
  const { jobs, ...rest } = given;
  if (jobs === undefined) yield parseJob(rest);
  else for await (const line of readJobs(String(jobs))) yield parseJob({ ...rest, ...line });
}

async function run(job: Job): Promise<Statement> {
  checkPlan(job);
  const watchdog = setTimeout(() => giveUp(job), job.deadline * 1000);
  const send = senderFor(job); // first: it starts while we steer
  const steering = steerTo(job);
  const statement = await (job.close === "normal"
    ? receive(job, send, steering.move)
    : receiveInChild(job, send));
  steering.forget();
  clearTimeout(watchdog);
  return statement;
}

function giveUp(job: Job): never {
  putBack();
  endWith(
    "receive",
    new Failure(`${job.name || "the run"} was not done within ${job.deadline} s; see --deadline`),
  );
}

/** Steers the job's port to its queue; `move` to its second one, `forget` no more. */
function steerTo({ ifname, queue, secondQueue, family, port }: Job): { move(): void; forget(): void } {
  const queues = secondQueue ? [...queue, secondQueue] : queue;
  checkDevice(ifname, queues);
  reserve(ifname, Math.min(...queues));
  let forget = steerOne(ifname, family, port, queue[0] as number);
  const move = () => {
    forget();
    forget = steerOne(ifname, family, port, secondQueue);
  };
  return { move, forget: () => forget() };
}

/** Keeps all other traffic below `queue`. */
function reserve(ifname: string, queue: number): void {
  if (queue >= (reserved.get(ifname) ?? Number.POSITIVE_INFINITY)) return;
  prepareDevice(ifname, queue);
  reserved.set(ifname, queue);
  undo.set(ifname, () => restoreDevice(ifname));
}

function steerOne(ifname: string, family: Job["family"], port: number, queue: number): () => void {
  const rule = steer(ifname, family, port, queue);
  const key = `${ifname} ${rule}`;
  undo.set(key, () => unsteer(ifname, rule));
  return () => {
    unsteer(ifname, rule);
    undo.delete(key);
  };
}

function senderFor({ peer }: Job): Send {
  if (peer === "") return askForSender;
  const sender = senders.get(peer) ?? new Sender(peer);
  senders.set(peer, sender);
  return sender.send;
}

/** Last done, first undone: rules go before the table they depart from. */
function putBack(): void {
  for (const put of [...undo.values()].reverse()) {
    try {
      put();
    } catch (error) {
      process.stderr.write(`receive: ${(error as Error).message}\n`);
    }
  }
  undo.clear();
}

async function main(given: Record<string, unknown>): Promise<void> {
  for await (const job of jobsOf(given)) process.stdout.write(`${JSON.stringify(await run(job))}\n`);
  for (const sender of senders.values()) sender.stop();
  putBack();
}

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.once(signal, () => {
    putBack();
    process.exit(code);
  });
}

const program = new Command("receive.ts")
  .description("receives devmem TCP, misbehaves on request, and states what it did as one JSON object")
  .option(
    "--jobs <FILE>",
    "run the jobs in FILE (- for standard input): a line of JSON each, these options in camelCase",
  )
  .exitOverride((end) => process.exit(end.exitCode === 0 ? 0 : 2));
for (const option of options()) program.addOption(option);
program.parse();
main(program.opts()).catch((error: unknown) => {
  putBack();
  endWith("receive", error);
});
