// abilities - What the user's terminal can show, by its environment: colours, and more than ASCII.

/** What to draw with. */
export interface Abilities {
  colours: boolean;
  unicode: boolean;
}

/**
 * NO_COLOR (any value but empty) and TERM=dumb take the colours away; TERM=dumb, TERM=linux (its font has few of the
 * block elements) and a locale that is not UTF-8 leave ASCII.
 */
export function abilities(env: Record<string, string | undefined>): Abilities {
  const term = env.TERM ?? "dumb";
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return {
    colours: !env.NO_COLOR && term !== "dumb",
    unicode: term !== "dumb" && !term.startsWith("linux") && /utf-?8/i.test(locale),
  };
}
