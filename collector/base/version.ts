// version - Name and version of this program, from package.json.

import { readFileSync } from "node:fs";

const { name, version } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as {
  name: string;
  version: string;
};

/** The version alone, e.g. "0.1.0". */
export const VERSION = version;

/** Name and version, as in the header of a recording: "devmem-trace 0.1.0". */
export const TOOL = `${name} ${version}`;
