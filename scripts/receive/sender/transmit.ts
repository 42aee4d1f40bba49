// transmit - The sending side of an order: opens the connections at once, fills them and closes them as ordered.
import { once } from "node:events";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Order } from "./sending.ts";

const CHUNK = Buffer.alloc(1 << 16, "devmem ");

/** Carries the order out; resolves when every connection is closed, rejects when one fails before all but its tail is sent. */
export async function transmit(order: Order): Promise<void> {
  await Promise.all(Array.from({ length: order.connections }, () => transmitOne(order)));
}

async function transmitOne({ to, port, bytes, tail, hold }: Order): Promise<void> {
  const socket = net.connect({ host: to, port, allowHalfOpen: true, noDelay: true });
  await once(socket, "connect");
  const closed = new Promise((resolve) => socket.once("close", resolve));
  const asked = once(socket, "data");
  asked.catch(() => {}); // perhaps the receiver never asks
  const closedThere = new Promise((resolve) => socket.resume().once("end", resolve));
  const failed = new Promise((_, reject) => socket.once("error", reject));
  failed.catch(() => {}); // a killed receiver may reset, which after the last byte is no failure
  await Promise.race([fill(socket, bytes - tail), failed]);
  // Who cannot receive the tail closes instead, which may reset the connection in the middle of it.
  if (tail > 0)
    await Promise.race([Promise.race([asked, closedThere]).then(() => fill(socket, tail)), closed]);
  if (hold > 0) await Promise.race([closedThere.then(() => sleep(hold)), closed]);
  socket.end();
  await closed;
}

async function fill(socket: net.Socket, bytes: number): Promise<void> {
  for (let left = bytes; left > 0; left -= CHUNK.length) {
    const chunk = left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
    await new Promise((written) => socket.write(chunk, written));
  }
}
