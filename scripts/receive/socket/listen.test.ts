// listen - Socket addresses as bytes and as people write them.
import assert from "node:assert/strict";
import test from "node:test";
import { formatAddress, parseAddress } from "../../../collector/kernel/native.ts";
import { endpoint, sockaddr } from "./listen.ts";

test("struct sockaddr_in and sockaddr_in6", () => {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  assert.equal(hex(sockaddr("4", "192.0.2.1", 5201)), `02001451c0000201${"00".repeat(8)}`);
  assert.equal(
    hex(sockaddr("6", "2001:db8::1", 5201)),
    `0a0014510000000020010db8${"00".repeat(11)}01${"00".repeat(4)}`,
  );
});

test("an address of the other family is refused by name", () => {
  assert.throws(() => sockaddr("4", "2001:db8::1", 1), /2001:db8::1 is not an IPv4 address/);
});

test("addresses are shortened as usual, IPv6 in brackets", () => {
  assert.equal(formatAddress(10, parseAddress(10, "2001:0db8:0:0::1") as Uint8Array), "2001:db8::1");
  assert.equal(endpoint("6", "2001:db8::1", 5201), "[2001:db8::1]:5201");
  assert.equal(endpoint("4", "192.0.2.1", 5201), "192.0.2.1:5201");
});
