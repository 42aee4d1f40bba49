// address - IPv4 and IPv6 addresses in one spelling: probes, readings and other programs' lines spell the same one in several.

const GROUPS = 8;
/** Longer than any address. */
const MOST = 64;

/** As inet_ntop spells it (RFC 5952; an IPv4 address in IPv6 with dots). Other text stays, cut to what an address can be. */
export function canonical(text: string): string {
  if (!text.includes(":")) return text.slice(0, MOST);
  const groups = text.length <= MOST ? groupsOf(text) : null;
  return groups ? spelled(groups) : text.slice(0, MOST);
}

/** The eight numbers of an IPv6 address; null if it is not one. */
function groupsOf(text: string): number[] | null {
  const halves = text.split("::").map((half) => (half === "" ? [] : half.split(":").flatMap(numbersOf)));
  const [front = [], back = []] = halves;
  const missing = GROUPS - front.length - back.length;
  const isWhole = halves.length === 1 ? missing === 0 : halves.length === 2 && missing > 0;
  const groups = [...front, ...Array<number>(Math.max(0, missing)).fill(0), ...back];
  return isWhole && groups.every((one) => one >= 0) ? groups : null;
}

/** One group; two for an IPv4 address at the end; -1 for anything else. */
function numbersOf(text: string): number[] {
  if (/^[0-9a-f]{1,4}$/i.test(text)) return [Number.parseInt(text, 16)];
  const bytes = /^\d{1,3}(\.\d{1,3}){3}$/.test(text) ? text.split(".").map(Number) : [];
  const [a = -1, b = 0, c = 0, d = 0] = bytes;
  return bytes.length > 0 && bytes.every((byte) => byte < 256) ? [a * 256 + b, c * 256 + d] : [-1];
}

function spelled(groups: number[]): string {
  const isMapped = groups.slice(0, 5).every((one) => one === 0) && groups[5] === 0xffff;
  if (isMapped)
    return `::ffff:${groups
      .slice(6)
      .flatMap((one) => [one >> 8, one & 255])
      .join(".")}`;
  const { at, length } = longestZeros(groups);
  const hex = groups.map((one) => one.toString(16));
  return length < 2 ? hex.join(":") : `${hex.slice(0, at).join(":")}::${hex.slice(at + length).join(":")}`;
}

/** The first of the longest runs of zeros. */
function longestZeros(groups: number[]): { at: number; length: number } {
  let best = { at: 0, length: 0 };
  for (let at = 0; at < groups.length; at++) {
    const end = groups.findIndex((one, i) => i >= at && one !== 0);
    const length = (end < 0 ? groups.length : end) - at;
    if (length > best.length) best = { at, length };
  }
  return best;
}
