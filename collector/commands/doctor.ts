// doctor - The verb `doctor`: what this host can do, each lack with its fix.

import { checks, doctorText } from "../doctor.ts";
import { EXIT } from "../errors.ts";
import { print } from "../files.ts";
import { readHost } from "../host.ts";

/** Prints the checks. Returns 0 when this host can trace, else 4. */
export function doctor(options: { json: boolean }): number {
  const list = checks(readHost());
  print(...(options.json ? [JSON.stringify(list, null, 2)] : doctorText(list)));
  return list.every((c) => c.ok) ? EXIT.clean : EXIT.cannot;
}
