// book.test.ts - what the kernel answered, as the statement will have it.
import assert from "node:assert/strict";
import test from "node:test";
import { Book } from "./book.ts";
import { Issue } from "./cmsg.ts";

function issueOf(count: number): Issue {
  return Object.assign(new Issue(2048), { count, dmabufBytes: count * 4096 });
}

test("held is what came, peeks included, less what was freed", () => {
  const book = new Book();
  book.peekedAt(issueOf(3));
  book.received(40960, issueOf(10));
  book.gaveBack(8, 8);
  assert.deepEqual([book.issued, book.peeked, book.returned, book.held], [13, 3, 8, 5]);
  assert.deepEqual([book.payloadBytes, book.dmabufBytes, book.recvmsgCalls], [40960, 40960, 2]);
});

test("a short return is told, a refusal frees nothing", () => {
  const book = new Book();
  book.received(0, issueOf(200));
  book.gaveBack(17, 0);
  book.wasRefused(200, "EINVAL");
  assert.deepEqual(book.shortReturns, [{ asked: 17, freed: 0 }]);
  assert.deepEqual(book.refused, [{ errno: "EINVAL", tokens: 200 }]);
  assert.deepEqual([book.held, book.returnCalls], [200, 2]);
});

test("a stop at 1024 frags is no short return, fewer than 1024 is", () => {
  const book = new Book();
  book.gaveBack(1100, 1024);
  book.gaveBack(1100, 1000);
  assert.equal(book.fragLimitStops, 1);
  assert.deepEqual(book.shortReturns, [{ asked: 1100, freed: 1000 }]);
});
