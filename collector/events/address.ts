// address - IPv4 and IPv6 addresses in one spelling: probes, readings and other programs' lines spell the same one in several.

import ipaddr from "ipaddr.js";

/** Longer than any address. */
const MOST = 64;

/** As inet_ntop spells it (RFC 5952; an IPv4 address in IPv6 with dots). Other text stays, cut to what an address can be. */
export function canonical(text: string): string {
  if (!text.includes(":") || text.length > MOST || !ipaddr.IPv6.isValid(text)) return text.slice(0, MOST);
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? `::ffff:${address.toIPv4Address()}` : address.toRFC5952String();
}
