// address - One spelling, whatever the line had; and what is no address stays what it is.

import assert from "node:assert/strict";
import { isIPv6 } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { canonical } from "./address.ts";
import { isSameEnd } from "./endpoint.ts";

test("an IPv4 address in IPv6 has dots, other addresses the fewest characters", () => {
  const spellings = ["::ffff:198.51.100.7", "::FFFF:c633:6407", "0:0:0:0:0:ffff:c633:6407"];
  assert.deepEqual([...new Set(spellings.map(canonical))], ["::ffff:198.51.100.7"]);
  assert.equal(canonical("2001:DB8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");
  assert.deepEqual(["::", "0:0:0:0:0:0:0:0", "::1", "198.51.100.7"].map(canonical), [
    "::",
    "::",
    "::1",
    "198.51.100.7",
  ]);
});

test("any address keeps its meaning; any other text is only cut", () => {
  fc.assert(
    fc.property(
      fc.ipV6(),
      (address) => isIPv6(canonical(address)) && canonical(canonical(address)) === canonical(address),
    ),
  );
  fc.assert(fc.property(fc.string(), (text) => isIPv6(text) || canonical(text) === text.slice(0, 64)));
});

test("ends are the same in either family, and where an address is not set", () => {
  assert.ok(isSameEnd("[::ffff:198.51.100.7]:80", "198.51.100.7:80"));
  assert.ok(isSameEnd("[::]:80", "[2001:db8::1]:80") && isSameEnd("0.0.0.0:80", "198.51.100.7:80"));
  assert.ok(!isSameEnd("[::]:80", "[2001:db8::1]:81") && !isSameEnd("198.51.100.8:80", "198.51.100.7:80"));
});
