// version - What this program calls itself, from package.json.

import { readFileSync } from "node:fs";

const { name, version } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as {
  name: string;
  version: string;
};

/** Version number alone, e.g. "0.1.0". */
export const VERSION = version;

/** Name and version, as recordings carry it: "devmem-trace 0.1.0". */
export const TOOL = `${name} ${version}`;
