// footer - One line: the text being typed, the result of the last key, or the most important keys.

import { width as columns, cut, type Line, seg } from "../draw/styled-line.ts";
import { visible } from "../state/filter.ts";
import type { View } from "../state/view.ts";

/** The footer's line. */
export function render(view: View, width: number): Line {
  const { prompt, message } = view.model;
  if (prompt) return cut([seg(` ${PROMPT[prompt.for]}`, "key"), seg(`${prompt.text}_`)], width);
  if (message) return cut([seg(` ${visible(message, view.model)}`, "accent")], width);
  const filter = filterLine(view);
  return [...filter, ...hints(view, width - columns(filter))];
}

const PROMPT = {
  filter: "filter: ",
  jump: "jump to (seconds: 12.5, +5, -5; or 50%): ",
};

function filterLine({ model }: View): Line {
  return model.filter ? [seg(` filter "${model.filter}"`, "accent"), seg(" Esc clears ")] : [];
}

/** As many keys as fit, the most important ones first. */
function hints(view: View, room: number): Line {
  const line: Line = [];
  for (const [key, what] of hintsOf(view)) {
    const hint = [seg(` ${key}`, "key"), seg(` ${what} `, "dim")];
    if (columns(line) + columns(hint) > room) break;
    line.push(...hint);
  }
  return line;
}

type Hint = [key: string, what: string];

function hintsOf({ state, model, replay }: View): Hint[] {
  if (!state) return ALWAYS;
  const inText = model.detail !== null || model.help;
  const moves = inText ? IN_TEXT : IN_LIST;
  return replay
    ? [...ALWAYS, ...moves, ["space", "play"], ...IN_REPLAY, ...AT_LAST]
    : [...ALWAYS, ...moves, ["space", "pause"], ["s", "sort"], ...AT_LAST];
}

const ALWAYS: Hint[] = [
  ["q", "quit"],
  ["?", "help"],
];
const IN_TEXT: Hint[] = [
  ["Esc", "back"],
  ["j k", "scroll"],
];
const IN_LIST: Hint[] = [
  ["Enter", "open"],
  ["/", "filter"],
];
const IN_REPLAY: Hint[] = [
  ["t", "step"],
  ["l", "leak"],
  ["J", "jump"],
  ["+ -", "speed"],
];
const AT_LAST: Hint[] = [
  ["w", "save"],
  ["p", "privacy"],
];
