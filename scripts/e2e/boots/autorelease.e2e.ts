// autorelease - A 6.12 with the socket option SO_DEVMEM_AUTORELEASE: both modes, and the faults that its patch fixes.

import { ALL } from "../../../collector/testing/gauntlet.ts";
import { boot } from "../lib/boot.ts";
import { notWithoutAll } from "../lib/choices.ts";
import { machine } from "../suites/machine.ts";
import { MANUAL } from "../suites/manual.ts";
import { PATCH_FIXES } from "../suites/patch-fixes.ts";
import { profile } from "../suites/profile.ts";
import { snapshot } from "../suites/snapshot.ts";

boot("autorelease", "usual", [
  machine(/^6\.12\..*-autorelease\n/),
  PATCH_FIXES,
  snapshot("0"),
  // An xarray is read as in trixie.
  { ...snapshot("1"), skip: notWithoutAll },
  // Option 1 is profiled as in trixie.
  ALL ? profile("1", "0") : profile("0"),
  // Last: it leaves a dma-buf that is never freed.
  ...MANUAL,
]);
