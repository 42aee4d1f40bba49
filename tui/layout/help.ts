// help - The key table as text, and what the words on the screen mean.

import { scrolled } from "../draw/list.ts";
import { type Line, line, seg, wrap } from "../draw/styled-line.ts";
import { KEYS, keyName } from "../input/keys.ts";
import type { View } from "../state/view.ts";

const WORDS: [string, string][] = [
  [
    "token",
    "what recvmsg handed out in one SCM_DEVMEM_DMABUF cmsg; it pins a page until SO_DEVMEM_DONTNEED returns it",
  ],
  ["outstanding", "issued and neither returned, reclaimed nor swept"],
  [
    "pinned",
    "pages of the dma-buf held; without level tokens every token is taken for a page: the most it can be",
  ],
  ["reclaimed", "closed holding tokens; the kernel took them back when it destroyed the socket"],
  ["lingering", "closed holding tokens, not destroyed yet (FIN_WAIT, LAST_ACK): still pinned"],
  ["leaked", "manual mode: destroyed holding tokens, pinned until the dma-buf is unbound"],
  ["swept", "manual mode: leftovers the kernel dropped at unbind"],
  [
    "inconclusive",
    "the evidence does not allow a verdict: events were lost, or tokens were issued before the trace",
  ],
];

/** Every line of the help. */
export function content(_view: View, width: number): Line[] {
  const keys = KEYS.map(({ keys: k, help, replay }) => {
    const names = k.map(keyName).join(" ");
    return [seg(`  ${names.padEnd(16)}`, "key"), seg(`${help}${replay ? " (replay)" : ""}`)];
  });
  const words = WORDS.flatMap(([word, meaning]) =>
    wrap(meaning, Math.max(10, width - 20)).map((part, i) => [
      seg(`  ${(i === 0 ? word : "").padEnd(16)}`, "title"),
      seg(part),
    ]),
  );
  return [line("Keys", "title"), ...keys, line(""), line("Words", "title"), ...words];
}

/** The part of the help that fits. */
export function render(view: View, width: number, height: number): Line[] {
  return scrolled(content(view, width), view.model.scroll, height);
}
