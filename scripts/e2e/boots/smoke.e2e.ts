// smoke - One boot for `npm test`: what a change breaks first. The other boots do all of this, and more.

import { boot } from "../lib/boot.ts";
import { jobs, jobsNamed } from "../lib/jobs.ts";
import { scenarios } from "../suites/scenarios.ts";

const FIRST = ["clean", "23 kept", "oversized batch", "1024-frag stop", "killed while holding"];

boot("trixie", "usual", [scenarios({ name: "smoke", level: "counts", jobs: jobsNamed(jobs(4), FIRST) })]);
