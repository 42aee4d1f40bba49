// exhaustion - What the ledger forecast of one dma-buf, event by event, until it first ran dry.

import { timeToExhaustion } from "../../collector/bindings.ts";
import type { Header } from "../../collector/event.ts";
import { apply, newLedger } from "../../collector/ledger.ts";
import { readEvent } from "../../collector/recording.ts";

/** Every forecast (ns to exhaustion) made for the dma-buf before its first failed allocation, oldest first. */
export function forecastsBeforeDry(recording: string[], dmabufId: number): number[] {
  const ledger = newLedger(JSON.parse(recording[0] ?? "{}") as Header);
  const forecasts: number[] = [];
  for (const line of recording.slice(1)) {
    const event = readEvent(line);
    if (!event) continue;
    apply(ledger, event);
    const binding = ledger.bindings.find((b) => b.dmabufId === dmabufId);
    if (binding?.dry.length) break;
    const left = event.kind === "count" && binding ? timeToExhaustion(binding) : null;
    if (left !== null) forecasts.push(left);
  }
  return forecasts;
}
