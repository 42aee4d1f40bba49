// report - Whatever a profile makes of each socket is made by its caller, who looks at the memory meanwhile.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Mapping } from "../base/lists.ts";
import { apply, newLedger } from "../ledger/ledger.ts";
import { churn } from "../testing/churn.ts";
import { HEADER } from "../testing/kernel.ts";
import { profileReport } from "./report.ts";

test("rows and advice of every socket are made by the given mapping, with the same result", () => {
  const ledger = newLedger(HEADER);
  for (const event of churn({ sockets: 61, roles: 3, leakOneIn: 23 })) apply(ledger, event);
  let made = 0;
  const counting: Mapping = (items, make) =>
    items.map((item) => {
      made += 1;
      return make(item);
    });
  const report = profileReport(ledger, counting);
  assert.equal(made, 2 * 61);
  assert.deepEqual(report, profileReport(ledger));
});
