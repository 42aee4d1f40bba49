// socket - What a socket holds of each of its bindings is the same by both ways to it.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Event } from "../../events/event.ts";
import { newBinding } from "../bindings/binding.ts";
import { surelyHeldBy } from "../bindings/holders.ts";
import type { Binding, Socket } from "../state/socket-and-binding.ts";
import { heldByBinding, heldOf, newSocket, recount, share } from "./socket.ts";

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

test("heldByBinding has what heldOf says of each binding, and nothing of others", () => {
  const steps = fc.array(fc.tuple(fc.nat(2), fc.nat(9)), { maxLength: 12 });
  fc.assert(
    fc.property(steps, fc.nat(3), fc.nat(40), (received, missed, returned) => {
      const socket = receiver(received, missed, returned);
      const quick = heldByBinding(socket);
      for (const binding of BINDINGS) assert.equal(quick.get(binding) ?? 0, heldOf(socket, binding));
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
  assert.deepEqual([...heldByBinding(socket).values()], [4, 3]);
});

test("of more bindings than a socket receives from, the newest count; what it holds of the others is in doubt", () => {
  const all = Array.from({ length: 300 }, (_, i) => bindingOf(i));
  const socket = newSocket("a", 1, "xarray");
  for (const binding of all) {
    share(socket, binding, socket.sums.issued);
    socket.sums.issued += 1;
    socket.issued += 1;
    recount(socket);
  }
  const [first, last] = [all[0] as Binding, all.at(-1) as Binding];
  assert.equal(socket.shares.length, 256);
  assert.deepEqual([first.outstanding, last.outstanding], [0, 1]);
  assert.match(first.doubts.join(), /from more than 256 others since/);
  assert.deepEqual(last.doubts, []);
  // 290 came back: those it holds may be of any.
  socket.returned = 290;
  assert.equal(heldOf(socket, last), 1);
  assert.equal(surelyHeldBy(last, [socket]), 0);
});
