// machine - A guest boots its own kernel, with the NIC up and everything that the tracer needs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Suite, whenRead } from "../lib/suite.ts";

const SCRIPT = `uname -r; bpftrace --version; node --version; ls /dev/udmabuf /sys/kernel/btf/vmlinux
ip -br address show devmem0; ip netns exec peer ip -br address show devmem1`;

/** The guest's kernel has a release like this. */
export function machine(release: RegExp): Suite {
  return {
    name: "machine",
    command: ["sh", "-c", SCRIPT],
    tests: (output) => {
      const said = whenRead(output, (text) => text);
      test("its own kernel, bpftrace, Node, udmabuf and BTF", () => {
        assert.match(said(), release);
        assert.match(said(), /\nbpftrace v0\.2\d.*\nv2\d\..*\n\/dev\/udmabuf\n\/sys\/kernel\/btf\/vmlinux\n/);
      });
      test("the NIC is up, its peer in a network namespace", () => {
        assert.match(said(), /\ndevmem0 .*192\.0\.2\.1\/24 2001:db8::1\/64/);
        assert.match(said(), /\ndevmem1 .*192\.0\.2\.2\/24 2001:db8::2\/64/);
      });
    },
  };
}
