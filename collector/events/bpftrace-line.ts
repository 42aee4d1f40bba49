// bpftrace-line - One line of `bpftrace -f json` → the text of a probe, a report by bpftrace itself, or nothing.

/** `text`: a line of a probe · `lost`: so many events never arrived · `full`: a kernel map was full · `other`: unreadable. */
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

/** bpftrace prints this once every probe is attached, if it is set as a variable in its environment (its own tests do so). */
export const ATTACHED = "__BPFTRACE_NOTIFY_PROBES_ATTACHED";

const [OPENING, CLOSING] = ['{"type": "printf", "data": "', '\\n"}'];

/** The text of a printf that needs no unescaping, which is nearly every line; null for any other line. */
function plainText(raw: string): string | null {
  const end = raw.length - CLOSING.length;
  const isPlain =
    raw.startsWith(OPENING) &&
    raw.indexOf("\\", OPENING.length) === end &&
    raw.indexOf('"', OPENING.length) === end + 2 &&
    raw.endsWith(CLOSING);
  return isPlain ? raw.slice(OPENING.length, end) : null;
}

/** Reads one stdout line of bpftrace 0.23 to 0.27. Returns null if nothing in it matters; an unknown line is `other`. */
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
    // Older versions print all maps at exit; everything in them was printed as a line before.
    case "map":
    case "attached_probes":
      return null;
    default:
      return { kind: "other", text: raw };
  }
}

/** Looking up or deleting a missing key is reported as well, but loses nothing. */
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
