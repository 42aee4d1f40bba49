// profile - What token handling looks like: how long tokens were held, how many a call hands out or gives back. Of a socket or of many.

import { type Histogram, merged, newHistogram } from "../../base/histogram.ts";

/** What was counted of one socket or of several; a histogram is empty where the level does not measure it. */
export interface Profile {
  /** Levels holds and tokens: time from issue to return, ns. */
  holds: Histogram;
  /** Level tokens: payload of one token, bytes. */
  sizes: Histogram;
  /** Level tokens: tokens named by one range of a return (struct dmabuf_token, token_count). */
  ranges: Histogram;
  /** Level profile: tokens one recvmsg handed out, of those that handed out any. */
  issues: Histogram;
  /** Level profile: tokens one return call freed, of those that freed any. */
  returns: Histogram;
}

export const PARTS = ["holds", "sizes", "ranges", "issues", "returns"] as const satisfies (keyof Profile)[];

function profileOf(part: (name: keyof Profile) => Histogram): Profile {
  return Object.fromEntries(PARTS.map((name) => [name, part(name)])) as unknown as Profile;
}

/** A profile of nothing. */
export function newProfile(): Profile {
  // One literal, as in newSocket: every socket has one.
  return {
    holds: newHistogram(),
    sizes: newHistogram(),
    ranges: newHistogram(),
    issues: newHistogram(),
    returns: newHistogram(),
  };
}

/** All of them counted together. */
export function sumOf(profiles: readonly Profile[]): Profile {
  return profileOf((name) => merged(profiles.map((profile) => profile[name])));
}
