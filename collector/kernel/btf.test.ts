// btf - Types that are made here by hand: members, unnamed members, what pointers and typedefs lead to, both byte orders.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Btf } from "./btf.ts";

/** Puts BTF together, type by type; ids count from 1. */
class Maker {
  readonly #isLittle: boolean;
  #strings = "\0";
  readonly #words: number[] = [];

  constructor(isLittle: boolean) {
    this.#isLittle = isLittle;
  }

  /** A type without anything behind it: a pointer, a typedef, a forward declaration, a function. */
  plain(kind: number, name: string, type: number): this {
    this.#words.push(this.#name(name), kind << 24, type);
    return this;
  }

  int(name: string): this {
    this.#words.push(this.#name(name), 1 << 24, 4, 32);
    return this;
  }

  aggregate(kind: 4 | 5, name: string, members: [string, number][]): this {
    this.#words.push(this.#name(name), (kind << 24) | members.length, 8);
    for (const [member, type] of members) this.#words.push(this.#name(member), type, 0);
    return this;
  }

  raw(): Buffer {
    const header = [24, 0, this.#words.length * 4, this.#words.length * 4, this.#strings.length];
    const buffer = Buffer.alloc(4 + 4 * (header.length + this.#words.length));
    const write = (value: number, at: number) =>
      this.#isLittle ? buffer.writeUInt32LE(value, at) : buffer.writeUInt32BE(value, at);
    if (this.#isLittle) buffer.writeUInt16LE(0xeb9f);
    else buffer.writeUInt16BE(0xeb9f);
    [...header, ...this.#words].forEach((word, i) => {
      write(word, 4 + 4 * i);
    });
    return Buffer.concat([buffer, Buffer.from(this.#strings)]);
  }

  #name(name: string): number {
    if (name === "") return 0;
    const known = this.#strings.indexOf(`\0${name}\0`);
    if (known >= 0) return known + 1;
    this.#strings += `${name}\0`;
    return this.#strings.length - name.length - 1;
  }
}

const [POINTER, STRUCT, UNION, FORWARD, TYPEDEF, CONST, FUNCTION] = [2, 4, 5, 7, 8, 10, 12] as const;

for (const isLittle of [true, false]) {
  const btf = new Btf(
    new Maker(isLittle)
      .int("int") // 1
      .aggregate(STRUCT, "refcount", [["counter", 1]]) // 2
      .plain(TYPEDEF, "refcount_t", 2) // 3
      .plain(CONST, "", 3) // 4
      .aggregate(UNION, "", [["pp", 1]]) // 5
      .aggregate(STRUCT, "binding", [
        ["ref", 4],
        ["", 5],
        ["pool", 7],
      ]) // 6
      .plain(POINTER, "", 8) // 7
      .plain(FORWARD, "pool", 0) // 8
      .aggregate(STRUCT, "pool", [["order", 1]]) // 9
      .plain(FUNCTION, "tcp_close", 0) // 10
      .raw(),
  );
  const [order, there] = [isLittle ? "little" : "big", (path: string) => btf.has(path)];

  test(`${order} endian: members by their paths`, () => {
    assert.deepEqual(
      ["binding", "binding.ref.counter", "binding.pp", "binding.pool.order", "tcp_close()"].filter(
        (path) => !there(path),
      ),
      [],
    );
  });

  test(`${order} endian: what is not there`, () => {
    assert.deepEqual(
      [
        "nothing",
        "tcp_close",
        "binding()",
        "binding.counter",
        "binding.ref.counter.more",
        "refcount.pp",
      ].filter(there),
      [],
    );
  });
}

test("what is not BTF, or only a part of it, is an error", () => {
  assert.throws(() => new Btf(Buffer.alloc(64)), RangeError);
  assert.throws(() => new Btf(new Maker(true).int("int").raw().subarray(0, 26)), RangeError);
});
