// lifecycle-slices - The life of a socket and of a binding as slices on their Perfetto tracks, leaks as instants.

import { plural } from "../../base/format.ts";
import type { Ledger } from "../../ledger/state/ledger.ts";
import type { Binding, Socket } from "../../ledger/state/socket-and-binding.ts";
import { bindingVerdict } from "../../verdict/binding-verdict.ts";
import { socketVerdict } from "../../verdict/socket-verdict.ts";
import type { Packets } from "./packets.ts";
import type { Tracks } from "./tracks.ts";

/** From its first token to its close, and to its destroy where it closed holding tokens. */
export function socketSlices(packets: Packets, tracks: Tracks, ledger: Ledger, socket: Socket): void {
  const { issued, returned, reclaimed, swept, heldAtClose, closedAt, destroyedAt, pid } = socket;
  const track = tracks.of(socket);
  const notes = { ...socketVerdict(ledger, socket), pid, issued, returned, reclaimed, swept, heldAtClose };
  slice(packets, track, socket.born, closedAt, "open", notes);
  if (swept > 0) packets.instant(track, socket.sweptAt, `${plural(swept, "token")} swept`);
  if (closedAt < 0 || heldAtClose === 0) return;
  const what = `closed holding ${plural(heldAtClose, "token")}`;
  packets.instant(track, closedAt, what, notes);
  slice(packets, track, closedAt, destroyedAt, "closed, not destroyed", { heldAtClose });
}

/** From bind to unbind and from there to its free; the episodes in which it was exhausted. */
export function bindingSlices(packets: Packets, tracks: Tracks, ledger: Ledger, binding: Binding): void {
  const { pid, comm, bytes, boundAt, unboundAt, freedAt, heldAtUnbind } = binding;
  const track = tracks.of(binding);
  const notes = { ...bindingVerdict(ledger, binding), pid, comm, bytes, heldAtUnbind };
  slice(packets, track, Math.max(0, boundAt), unboundAt, "bound", notes);
  if (unboundAt >= 0) slice(packets, track, unboundAt, freedAt, "unbound, not freed", { heldAtUnbind });
  if (heldAtUnbind > 0)
    packets.instant(track, unboundAt, `unbound while ${plural(heldAtUnbind, "token")} held`);
  for (const { from, to, failed } of binding.dry)
    slice(packets, tracks.exhaustion(binding), from, to, "exhausted", { failed });
}

/** A slice without an end yet (-1) is left open. */
function slice(
  packets: Packets,
  track: number,
  from: number,
  to: number,
  name: string,
  notes: Record<string, number | string>,
): void {
  packets.begin(track, from, name, notes);
  if (to >= 0) packets.end(track, Math.max(from, to));
}
