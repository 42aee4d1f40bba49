// scenario-events - Makes the event of a scenario's line; what the line leaves out gets the value of a plain trace.

import type { Event, Header } from "../events/event.ts";
import { type FieldType, fieldValue, isNumeric } from "../events/fields.ts";
import { FIELDS, KINDS, type Kind } from "../events/kinds.ts";
import { SUBJECT_FIELDS } from "../events/traits.ts";
import { nanoseconds, type Step, type Word } from "./scenario-files.ts";

/** What is known of a socket from the lines before. */
interface Known {
  born: number;
  issued: number;
  returned: number;
  linear: number;
  sockmode: number;
  closed: number;
}

type Values = Record<string, string | number>;

/** Fields whose default depends on nothing. */
const PLAIN: Readonly<Values> = {
  binding: "b0",
  dmabuf: 1,
  bytes: 2 ** 24,
  shift: 12,
  ifindex: 2,
  ifname: "devmem0",
  netns: 1,
  laddr: "192.0.2.1",
  lport: 5201,
  raddr: "192.0.2.2",
  pid: 7,
  tid: 7,
  comm: "receive",
  still: 1,
  whole: 1,
  open: 1,
  count: 1,
  size: 4096,
  walked: 4096,
  at: "tcp_close",
  reason: "stopped",
};

/** Fields that mean something else in some kinds. */
const OF_KIND: Partial<Record<Kind, Values>> = {
  close: { bytes: 0 },
  gap: { detail: "bpftrace was ended by SIGKILL." },
};

/** Makes the events of one scenario, in their order. */
export class EventMaker {
  readonly #known = new Map<string, Known>();
  readonly #inXarray: number;
  #t = 0;

  constructor({ kernel }: Header) {
    this.#inXarray = kernel.variant === "sockopt" ? 1 : 0;
  }

  /** Throws an Error that begins with file:line where the line is not an event. */
  make({ at, t, verb, words }: Step): Event {
    const kind = verb as Kind;
    const from = this.#t;
    this.#t = t ?? from + 1e9;
    const given = givenIn(kind, words, at);
    const sk = String(given.sk ?? "s0");
    const known = { ...(this.#known.get(sk) ?? this.#stranger(kind)), ...given } as Known;
    const defaults = { ...PLAIN, ...OF_KIND[kind], ...ofSocket(kind, sk, known), t: this.#t, from };
    const event = eventOf(kind, { ...defaults, ...given });
    if ("sk" in event) this.#learn(sk, known, event);
    return event;
  }

  /** A socket that no line has introduced is new. */
  #stranger(kind: Kind): Known {
    const sockmode = kind === "manual" ? 2 : this.#inXarray;
    return { born: this.#t, issued: 0, returned: 0, linear: 0, closed: 0, sockmode };
  }

  /** After its destroy the kernel uses the pointer for another socket. */
  #learn(sk: string, { born, issued, returned, linear, closed, sockmode }: Known, { kind, t }: Event): void {
    const closedAt = kind === "close" ? t : closed;
    if (kind === "destroy") this.#known.delete(sk);
    else this.#known.set(sk, { born, issued, returned, linear, closed: closedAt, sockmode });
  }
}

/** What the line states: its subject, and fields. */
function givenIn(kind: Kind, words: Word[], at: string): Values {
  const given: Values = {};
  for (const [i, { field, operator, value, text }] of words.entries()) {
    const name = operator === "=" ? field : i === 0 ? SUBJECT_FIELDS[KINDS[kind].is.about] : "";
    if (name === "") throw new Error(`${at}: "${text}" is not FIELD=VALUE`);
    given[name] = readValue(value, typeOf(kind, name, at), `${at}: ${name}=${value}`);
  }
  return given;
}

/** Defaults that follow from the lines before on this socket. */
function ofSocket(kind: Kind, sk: string, known: Known): Values {
  const left = Math.max(0, known.issued - known.returned);
  const isFirst = kind === "socket" || kind === "manual";
  return {
    ...known,
    sk,
    rport: 40000 + Number(/\d+$/.exec(sk)?.[0] ?? 0),
    issued: isFirst ? 0 : known.issued,
    held: left,
    urefs: left,
    tokens: left,
    pages: left,
    xa: kind === "close" && known.sockmode !== 2 && left > 0 ? 1 : 0,
  };
}

/** In the order of the table, and nothing but its fields. */
function eventOf(kind: Kind, values: Values): Event {
  const fields = Object.entries(FIELDS[kind]).map(([name, type]) => [name, values[name] ?? zeroOf(type)]);
  return { kind, ...Object.fromEntries(fields) } as Event;
}

function zeroOf(type: FieldType): string | number {
  if (isNumeric(type)) return 0;
  return typeof type === "string" ? "" : (type[0] as string);
}

/** The type of a field. Throws where the kind has none of this name. */
function typeOf(kind: Kind, name: string, at: string): FieldType {
  const fields = FIELDS[kind];
  const type = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (type) return type;
  throw new Error(`${at}: "${kind}" has no field "${name}"; it has ${Object.keys(fields).join(", ")}`);
}

function readValue(text: string, type: FieldType, what: string): string | number {
  const number = isNumeric(type) ? (nanoseconds(text) ?? Number(text)) : text;
  if (fieldValue(number, type) === undefined) throw new Error(`${what} is not a value of this field`);
  return number;
}
