// send.ts - The peer of receive.ts: plain TCP connections that carry so many bytes each and end when told.
import { Command } from "commander";
import { endWith, Failure, UsageError } from "./receive/failure.ts";
import { readJobs } from "./receive/job/jobs.ts";
import type { Order } from "./receive/sender/sending.ts";
import { transmit } from "./receive/sender/transmit.ts";

const DEFAULTS = { connections: 1, bytes: 1_000_000, tail: 0, hold: 0, deadline: 60 };

function readOrder(given: Record<string, unknown>): Order {
  const { to, ...numbers }: Record<string, unknown> = { ...DEFAULTS, ...given };
  if (typeof to !== "string") throw new UsageError("say where to send to: --to ADDRESS --port PORT");
  for (const name of ["port", "connections", "bytes", "tail", "hold", "deadline"]) {
    const value = Number(numbers[name]);
    if (!Number.isInteger(value) || value < 0) throw new UsageError(`${name} must be a whole number`);
    numbers[name] = value;
  }
  return { to, ...numbers } as Order;
}

async function carryOut(order: Order): Promise<void> {
  const where = `${order.to} port ${order.port}`;
  const late = new Failure(`sending to ${where} was not done within ${order.deadline} s; see --deadline`);
  const watchdog = setTimeout(() => endWith("send", late), order.deadline * 1000);
  await transmit(order);
  clearTimeout(watchdog);
}

/** One answer per order, on standard output; ends when the orders end, even in the middle of one. */
async function carryOutJobs(source: string): Promise<void> {
  for await (const line of readJobs(source)) {
    const answer = await carryOut(readOrder(line)).then(
      () => ({ sent: true }),
      (error: Error) => ({ error: `sending: ${error.message}` }),
    );
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

const program = new Command("send.ts")
  .description("sends TCP streams to a devmem receiver")
  .option("--to <ADDRESS>", "where receive.ts listens")
  .option("--port <PORT>", "its port")
  .option("--connections <N>", `connections at once (default ${DEFAULTS.connections})`)
  .option("--bytes <N>", `bytes over each (default ${DEFAULTS.bytes})`)
  .option("--tail <N>", "of those, the last ones, sent once a byte has come from the receiver (default 0)")
  .option("--hold <MS>", "close so long after the receiver did; 0: when all is sent (default 0)")
  .option("--deadline <S>", `give up after this long (default ${DEFAULTS.deadline})`)
  .option("--jobs <FILE>", "carry out the orders in FILE (- for standard input): a line of JSON each")
  .exitOverride((end) => process.exit(end.exitCode === 0 ? 0 : 2));
program.parse();
const { jobs, ...order } = program.opts();
if (jobs === "-") process.stdin.once("end", () => process.exit(0));
Promise.resolve()
  .then(() => (jobs === undefined ? carryOut(readOrder(order)) : carryOutJobs(jobs)))
  .catch((error: unknown) => endWith("send", error));
