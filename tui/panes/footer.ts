// footer - One line: what is typed, what the last key led to, or the keys one needs most.

import { cut, type Line, seg } from "../line.ts";
import type { View } from "../view.ts";

/** The footer's line. */
export function render({ model, replay }: View, width: number): Line {
  if (model.prompt)
    return cut([seg(` ${PROMPT[model.prompt.for]}`, "key"), seg(`${model.prompt.text}_`)], width);
  if (model.message) return cut([seg(` ${model.message}`, "accent")], width);
  const filter = model.filter ? [seg(` filter "${model.filter}"`, "accent"), seg(" Esc clears ")] : [];
  return cut([...filter, ...hints(model.detail !== null || model.help, replay !== null)], width);
}

const PROMPT = { filter: "filter: ", jump: "jump to (12.5, +5, -5 or 50%): " };

function hints(deep: boolean, replay: boolean): Line {
  const keys = [
    ["?", "help"],
    ...(deep
      ? [
          ["Esc", "back"],
          ["j k", "scroll"],
        ]
      : [["Enter", "open"]]),
    ["/", "filter"],
    ["s", "sort"],
    replay ? ["space", "play"] : ["space", "pause"],
    ...(replay
      ? [
          ["t", "step"],
          ["l", "leak"],
          ["J", "jump"],
          ["+-", "speed"],
        ]
      : []),
    ["w", "write"],
    ["q", "quit"],
  ] as [string, string][];
  return keys.flatMap(([key, what]) => [seg(` ${key}`, "key"), seg(` ${what} `, "dim")]);
}
