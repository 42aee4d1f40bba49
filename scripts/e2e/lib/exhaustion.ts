// exhaustion - What the ledger forecast of one dma-buf, event by event, until it first ran dry.

import { timeToExhaustion } from "../../../collector/ledger/bindings/pages.ts";
import { apply, newLedger } from "../../../collector/ledger/ledger.ts";
import { streamOf } from "../../../collector/testing/recordings.ts";

/** Every forecast (ns to exhaustion) made for the dma-buf before its first failed allocation, oldest first. */
export async function forecastsBeforeDry(recording: Buffer, dmabufId: number): Promise<number[]> {
  const { header, events } = await streamOf(recording);
  const ledger = newLedger(header);
  const forecasts: number[] = [];
  for await (const event of events) {
    apply(ledger, event);
    const binding = ledger.bindings.find((b) => b.dmabufId === dmabufId);
    if (binding?.dry.length) break;
    const left = event.kind === "count" && binding ? timeToExhaustion(binding) : null;
    if (left !== null) forecasts.push(left);
  }
  return forecasts;
}
