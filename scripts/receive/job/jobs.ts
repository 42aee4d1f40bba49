// jobs - Jobs as lines of JSON, from a file or from standard input as they arrive.
import fs from "node:fs";
import readline from "node:readline";
import { Failure, UsageError } from "../failure.ts";

/** The objects in the lines of `source` ("-": standard input); empty lines are skipped. */
export async function* readJobs(source: string): AsyncGenerator<Record<string, unknown>> {
  const input = source === "-" ? process.stdin : openFile(source);
  let number = 0;
  for await (const line of readline.createInterface({ input })) {
    number++;
    if (line.trim() !== "") yield readLine(line, `${source === "-" ? "standard input" : source}:${number}`);
  }
}

function openFile(source: string): fs.ReadStream {
  if (!fs.existsSync(source)) throw new Failure(`${source}: no such file`);
  return fs.createReadStream(source);
}

function readLine(line: string, where: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {}
  throw new UsageError(`${where} is not a JSON object: ${line.slice(0, 80)}`);
}
