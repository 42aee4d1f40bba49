// pinned - How much of a dma-buf the tokens of a socket pin.

import { pages, pagesHeld } from "./bindings/pages.ts";
import { outstanding } from "./sockets/socket.ts";
import type { Socket } from "./state/socket-and-binding.ts";
import type { Token } from "./state/token.ts";
import { tokensOf } from "./tokens/books.ts";

/** The page size of the dma-bufs a socket received from, the largest of several; 0 where it has received from none. */
export function pageSizeOf({ shares }: Socket): number {
  return shares.reduce((most, { binding }) => Math.max(most, binding.pageSize), 0);
}

/** Distinct pages that these tokens lie on. */
export function pagesUnder(tokens: Iterable<Pick<Token, "dmabufId" | "offset">>, pageSize: number): number {
  const pages = new Set<string>();
  for (const { dmabufId, offset } of tokens) pages.add(`${dmabufId}:${Math.floor(offset / pageSize)}`);
  return pages.size;
}

/**
 * Bytes of dma-buf a socket pins now: distinct pages where every token is known (level tokens), else the most it can be: one
 * page per token, but no more than the kernel counts.
 */
export function pinnedBytes(socket: Socket): number {
  const held = Math.max(0, outstanding(socket));
  if (held === 0) return 0;
  const tokens = tokensOf(socket);
  const size = pageSizeOf(socket);
  return tokens.length === held ? pagesUnder(tokens, size) * size : mostPinned(socket, held);
}

/** The most bytes that so many tokens of a socket can pin. */
export function mostPinned(socket: Socket, tokens: number): number {
  return Math.min(tokens, pagesCounted(socket), mostPages(socket)) * pageSizeOf(socket);
}

/** Manual mode: the pages the kernel counted on its binding last, if it looked at all of them. */
function pagesCounted({ kernel, shares }: Socket): number {
  const walk = kernel.pagesAtDestroy ?? kernel.pagesAtClose;
  const binding = shares.at(-1)?.binding;
  return walk && binding && walk.walked >= pages(binding) ? walk.pages : Number.POSITIVE_INFINITY;
}

/** No more than are held of its bindings; unlimited where one of them, or its size, is not known. */
function mostPages({ shares, sharedEarlier }: Socket): number {
  if (sharedEarlier > 0 || shares.some(({ binding }) => pages(binding) === 0))
    return Number.POSITIVE_INFINITY;
  return shares.reduce((sum, { binding }) => sum + pagesHeld(binding), 0);
}
