// abilities - What the terminal can show according to its environment: colours, and more than ASCII.

/** What the screen may use. */
export interface Abilities {
  colours: boolean;
  unicode: boolean;
}

/**
 * NO_COLOR (any value but empty) and TERM=dumb switch colours off. TERM=dumb, TERM=linux (its font has few of the
 * block elements) and a locale other than UTF-8 limit the screen to ASCII.
 */
export function abilities(env: Record<string, string | undefined>): Abilities {
  const term = env.TERM ?? "dumb";
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return {
    colours: !env.NO_COLOR && term !== "dumb",
    unicode: term !== "dumb" && !term.startsWith("linux") && /utf-?8/i.test(locale),
  };
}
