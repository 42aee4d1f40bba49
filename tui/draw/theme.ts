// theme - How a role looks: in colours that colour-blind people can distinguish, or without any.

import type { Role } from "./styled-line.ts";

/** SGR parameters (ECMA-48 8.3.117). */
interface Look {
  colour: string;
  plain: string;
}

/** Orange against blue, after Okabe and Ito, from the 256 colours. Colour never carries a meaning alone. */
const LOOKS: Record<Role, Look> = {
  text: { colour: "", plain: "" },
  dim: { colour: "38;5;245", plain: "" },
  title: { colour: "1", plain: "1" },
  key: { colour: "1;38;5;75", plain: "1" },
  good: { colour: "38;5;75", plain: "" },
  warn: { colour: "38;5;221", plain: "" },
  bad: { colour: "1;38;5;208", plain: "1" },
  accent: { colour: "38;5;117", plain: "" },
  selected: { colour: "7", plain: "7" },
  badgeGood: { colour: "1;38;5;16;48;5;75", plain: "7" },
  badgeWarn: { colour: "1;38;5;16;48;5;221", plain: "7" },
  badgeBad: { colour: "1;38;5;16;48;5;208", plain: "1;7" },
};

/** The escape sequence that switches to `role`; empty for plain text. */
export function sgr(role: Role, colours: boolean): string {
  const look = LOOKS[role][colours ? "colour" : "plain"];
  return look && `\x1b[${look}m`;
}
