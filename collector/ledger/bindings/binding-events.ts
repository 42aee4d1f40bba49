// binding-events - What each kind of line does to the binding it is about: bind, queue, exhausted, unbind, swept, free.

import type { ProbeEvent } from "../../events/event.ts";
import { walkAtUnbind } from "../evidence/page-counts.ts";
import type { Ledger } from "../state/ledger.ts";
import type { Binding } from "../state/socket-and-binding.ts";
import { addExhaustion, newBinding } from "./binding.ts";
import { sample } from "./pages.ts";
import { sweep, unbinding } from "./sweep.ts";

/** A dma-buf was bound to queues of a device. */
export function onBind(ledger: Ledger, event: ProbeEvent<"bind">): void {
  ledger.changes.binding = bind(ledger, newBinding(event));
  ledger.changes.entered = "bound";
}

/** The kernel uses the memory of a binding again once it is free: then its lines are missing. */
function bind(ledger: Ledger, binding: Binding): Binding {
  const former = ledger.bound.get(binding.ptr);
  if (former) {
    if (former.unboundAt < 0) former.unboundAt = ledger.now;
    former.freedAt = ledger.now;
  }
  ledger.bindings.push(binding);
  ledger.bound.set(binding.ptr, binding);
  return binding;
}

/** The binding that the line of a socket names; it may have been bound before the trace. */
export function bindingFor(ledger: Ledger, event: ProbeEvent<"socket" | "manual" | "held">): Binding {
  const known = ledger.bound.get(event.binding);
  const binding = known?.dmabufId === event.dmabuf ? known : bind(ledger, newBinding(event));
  binding.seenAt = event.t;
  if (event.ifindex === 0) loseDevice(binding, event.t);
  ledger.changes.binding = binding;
  return binding;
}

/** Its device was unregistered, which took it off its queues; the name stays, for whoever reads about it. */
function loseDevice(binding: Binding, t: number): void {
  binding.ifindex = 0;
  if (binding.unboundAt < 0) binding.unboundAt = t;
}

/** It was bound to one more queue, unless the device refused. */
export function onQueue(_: Ledger, binding: Binding, event: ProbeEvent<"queue">): void {
  if (event.err === 0 && binding.queues.length < MOST_QUEUES) binding.queues.push(event.queue);
}

/** More RX queues than any device has. */
const MOST_QUEUES = 4096;

/** A page pool could not allocate: every page was held. */
export function onDry(ledger: Ledger, binding: Binding, event: ProbeEvent<"dry">): void {
  ledger.changes.exhausted = addExhaustion(binding, event);
}

/** The unbind began; of a binding from before the trace this may be the first line. */
export function onUnbind(ledger: Ledger, event: ProbeEvent<"unbind">): void {
  const known = ledger.bound.get(event.binding);
  const binding = known?.dmabufId === event.dmabuf ? known : bind(ledger, newBinding(event));
  ledger.changes.binding = binding;
  binding.unboundAt = event.t;
  binding.atUnbind ??= walkAtUnbind(ledger, event.binding);
  unbinding(ledger, binding);
  binding.heldAtUnbind = binding.outstanding;
  ledger.changes.entered = "unbound";
}

/** The unbind is over. It may have freed the binding: its line then comes after that of the free. */
export function onSwept(ledger: Ledger, event: ProbeEvent<"swept">): void {
  const binding = ledger.bindings.findLast((b) => b.ptr === event.binding && b.unboundAt >= 0);
  if (!binding) return;
  ledger.changes.binding = binding;
  ledger.changes.entered = "swept";
  sweep(ledger, binding, event.t, binding.freedAt >= 0);
}

/** The last step of freeing it: no page is held any more. */
export function onFree(ledger: Ledger, binding: Binding, event: ProbeEvent<"free">): void {
  binding.freedAt = event.t;
  ledger.changes.entered = "freed";
  sweep(ledger, binding, event.t, true);
  ledger.bound.delete(event.binding);
}

/** After a socket's sums moved: the slope of what is held of its binding. */
export function follow(binding: Binding, t: number): void {
  if (binding.freedAt < 0 && binding.unboundAt < 0) sample(binding, t);
}
