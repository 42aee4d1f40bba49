// doctor - Prints what this host can do, and for each lack its fix.

import { EXIT } from "../../../collector/base/errors.ts";
import { prettyJson } from "../../../collector/base/json.ts";
import { checks, doctorText } from "../../../collector/doctor/doctor.ts";
import { readHost } from "../../../collector/doctor/facts.ts";
import { print } from "../../../collector/recording/files.ts";

export interface DoctorOptions {
  json: boolean;
}

/** Prints the checks. Returns 0 when this host can trace, else 4. */
export function doctor(options: DoctorOptions): number {
  const list = checks(readHost());
  print(...(options.json ? [prettyJson(list)] : doctorText(list)));
  return list.every((c) => c.ok) ? EXIT.clean : EXIT.cannot;
}
