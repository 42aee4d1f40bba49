// help - The key table as text, and what the words on the screen mean.

import { type Line, line, seg, wrap } from "../draw/styled-line.ts";
import { KEYS, keyName } from "../input/keys.ts";

const WORDS: [word: string, meaning: string][] = [
  [
    "token",
    "what one SCM_DEVMEM_DMABUF cmsg of recvmsg names; it pins a page of the dma-buf until SO_DEVMEM_DONTNEED returns it",
  ],
  ["outstanding", "issued and not yet returned, reclaimed or swept"],
  [
    "pinned",
    "pages of the dma-buf held; below level tokens each token counts as one page, so this is an upper bound",
  ],
  ["lingering", "closed while holding tokens and not destroyed yet (FIN_WAIT, LAST_ACK): still pinned"],
  ["reclaimed", "closed while holding tokens; the kernel took them back when it destroyed the socket"],
  ["leaked", "manual mode: destroyed while holding tokens; pinned until the dma-buf is unbound"],
  ["swept", "manual mode: dropped by the kernel at unbind"],
  [
    "inconclusive",
    "the evidence is not enough for a verdict: events were lost, or tokens were issued before the trace",
  ],
];

/** Columns of the keys and words in front of their text. */
const NAME_COLUMNS = 16;

/** Every line of the help. */
export function lines(width: number): Line[] {
  return [line("Keys", "title"), ...keys(), line(""), line("Words", "title"), ...words(width)];
}

function keys(): Line[] {
  return KEYS.map(({ keys: names, help, replay }) => [
    seg(`  ${names.map(keyName).join(" ").padEnd(NAME_COLUMNS)}`, "key"),
    seg(replay ? `${help} (replay)` : help),
  ]);
}

function words(width: number): Line[] {
  const room = Math.max(10, width - NAME_COLUMNS - 4);
  return WORDS.flatMap(([word, meaning]) =>
    wrap(meaning, room).map((part, i) => [
      seg(`  ${(i === 0 ? word : "").padEnd(NAME_COLUMNS)}`, "title"),
      seg(part),
    ]),
  );
}
