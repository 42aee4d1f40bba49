// runs - Inside the testbed: how often each BPF program of a process has run so far, by the program's id, as one line of JSON.

import { programsOf } from "../../../collector/kernel/bpf-stats.ts";

const found = programsOf(Number(process.argv[2]))();
console.log(JSON.stringify(Object.fromEntries(found.map(({ id, runs }) => [id, runs]))));
