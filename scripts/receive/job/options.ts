// options - Every option of the workload in one table: the command line, its help and the JSON of jobs derive from it.
import { UsageError } from "../failure.ts";

type Field = { help: string } & (
  | { kind: "number"; default: number; min: number; max: number; unit: string }
  | { kind: "choice"; default: string; choices: readonly string[] }
  | { kind: "text"; default: string }
  | { kind: "numbers"; default: number[]; min: number; max: number }
  | { kind: "steps"; default: string[]; choices: readonly string[] }
  | { kind: "flag" }
);

const LARGE = 2 ** 31 - 1;
const number = (value: number, min: number, max: number, unit: string, help: string) =>
  ({ kind: "number", default: value, min, max, unit, help }) as const;
const count = (help: string, max = LARGE) => number(0, 0, max, "N", help);
const milliseconds = (help: string) => number(0, 0, 600_000, "MS", help);
const flag = (help: string) => ({ kind: "flag", help }) as const;
const text = (value: string, help: string) => ({ kind: "text", default: value, help }) as const;

/** Names as in the JSON of jobs; the command line has them in kebab case. */
export const FIELDS = {
  name: text("", "a name that the statement repeats"),
  ifname: text("devmem0", "the device to receive on"),
  queue: {
    kind: "numbers",
    default: [3],
    min: 1,
    max: 4095,
    help: "receive queues to bind, such as 3 or 2,3; traffic is steered to the first",
  },
  port: number(5201, 1, 65535, "PORT", "TCP port to listen on"),
  family: { kind: "choice", default: "4", choices: ["4", "6"], help: "IP version" },
  address: text("", "address to listen on (default: the device's first of that family)"),
  dmabufPages: number(4096, 16, 262144, "N", "size of the dma-buf in pages of 4096 bytes"),
  connections: number(1, 1, 256, "N", "connections at once"),
  bytes: number(1_000_000, 1, 2 ** 40, "N", "bytes sent over each connection"),
  batch: number(64, 1, 128, "N", "tokens per return call"),
  peer: text(
    "",
    "network namespace to start the sender in; without it, start the sender yourself with the command on stderr",
  ),
  deadline: number(60, 1, 3600, "S", "give up after this long"),
  keep: count("tokens never returned before close, in total, spread over the stream"),
  leaky: count("how many connections, from the first, share --keep (default: all)", 256),
  returnTwice: count("tokens of the first connection returned a second time, after the stream"),
  record: flag("state how long each token was held, and how many each call moved"),
  returnLate: milliseconds("return every token this long after it came"),
  wrongSocket: count(
    "tokens of the first connection returned on the second, which does not have them; they stay held",
    128,
  ),
  oversized: count(
    "tokens named in one call with a struct each, more than 128: the call is refused, they stay held",
    8192,
  ),
  overFrags: count(
    "tokens of the first connection named in one call, more than 1024: the kernel stops there",
    65536,
  ),
  overFragsRest: {
    kind: "choice",
    default: "keep",
    choices: ["keep", "return"],
    help: "what happens to the rest",
  },
  peek: count("recvmsg calls with MSG_PEEK before anything is read; the tokens are kept"),
  peekReturn: flag("return the tokens of --peek"),
  peekTo: {
    kind: "numbers",
    default: [],
    min: 0,
    max: LARGE,
    help: "exact numbers of tokens that the first, second, … connection gets by MSG_PEEK before anything is read; they are kept",
  },
  plain: count("recvmsg calls without MSG_SOCK_DEVMEM before anything is read: EFAULT"),
  cramped: count("recvmsg calls without room for a control message before anything is read: ETOOSMALL"),
  runDry: milliseconds(
    "return nothing until the dma-buf is exhausted: most of its pages are held and the stream has stood still this long, or 20 times as long",
  ),
  rest: milliseconds(
    "with runDry, pause this long after each 32nd of the dma-buf, so that the pages go at a steady rate",
  ),
  pause: milliseconds("wait after the stream, with the sockets open"),
  holdUntil: text(
    "",
    "after the stream, or before its tail, create this file and wait, with the sockets open, until it is removed",
  ),
  lateReturn: count("tokens of each connection's peeks, at most, that are returned after holdUntil"),
  autorelease: {
    kind: "choice",
    default: "unset",
    choices: ["unset", "0", "1"],
    help: "SO_DEVMEM_AUTORELEASE of every connection, set before anything is read",
  },
  readSize: number(
    1 << 20,
    1,
    1 << 20,
    "N",
    "bytes per recvmsg call; fewer than a page split it into several tokens",
  ),
  tail: count(
    "the last of --bytes, sent once the others are received and the options below are done",
    2 ** 40,
  ),
  switch: {
    kind: "steps",
    default: [],
    choices: ["0", "1", "2", "return"],
    help: "before the tail, on the first connection: set SO_DEVMEM_AUTORELEASE to each of these, return all tokens",
  },
  secondQueue: number(0, 0, 4095, "N", "a receive queue for a second dma-buf, which the tail is steered to"),
  unbindRace: flag("close the binding while the tail is in the receive queues; then receive and keep it"),
  returnVia: count("kept tokens of the first connection returned on the second once the first is destroyed"),
  close: {
    kind: "choice",
    default: "normal",
    choices: ["normal", "exit", "kill"],
    help: "end by close(2), by exit, or by SIGKILL (both in a process of their own)",
  },
  dup: flag("close a socket and later its duplicate, which is the real close"),
  fork: flag("pass the sockets to another process, which closes them after this one"),
  unbindFirst: flag("close the binding before the sockets"),
  finWait: milliseconds(
    "the sender closes this long after the receiver: the sockets stay in FIN_WAIT2, closed but not destroyed",
  ),
} as const satisfies Record<string, Field>;

type Value<F> = F extends { kind: "number" }
  ? number
  : F extends { kind: "flag" }
    ? boolean
    : F extends { kind: "numbers" }
      ? number[]
      : F extends { kind: "steps" }
        ? string[]
        : F extends { kind: "choice"; choices: readonly (infer C)[] }
          ? C
          : string;

/** Everything that one run of the workload does. */
export type Job = { -readonly [K in keyof typeof FIELDS]: Value<(typeof FIELDS)[K]> };

/** Makes a job from the options of the command line or of a line of JSON; throws UsageError on the first mistake. */
export function parseJob(given: Record<string, unknown>): Job {
  const unknown = Object.keys(given).find((name) => !(name in FIELDS));
  if (unknown !== undefined) throw new UsageError(`no option is called ${unknown}; see --help`);
  const entries = Object.entries(FIELDS).map(([name, field]) => [name, read(name, field, given[name])]);
  return Object.fromEntries(entries) as Job;
}

function read(name: string, field: Field, value: unknown): unknown {
  if (field.kind === "flag") return readFlag(name, value ?? false);
  if (value === undefined) return field.default;
  if (field.kind === "number") return readNumber(name, field, value);
  if (field.kind === "numbers") return readNumbers(name, field, value);
  if (field.kind === "steps") return readSteps(name, field.choices, value);
  if (field.kind === "choice") return readChoice(name, field.choices, value);
  return String(value);
}

function readFlag(name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new UsageError(`${name} must be true or false, not ${value}`);
}

function readNumber(name: string, field: { min: number; max: number }, value: unknown): number {
  const number = Number(value);
  if (value !== "" && Number.isInteger(number) && number >= field.min && number <= field.max) return number;
  throw new UsageError(`${name} must be a whole number from ${field.min} to ${field.max}, not ${value}`);
}

function readNumbers(name: string, field: { min: number; max: number }, value: unknown): number[] {
  return String(value)
    .split(",")
    .map((one) => readNumber(name, field, one));
}

function readSteps(name: string, choices: readonly string[], value: unknown): string[] {
  return String(value)
    .split(",")
    .map((step) => readChoice(name, choices, step));
}

function readChoice(name: string, choices: readonly string[], value: unknown): string {
  if (choices.includes(String(value))) return String(value);
  throw new UsageError(`${name} must be one of ${choices.join(", ")}, not ${value}`);
}
