// books - The token book of a socket, by its mode.

import type { Mode } from "../../events/event.ts";
import type { Socket } from "../state/socket-and-binding.ts";
import type { Token } from "../state/token.ts";
import { pagesBook } from "./pages-book.ts";
import type { TokenBook } from "./token-book.ts";
import { xarrayBook } from "./xarray-book.ts";

/** The first lines of the socket were lost: its tokens are taken for its own, and its sums cannot be compared with the kernel. */
const unknownBook: TokenBook = { ...xarrayBook, isComparedAtClose: () => false, hasAtClose: () => null };

const BOOKS: Readonly<Record<Mode, TokenBook>> = {
  xarray: xarrayBook,
  autorelease: xarrayBook,
  manual: pagesBook,
  unknown: unknownBook,
};

/** How the kernel keeps the tokens of `socket`, by its mode now: the option may change it while it holds none. */
export function bookOf({ mode }: Socket): TokenBook {
  return BOOKS[mode];
}

/** Level tokens: what the socket holds now, one by one. */
export function tokensOf(socket: Socket): Token[] {
  return bookOf(socket).tokensOf(socket);
}
