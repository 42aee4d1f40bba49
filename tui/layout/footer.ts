// footer - One line: what is typed, what the last key led to, or the keys one needs most.

import { width as columns, cut, type Line, seg } from "../draw/styled-line.ts";
import { visible } from "../state/rows.ts";
import type { View } from "../state/view.ts";

/** The footer's line. */
export function render(view: View, width: number): Line {
  const { model } = view;
  if (model.prompt)
    return cut([seg(` ${PROMPT[model.prompt.for]}`, "key"), seg(`${model.prompt.text}_`)], width);
  if (model.message) return cut([seg(` ${visible(model.message, model)}`, "accent")], width);
  const filter = model.filter ? [seg(` filter "${model.filter}"`, "accent"), seg(" Esc clears ")] : [];
  return [...filter, ...hints(view, width - columns(filter))];
}

const PROMPT = { filter: "filter: ", jump: "jump to (12.5, +5, -5 or 50%): " };

/** As many keys as fit, the more important ones first. */
function hints(view: View, room: number): Line {
  const shown: Line = [];
  for (const [key, what] of keysOf(view)) {
    const hint = [seg(` ${key}`, "key"), seg(` ${what} `, "dim")];
    if (columns(shown) + columns(hint) > room) break;
    shown.push(...hint);
  }
  return shown;
}

function keysOf({ shown, model, replay }: View): [key: string, what: string][] {
  if (!shown)
    return [
      ["q", "quit"],
      ["?", "help"],
    ];
  const deep = model.detail !== null || model.help;
  return [
    ["q", "quit"],
    ["?", "help"],
    ...((deep
      ? [
          ["Esc", "back"],
          ["j k", "scroll"],
        ]
      : [
          ["Enter", "open"],
          ["/", "filter"],
        ]) as [string, string][]),
    ["space", replay ? "play" : "pause"],
    ...((replay
      ? [
          ["t", "step"],
          ["l", "leak"],
          ["J", "jump"],
          ["+ -", "speed"],
        ]
      : [["s", "sort"]]) as [string, string][]),
    ["w", "write"],
    ["p", "privacy"],
  ];
}
