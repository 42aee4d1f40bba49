// bpftrace-line - One line of `bpftrace -f json` → a probe's text, something bpftrace has to say, or nothing.

/** `text` is one probe line; `lost` counts events that never arrived; `full` is a kernel map that took no more. */
export type Line =
  | { kind: "text"; text: string }
  | { kind: "attached" }
  | { kind: "lost"; count: number }
  | { kind: "full" }
  | { kind: "other"; text: string };

interface Envelope {
  type?: string;
  data?: unknown;
  msg?: string;
  helper?: string;
}

/** What bpftrace prints once every probe is attached, when this variable is set in its environment (its own tests use it). */
export const ATTACHED = "__BPFTRACE_NOTIFY_PROBES_ATTACHED";

const [OPENING, CLOSING] = ['{"type": "printf", "data": "', '\\n"}'];

/** The text of a printf that needs no unescaping, which is nearly every line there is; null for any other line. */
function plainText(raw: string): string | null {
  const end = raw.length - CLOSING.length;
  const isPlain =
    raw.startsWith(OPENING) &&
    raw.indexOf("\\", OPENING.length) === end &&
    raw.indexOf('"', OPENING.length) === end + 2 &&
    raw.endsWith(CLOSING);
  return isPlain ? raw.slice(OPENING.length, end) : null;
}

/** Reads one stdout line of bpftrace 0.23 to 0.27. Returns null for a blank line; an unknown line comes back as `other`. */
export function readLine(raw: string): Line | null {
  const text = plainText(raw);
  if (text !== null) return { kind: "text", text };
  if (raw.trim() === "") return null;
  if (raw === ATTACHED) return { kind: "attached" };
  const envelope = open(raw);
  switch (envelope?.type) {
    case "printf":
      return { kind: "text", text: String(envelope.data).replace(/\n$/, "") };
    case "lost_events":
      return { kind: "lost", count: Number((envelope.data as { events?: number } | null)?.events ?? 1) };
    case "runtime_error":
    case "helper_error":
      return isMapFull(envelope) ? { kind: "full" } : null;
    // Maps are printed at exit by versions that cannot be told not to; everything in them was printed as a line.
    case "map":
    case "attached_probes":
      return null;
    default:
      return { kind: "other", text: raw };
  }
}

/** Looking up or deleting a key that is not there is reported as well, and is no loss. */
function isMapFull(envelope: Envelope): boolean {
  return envelope.helper === "map_update_elem" || /map full/i.test(envelope.msg ?? "");
}

function open(raw: string): Envelope | null {
  try {
    return JSON.parse(raw) as Envelope;
  } catch {
    return null;
  }
}
