// socket - What a socket holds of each of its bindings.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Event } from "../../events/event.ts";
import { newBinding } from "../bindings/binding.ts";
import { surelyHeldBy } from "../bindings/holders.ts";
import type { Binding, Socket } from "../state/socket-and-binding.ts";
import { heldOf, newSocket, outstanding, recount, share } from "./socket.ts";

const BINDINGS = [1, 2, 3].map(bindingOf);

function bindingOf(dmabuf: number): Binding {
  const bind: Extract<Event, { kind: "bind" }> = {
    kind: "bind",
    t: dmabuf,
    binding: `b${dmabuf}`,
    dmabuf,
    ifindex: 2,
    ifname: "eth0",
    bytes: 2 ** 20,
    shift: 12,
    pid: 1,
    comm: "server",
    netns: 1,
  };
  return newBinding(bind);
}

/** Receives from one binding after another, so many tokens of each; `missed` came before, `returned` went back. */
function receiver(steps: [number, number][], missed: number, returned: number): Socket {
  const socket = newSocket("a", 1, "xarray");
  for (const [which, tokens] of steps) {
    share(socket, BINDINGS[which] as (typeof BINDINGS)[0], socket.sums.issued);
    socket.sums.issued += tokens;
  }
  const issued = socket.sums.issued + missed;
  return Object.assign(socket, {
    issued,
    returned: Math.min(returned, issued),
    sums: { ...socket.sums, missed },
  });
}

test("a socket holds of a binding what it was issued of it, in however many stretches, but no more than is out", () => {
  const steps = fc.array(fc.tuple(fc.nat(2), fc.nat(9)), { maxLength: 12 });
  fc.assert(
    fc.property(steps, fc.nat(3), fc.nat(40), (received, missed, returned) => {
      const socket = receiver(received, missed, returned);
      for (const [which, binding] of BINDINGS.entries()) {
        const own = received.filter(([one]) => one === which);
        const most = own.reduce((sum, [, tokens]) => sum + tokens, missed);
        assert.equal(heldOf(socket, binding), own.length > 0 ? Math.min(most, outstanding(socket)) : 0);
      }
    }),
  );
});

test("returns do not show the binding: each holds at most what it handed out, and all together what is out", () => {
  const socket = receiver(
    [
      [0, 5],
      [1, 3],
      [0, 2],
    ],
    0,
    6,
  );
  assert.deepEqual(
    BINDINGS.slice(0, 2).map((binding) => heldOf(socket, binding)),
    [4, 3],
  );
});

/** Is issued a token of each of these bindings in turn. */
function issuedOf(bindings: readonly Binding[]): Socket {
  const socket = newSocket("a", 1, "xarray");
  for (const binding of bindings) {
    share(socket, binding, socket.sums.issued);
    socket.sums.issued += 1;
    socket.issued += 1;
    recount(socket);
  }
  return socket;
}

const MANY = Array.from({ length: 300 }, (_, i) => i);

test("of more bindings than a socket receives from, what it holds of those before is in doubt", () => {
  const all = MANY.map(bindingOf);
  const socket = issuedOf(all);
  const [first, last] = [all[0] as Binding, all.at(-1) as Binding];
  assert.equal(socket.shares.length, 256);
  assert.deepEqual([first.outstanding, last.outstanding], [0, 1]);
  assert.match(first.doubts.join(), /from 256 other dma-bufs since/);
  assert.deepEqual(last.doubts, []);
  // Of 300, 20 came back: the 280 that are out may be of the 299 others, 44 of which are of bindings before.
  socket.returned = 20;
  assert.deepEqual([heldOf(socket, last), surelyHeldBy(last, [socket])], [1, 0]);
});

test("a socket that goes back and forth between two bindings is known exactly", () => {
  const [a, b] = [bindingOf(1), bindingOf(2)];
  const socket = issuedOf(MANY.map((i) => (i % 3 === 0 ? a : b)));
  assert.equal(socket.shares.length, 2);
  assert.deepEqual([a.outstanding, b.outstanding], [100, 200]);
  assert.deepEqual([surelyHeldBy(a, [socket]), surelyHeldBy(b, [socket])], [100, 200]);
});

test("a socket that outlives its bindings leaves no doubt about those that were freed", () => {
  const all = MANY.map((i) => Object.assign(bindingOf(i), { freedAt: i < 100 ? 1000 : -1 }));
  const socket = issuedOf(all);
  assert.equal(socket.shares.length, 256);
  assert.deepEqual(
    all.flatMap(({ doubts }) => doubts),
    [],
  );
  assert.equal(surelyHeldBy(all.at(-1) as Binding, [socket]), 1);
});
