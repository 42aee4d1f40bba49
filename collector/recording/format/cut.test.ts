// cut - Every capture in every form, cut or damaged anywhere: no verdict is firmer than the evidence (testing/cuts.ts).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Event } from "../../events/event.ts";
import { CUTS, cutsAreNotFirmer, places, recordedIn, reportFrom } from "../../testing/cuts.ts";
import { asText, FILES, packed, read } from "../../testing/recordings.ts";

const SMALL = { block: 7, chunk: 21 };

for (const file of FILES) {
  const bytes = readFileSync(file);
  const { header, events } = await read(bytes);
  const forms = {
    "as it is": bytes,
    blocks: packed(header, events, SMALL),
    "a line per event": asText(header, events),
    "gzipped by another program": gzipSync(asText(header, events)),
  };
  for (const [form, whole] of Object.entries(forms)) {
    test(`${basename(file)}, ${form}: the events are the same, however the bytes are cut into pieces`, async () => {
      assert.deepEqual((await read(whole)).events, events);
      assert.deepEqual((await read(whole, 13)).events, events);
    });

    test(`${basename(file)}, ${form}: cut at ${CUTS} places`, () => cutsAreNotFirmer(whole));
  }

  test(`${basename(file)}, blocks: damaged at ${CUTS} places, the number of missing events is exact`, async () => {
    const whole = forms.blocks;
    for (const at of places(whole.length)) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] as number) ^ 0x55;
      const found = (await read(damaged).catch(() => null))?.events;
      const end = found?.at(-1);
      if (!found || end?.kind !== "end") continue;
      if (end.reason === "died") assert.notEqual((await reportFrom(damaged)).verdict, "clean");
      else assert.equal(recordedIn(found).length + lost(found) - lost(events), recordedIn(events).length);
    }
  });
}

function lost(events: Event[]): number {
  return events.reduce((sum, event) => sum + (event.kind === "lost" ? event.count : 0), 0);
}
