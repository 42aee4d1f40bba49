// bindings - Each dma-buf: its queues, pages pinned and free, when it will be exhausted, and who holds it after unbind.

import { bytes, duration, plural } from "../../collector/base/format.ts";
import { pages, pagesHeld, timeToExhaustion } from "../../collector/ledger/bindings/pages.ts";
import { heldOf } from "../../collector/ledger/sockets/socket.ts";
import type { Binding } from "../../collector/ledger/state/socket-and-binding.ts";
import { exhaustionsOf } from "../../collector/report/details.ts";
import { cell } from "../draw/cell-text.ts";
import { bar } from "../draw/glyphs.ts";
import { blockLines } from "../draw/list.ts";
import { type Line, line, seg } from "../draw/styled-line.ts";
import { bindingWords, filtered, visible } from "../state/filter.ts";
import { verdictRole } from "../state/journal.ts";
import type { BindingRow, SocketRow } from "../state/rows.ts";
import { type LiveView, oncePerView } from "../state/view.ts";
import type { ListPane, Target } from "./pane.ts";

const rows = oncePerView((view): BindingRow[] => filtered(view.bindings, view.model, bindingWords));

export const bindings: ListPane = {
  is: "list",
  key: "3",
  title: "Bindings",
  help: "bindings: dma-bufs, pages pinned and free",
  empty: () => ({
    heading: "No dma-buf binding known",
    sentences: [
      "A binding is listed here when it is made (bind-rx). One that was made before the trace is listed from the first token of its dma-buf on.",
    ],
  }),
  rows,
  render,
  titleLines: 0,
  start: "first",
  open,
};

function render(view: LiveView, cursor: number, width: number, height: number): Line[] {
  return blockLines(rows(view), cursor, height, (row, chosen) => block(view, row, width, chosen));
}

function gone({ binding }: BindingRow): string[] {
  return binding.ifindex === 0 && binding.bytes > 0 ? ["its device is gone"] : [];
}

/** The sockets that received from the binding. */
function open(view: LiveView, id: string): Target | null {
  const row = view.bindings.find((b) => b.id === id);
  return row ? { filter: row.name } : null;
}

function block(view: LiveView, row: BindingRow, width: number, chosen: boolean): Line[] {
  const facts = [
    size(row),
    ...reason(view, row),
    ...gone(row),
    ...forecast(row),
    ...exhaustions(row),
    ...freed(row),
    ...stillHeld(view, row),
  ];
  return [
    head(view, row, chosen),
    ...usage(view, row, width),
    ...facts.map((text) => line(`    ${text}`)),
    line(""),
  ];
}

function head({ glyphs }: LiveView, { binding, name, verdict }: BindingRow, chosen: boolean): Line {
  const queues = binding.queues.length > 0 ? `queues ${binding.queues.join(",")}` : "queues unknown";
  const by = binding.boundAt < 0 ? "bound before the trace" : `pid ${binding.pid} (${cell(binding.comm)})`;
  const sign = chosen ? `${glyphs.cursor} ` : "  ";
  return [
    seg(`${sign}${name}`, chosen ? "selected" : "title"),
    seg(`  ${verdict}`, verdictRole(verdict)),
    seg(`  ${queues}  ${by}`),
  ];
}

function size({ binding }: BindingRow): string {
  const n = pages(binding);
  if (n === 0) return "size unknown";
  return `${plural(n, "page")} of ${bytes(binding.pageSize)}, ${bytes(binding.bytes)} total`;
}

/** Above this share of pages pinned the bar is drawn as bad. */
const NEARLY_EXHAUSTED = 0.9;

function usage(view: LiveView, { binding }: BindingRow, width: number): Line[] {
  const all = pages(binding);
  if (binding.freedAt >= 0 || all === 0) return [];
  const held = pagesHeld(binding);
  const text = ` ${held} pinned, ${Math.max(0, all - held)} free`;
  const columns = Math.max(5, Math.min(60, width - text.length - 8));
  const role = held / all > NEARLY_EXHAUSTED ? "bad" : "accent";
  return [[seg("    ["), seg(bar(held / all, columns, view.glyphs), role), seg("]"), seg(text)]];
}

/** While events still come, an unbound dma-buf may yet be freed: that is not a reason for doubt. */
function reason({ state }: LiveView, { why, verdict }: BindingRow): string[] {
  if (!why) return [];
  return [state.ledger.ended === null && verdict === "inconclusive" ? "unbound, not freed yet" : why];
}

function forecast({ binding }: BindingRow): string[] {
  const left = binding.unboundAt < 0 ? timeToExhaustion(binding) : null;
  return left === null ? [] : [`exhausted in ${duration(left)} at this rate`];
}

function exhaustions({ binding }: BindingRow): string[] {
  const { episodes, failed } = exhaustionsOf(binding);
  if (failed === 0) return [];
  const times = episodes === 1 ? "once" : `${episodes} times`;
  return [`exhausted ${times}: ${plural(failed, "page allocation")} failed`];
}

function freed({ binding }: BindingRow): string[] {
  if (binding.freedAt < 0) return [];
  const when = binding.unboundAt < 0 ? "" : `, ${duration(binding.freedAt - binding.unboundAt)} after unbind`;
  return [`freed${when}; ${plural(binding.heldAtUnbind, "token")} held at unbind`];
}

/** Who keeps an unbound dma-buf from being freed. */
function stillHeld(view: LiveView, { binding, verdict }: BindingRow): string[] {
  if (verdict !== "unbound pinned") return [];
  return holders(view, binding).map(([row, n]) => holder(view, row, n));
}

function holders({ sockets }: LiveView, binding: Binding): [SocketRow, number][] {
  return sockets.flatMap((row): [SocketRow, number][] => {
    const n = row.outstanding > 0 ? heldOf(row.socket, binding) : 0;
    return n > 0 ? [[row, n]] : [];
  });
}

function holder({ model }: LiveView, row: SocketRow, n: number): string {
  const who = `${row.local || "?"} <- ${row.remote || "?"}`;
  return `${plural(n, "token")} held by ${visible(who, model)} pid ${row.socket.pid} (${row.comm})`;
}
