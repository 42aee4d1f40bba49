// races - What needs two CPUs: a receiver with two threads, and mishaps that hit a tracer at any moment.

import { boot } from "../lib/boot.ts";
import { notWithoutAll } from "../lib/choices.ts";
import { mishaps } from "../suites/mishaps.ts";
import { threaded } from "../suites/threaded.ts";

boot("trixie", "usual", [
  threaded(["tokens", "profile"], true),
  // The last case takes the device away.
  mishaps("killed", "lossy_leak", "last"),
]);

boot("trixie", "usual", [
  // The last case locks the kernel down.
  { ...mishaps("world", "crashed", "full", "needed", "lossy_clean", "disk", "locked"), skip: notWithoutAll },
]);

// A kernel without paravirtual spinlocks.
boot("autorelease", "usual", [{ ...threaded(["profile"], false), skip: notWithoutAll }]);
