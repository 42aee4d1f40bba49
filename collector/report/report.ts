// report - The ledger as the published report object.

import { lostEvents } from "../ledger/evidence/evidence.ts";
import type { Ledger } from "../ledger/state/ledger.ts";
import { mapped } from "../output/memory.ts";
import { runVerdict } from "../verdict/run-verdict.ts";
import { bindingReport } from "./binding-report.ts";
import { letGoReport } from "./let-go-report.ts";
import type { Report } from "./shape.ts";
import { findingsReport, socketReport } from "./socket-report.ts";
import { toTime } from "./time.ts";

/** The report on everything the ledger has seen so far. */
export function reportOf(ledger: Ledger): Report {
  const { header } = ledger;
  const time = toTime(header);
  const { verdict, why } = runVerdict(ledger);
  return {
    schema: 1,
    verdict,
    why,
    level: header.level,
    kernel: header.kernel,
    bpftrace: header.bpftrace,
    ...(header.absent && { absent: header.absent }),
    wall: header.wall,
    from: time(0),
    to: time(ledger.now),
    lost: lostEvents(ledger),
    lostBy: { ...ledger.lost },
    skippedRuns: { ...ledger.skippedRuns },
    gaps: ledger.gaps.map(({ from, to, why }) => ({ from: time(from), to: time(to), why })),
    reconciled: { ...ledger.checks, at: time(ledger.checks.at) },
    sockets: mapped(ledger.sockets, (socket) => socketReport(ledger, socket, time)),
    bindings: mapped(ledger.bindings, (binding) => bindingReport(ledger, binding, time)),
    findings: findingsReport(ledger.findings, time),
    ...letGoReport(ledger),
  };
}
