// bindings - Each dma-buf: queues, pages, what is pinned and free, when it runs dry, and who holds it after unbind.

import { bytes, duration, plural } from "../../collector/base/format.ts";
import { pages, timeToExhaustion } from "../../collector/ledger/bindings.ts";
import { heldOf } from "../../collector/ledger/socket-events.ts";
import { cell } from "../draw/cell-text.ts";
import { bar } from "../draw/glyphs.ts";
import { blockLines } from "../draw/list.ts";
import { type Line, line, seg } from "../draw/styled-line.ts";
import { cursorIndex } from "../input/update.ts";
import { verdictRole } from "../state/journal.ts";
import { type BindingRow, bindingWords, filtered, type SocketRow, visible } from "../state/rows.ts";
import { type LiveView, perView } from "../state/view.ts";

/** The bindings in the order shown. */
export const rows = perView((view): BindingRow[] => filtered(view.bindings, view.model, bindingWords));

/** The bindings around the cursor. */
export function render(view: LiveView, width: number, height: number): Line[] {
  const all = rows(view);
  const at = cursorIndex(view.model, all);
  return blockLines(all, at, height, (row, chosen) => block(view, row, width, chosen));
}

function block(view: LiveView, row: BindingRow, width: number, chosen: boolean): Line[] {
  const { binding, name, verdict } = row;
  const queues = binding.queues.length > 0 ? `queues ${binding.queues.join(",")}` : "queues not seen";
  const by = binding.boundAt < 0 ? "bound before the trace" : `pid ${binding.pid} (${cell(binding.comm)})`;
  const sign = chosen ? `${view.glyphs.cursor} ` : "  ";
  const head = [
    seg(`${sign}${name}`, chosen ? "selected" : "title"),
    seg(`  ${verdict}`, verdictRole(verdict)),
    seg(`  ${queues}  ${by}`),
  ];
  const lines = [size(row), ...details(view, row)];
  return [head, ...usage(view, row, width), ...lines.map((text) => line(`    ${text}`)), line("")];
}

function size({ binding }: BindingRow): string {
  const n = pages(binding);
  return n === 0
    ? "size not known"
    : `${plural(n, "page")} of ${bytes(binding.pageSize)}, ${bytes(binding.bytes)} in all`;
}

function usage(view: LiveView, { binding }: BindingRow, width: number): Line[] {
  const all = pages(binding);
  if (binding.freedAt >= 0 || all === 0) return [];
  const held = holders(view, binding).reduce((sum, [, n]) => sum + n, 0);
  const text = ` ${held} pinned, ${Math.max(0, all - held)} free`;
  const columns = Math.max(5, Math.min(60, width - text.length - 8));
  const role = held / all > 0.9 ? "bad" : "accent";
  return [[seg("    ["), seg(bar(held / all, columns, view.glyphs), role), seg("]"), seg(text)]];
}

function details(view: LiveView, row: BindingRow): string[] {
  const { binding, why } = row;
  const soon = binding.unboundAt < 0 ? timeToExhaustion(binding) : null;
  const failed = binding.dry.reduce((sum, { failed: n }) => sum + n, 0);
  return [
    ...(why
      ? [
          view.shown.ledger.ended === null && row.verdict === "inconclusive"
            ? "unbound, not seen freed yet"
            : why,
        ]
      : []),
    ...(soon === null ? [] : [`every page pinned in ${duration(soon)} at this pace`]),
    ...(failed > 0
      ? [`ran dry in ${plural(binding.dry.length, "episode")}: ${plural(failed, "page allocation")} failed`]
      : []),
    ...(binding.freedAt >= 0 ? [freed(row)] : []),
    ...(row.verdict === "unbound pinned" ? holders(view, binding).map(([s, n]) => holder(view, s, n)) : []),
  ];
}

function freed({ binding }: BindingRow): string {
  const after =
    binding.unboundAt < 0 ? "" : `, ${duration(binding.freedAt - binding.unboundAt)} after unbind`;
  return `freed${after}; ${plural(binding.heldAtUnbind, "token")} held at unbind`;
}

function holders({ sockets }: LiveView, binding: BindingRow["binding"]): [SocketRow, number][] {
  return sockets.flatMap((row) => {
    const n = row.outstanding > 0 ? heldOf(row.socket, binding) : 0;
    return n > 0 ? [[row, n] as [SocketRow, number]] : [];
  });
}

function holder(view: LiveView, row: SocketRow, n: number): string {
  const who = `${row.local || "?"} <- ${row.remote || "?"}`;
  return `${plural(n, "token")} held by ${visible(who, view.model)} pid ${row.socket.pid} (${row.comm})`;
}
