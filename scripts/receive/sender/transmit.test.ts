// transmit - A receiver that resets the connection: a failure before the tail, none in the middle of it.
import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { test } from "node:test";
import type { Order } from "./sending.ts";
import { transmit } from "./transmit.ts";

// More than the buffers of both ends take.
const MANY = 64 << 20;

/** Carries the order out, to a receiver on loopback that does this with each connection. */
async function transmitTo(receive: (socket: net.Socket) => void, order: Partial<Order>): Promise<void> {
  const server = net.createServer((socket) => receive(socket.on("error", () => {}))).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  try {
    await transmit({
      to: "127.0.0.1",
      port,
      connections: 1,
      bytes: MANY,
      tail: 0,
      hold: 0,
      deadline: 60,
      ...order,
    });
  } finally {
    server.close();
  }
}

test("a reset before the tail is a failure", () =>
  assert.rejects(
    transmitTo((socket) => socket.once("data", () => socket.resetAndDestroy()), { tail: 1000 }),
    { code: /ECONNRESET|EPIPE/ },
  ));

test("a reset in the middle of the tail is none: the receiver did not want it", () =>
  transmitTo(
    (socket) => {
      socket.write("!");
      socket.on("data", ({ length }) => length > 1 && socket.resetAndDestroy());
    },
    { bytes: MANY + 1, tail: MANY },
  ));
