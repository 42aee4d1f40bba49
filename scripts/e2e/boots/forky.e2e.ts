// forky - The newest kernel, 7.x, which preempts tasks inside the kernel, and bpftrace 0.27.

import { boot } from "../lib/boot.ts";
import { notWithoutAll } from "../lib/choices.ts";
import { fewJobs6, jobs } from "../lib/jobs.ts";
import { faults } from "../suites/faults.ts";
import { machine } from "../suites/machine.ts";
import { profile } from "../suites/profile.ts";
import { scenarios } from "../suites/scenarios.ts";
import { snapshot } from "../suites/snapshot.ts";

boot("forky", "instructions", [
  machine(/^7\./),
  faults(false),
  // An xarray is read, and calls are profiled, as in trixie.
  { ...snapshot("unset"), skip: notWithoutAll },
  { ...profile("unset"), skip: notWithoutAll },
  scenarios({ name: "counts", level: "counts", jobs: [...jobs(4), ...fewJobs6()], sampled: true }),
  scenarios({ name: "tokens", level: "tokens", jobs: jobs(4).slice(0, 3) }),
]);
