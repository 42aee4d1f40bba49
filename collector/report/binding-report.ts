// binding-report - One binding of the ledger as the report publishes it.

import { unattributedOf } from "../ledger/bindings/holders.ts";
import { heldNow, pages, pagesHeld, timeToExhaustion } from "../ledger/bindings/pages.ts";
import type { Ledger } from "../ledger/state/ledger.ts";
import type { Binding } from "../ledger/state/socket-and-binding.ts";
import { bindingVerdict } from "../verdict/binding-verdict.ts";
import type { ReportBinding } from "./shape.ts";
import type { ToTime } from "./time.ts";

/** Everything the report has of `binding`. */
export function bindingReport(ledger: Ledger, binding: Binding, time: ToTime): ReportBinding {
  return {
    ...identity(binding),
    ...holding(binding, time),
    ...life(binding, time),
    ...kept(binding, time),
    ...bindingVerdict(ledger, binding),
  };
}

function identity(binding: Binding) {
  return {
    id: binding.dmabufId,
    ifname: binding.ifname,
    ifindex: binding.ifindex,
    queues: binding.queues,
    bytes: binding.bytes,
    pages: pages(binding),
    pageSize: binding.pageSize,
    pid: binding.pid,
    comm: binding.comm,
  };
}

function holding(binding: Binding, time: ToTime) {
  return {
    outstanding: heldNow(binding),
    pinnedBytes: pagesHeld(binding) * binding.pageSize,
    timeToExhaustion: timeToExhaustion(binding),
    dry: binding.dry.map(({ from, to, failed }) => ({ from: time(from), to: time(to), failed })),
    ...(binding.dryBefore.episodes > 0 ? { dryBefore: binding.dryBefore } : {}),
  };
}

function life({ boundAt, unboundAt, freedAt }: Binding, time: ToTime) {
  return { boundAt: time(boundAt), unboundAt: time(unboundAt), freedAt: time(freedAt) };
}

/** What was not returned, by the ledger and by the kernel's own counts. */
function kept(binding: Binding, time: ToTime) {
  const { heldAtUnbind, inflight, atUnbind, sweptAt } = binding;
  return {
    heldAtUnbind,
    inflight,
    urefsAtUnbind: atUnbind?.tokens ?? null,
    pagesAtUnbind: atUnbind?.pages ?? null,
    unattributed: unattributedOf(binding),
    sweptAt: time(sweptAt),
  };
}
