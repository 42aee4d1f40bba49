// gauntlet - How many cases the tests try that could try any number: a few by default, all of them with --all.

/** Whether `--all` was given to `npm run test:unit`, `npm test` or `npm run e2e`. */
export const ALL = process.env.DEVMEM_TRACE_ALL === "1";

/** How many cases a test tries: `few`, and with --all `many`. */
export function cases(few: number, many: number): number {
  return ALL ? many : few;
}
