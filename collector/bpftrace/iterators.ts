// iterators - The programs that read sockets out of the kernel, out of the files of probes/.

import type { Variant } from "../events/event.ts";
import { between, forVariant, textOf } from "./probe-text.ts";

/** The iterators of `snapshot`: `hashed` meets the sockets of a network namespace, `unhashed` those no table has. */
export function iterators(variant: Variant): { hashed: string; unhashed: string } {
  const hashed = textOf("snapshot.bt");
  const config = between(hashed, "\n\n", "iter:");
  const rest = between(hashed, "// } which sockets\n");
  const unhashed = textOf("unhashed.bt").replace("// the rest of snapshot.bt", () => rest);
  return { hashed: forVariant(hashed, variant), unhashed: forVariant(config + unhashed, variant) };
}
