// sibling-program - Where the workload's other programs are: TypeScript, or JavaScript where that is what runs (scripts/run-ts).
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Path of a program, `name` without its extension and relative to the module at `url`, in the language of that module. */
export function programBeside(url: string, name: string): string {
  return fileURLToPath(new URL(name + path.extname(url), url));
}
