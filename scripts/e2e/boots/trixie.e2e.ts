// trixie - The oldest kernel with devmem TCP, 6.12, and bpftrace 0.23.

import { boot } from "../lib/boot.ts";
import { notWithoutAll } from "../lib/choices.ts";
import { jobs } from "../lib/jobs.ts";
import { AS_ROOT } from "../suites/as-root.ts";
import { faults } from "../suites/faults.ts";
import { machine } from "../suites/machine.ts";
import { profile } from "../suites/profile.ts";
import { scenarios } from "../suites/scenarios.ts";
import { snapshot } from "../suites/snapshot.ts";

boot("trixie", "usual", [
  machine(/^6\.12\./),
  faults(true),
  AS_ROOT,
  snapshot("unset"),
  profile("unset"),
  scenarios({ name: "counts", level: "counts", jobs: [...jobs(4), ...jobs(6)], sampled: true }),
  // The suite `threaded` looks at level tokens in this guest.
  { ...scenarios({ name: "tokens", level: "tokens", jobs: jobs(4).slice(0, 3) }), skip: notWithoutAll },
]);
