// choices - Which end-to-end tests run, as `npm run e2e` was asked: its options arrive in the environment.

import { ALL } from "../../../collector/testing/gauntlet.ts";

const listed = (name: string) => process.env[name]?.split("\n") ?? null;
const guests = listed("DEVMEM_TRACE_GUESTS");
const suites = listed("DEVMEM_TRACE_SUITES");

/** Whether tests in this guest run: `--guest NAME`, all without it. */
export function isGuestChosen(guest: string): boolean {
  return guests === null || guests.includes(guest);
}

/** Whether this suite runs: `--suite NAME`, all without it. */
export function isSuiteChosen(suite: string): boolean {
  return suites === null || suites.includes(suite);
}

/** `--clock NAME`, for every boot; null without it. */
export const CLOCK = process.env.DEVMEM_TRACE_CLOCK ?? null;

/** Whether hostile recordings are as large as they are worth trying: `--large`. */
export const LARGE = process.env.DEVMEM_TRACE_LARGE === "1";

/** The reason to skip what runs with --all only; false where it runs. */
export const notWithoutAll: string | false = !ALL && "only npm run e2e -- --all runs it";
