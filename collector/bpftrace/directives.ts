// directives - Puts a bpftrace program together out of the files of probes/, by the directives in their comments. Pure.
//
// A directive is a comment on a line of its own that begins with @ and a word; probes/README.md explains them. One that
// cannot be what its author meant is an error with file and line, also in a branch that is not taken.

import { UserError } from "../base/errors.ts";

/** What one program is made for: a value for each name that `@if` may ask for. */
export type Choices = Readonly<Record<string, string>>;

/** What words of the files read as in one program; a file adds to them with `@define`. */
export type Words = Readonly<Record<string, string>>;

/** A comment that begins with a map is not a directive: `// @sock[sk] = …`. */
const DIRECTIVE = /^(\s*)\/\/\s*@(\w+)(?![\w[])\s*(.*?)\s*$/;
const CONDITION = /^(\w+) is (not )?(\w+(?: or \w+)*)$/;
const WORD = /(?<![\w$@])[A-Za-z_]\w*/g;

/** One program in the making. */
interface Program {
  choices: Choices;
  words: Map<string, string>;
  /** Words that a file defined and no line has used yet, and where. */
  idle: Map<string, string>;
  lines: string[];
}

/** From an `@if` to its `@end`. */
interface Block {
  at: string;
  isTaken: boolean;
  hasElse: boolean;
}

/** A file on its way into a program. */
interface Reading {
  program: Program;
  file: string;
  indent: string;
  open: Block[];
}

type Directive = (reading: Reading, rest: string, at: string, indent: string) => void;

/** Makes programs out of files, and knows which files and branches no program has used. */
export class Assembler {
  readonly #read: (file: string) => string | null;
  readonly #values: Readonly<Record<string, readonly string[]>>;
  /** By place: "probes/locks.bt:41" is a branch, "probes/locks.bt" the file. */
  readonly #isUsed = new Map<string, boolean>();

  /**
   * @param read the text of a file by its path in probes/; null where there is none
   * @param values all values of each name that `@if` may ask for
   */
  constructor(read: (file: string) => string | null, values: Readonly<Record<string, readonly string[]>>) {
    this.#read = read;
    this.#values = values;
  }

  /**
   * The program of `file`. Throws UserError for a directive that is wrong or unknown, a file that does not exist, a block
   * without its end, and a word that is defined and not used.
   */
  program(file: string, choices: Choices, words: Words = {}): string {
    const program = { choices, words: new Map(Object.entries(words)), idle: new Map(), lines: [] };
    this.#add({ program, file, indent: "", open: [] }, this.#text(file, pathOf(file)));
    for (const [word, at] of program.idle) fault(at, `this program does not use the word ${word}`);
    return `${program.lines.join("\n").replace(/\n{3,}/g, "\n\n")}\n`;
  }

  /** Throws UserError where a branch, or one of `files`, is in none of the programs made so far. */
  requireAllUsed(files: readonly string[]): void {
    for (const file of files)
      if (!this.#isUsed.has(pathOf(file))) fault(pathOf(file), "no program includes this file");
    for (const [at, isUsed] of this.#isUsed) if (!isUsed) fault(at, "no program takes this branch");
  }

  #text(file: string, at: string): string {
    const text = this.#read(file) ?? fault(at, `there is no ${pathOf(file)}`);
    this.#isUsed.set(pathOf(file), true);
    return text.replace(/\n$/, "");
  }

  /** A file's header, the comment that it begins with, is about the file: it stays out where that is included. */
  #add(reading: Reading, text: string, isIncluded = false): void {
    const header = isIncluded ? (/^(?:(?:#!|\/\/).*\n)*\n?/.exec(text)?.[0] ?? "") : "";
    const before = header.split("\n").length;
    for (const [i, line] of text.slice(header.length).split("\n").entries())
      this.#line(reading, line, `${pathOf(reading.file)}:${before + i}`);
    const open = reading.open.at(-1);
    if (open) fault(open.at, "this @if has no @end");
  }

  #line(reading: Reading, line: string, at: string): void {
    const [, indent = "", name, rest = ""] = DIRECTIVE.exec(line) ?? [];
    if (name !== undefined) this.#directive(name, at)(reading, rest, at, indent);
    else if (isTaken(reading))
      reading.program.lines.push(line && reading.indent + worded(line, reading.program));
  }

  #directive(name: string, at: string): Directive {
    const known = this.#directives;
    if (!Object.hasOwn(known, name))
      fault(at, `there is no directive @${name}, only @${Object.keys(known).join(", @")}`);
    return known[name as keyof typeof known];
  }

  readonly #directives = {
    include: (reading, file, at, indent) => {
      if (!isTaken(reading)) return;
      const inner = { ...reading, file, indent: reading.indent + indent, open: [] };
      this.#add(inner, this.#text(file, at), true);
    },
    if: (reading, condition, at) => {
      reading.open.push({ at, isTaken: this.#holds(condition, reading.program.choices, at), hasElse: false });
      this.#mark(reading, at);
    },
    else: (reading, _, at) => {
      const block = reading.open.at(-1);
      if (!block || block.hasElse) return fault(at, "this @else has no @if");
      Object.assign(block, { isTaken: !block.isTaken, hasElse: true });
      this.#mark(reading, at);
    },
    end: (reading, _, at) => {
      reading.open.pop() ?? fault(at, "this @end has no @if");
    },
    define: (reading, rest, at) => {
      const [, word, text] = /^(\w+) (.+)$/.exec(rest) ?? [];
      if (word === undefined || text === undefined)
        return fault(at, "@define takes a word and what it reads as");
      if (!isTaken(reading)) return;
      reading.program.words.set(word, text);
      reading.program.idle.set(word, at);
    },
  } satisfies Record<string, Directive>;

  #mark(reading: Reading, at: string): void {
    this.#isUsed.set(at, isTaken(reading) || this.#isUsed.get(at) === true);
  }

  #holds(condition: string, choices: Choices, at: string): boolean {
    const [, name, not, list] = CONDITION.exec(condition) ?? [];
    if (name === undefined || list === undefined)
      return fault(at, `@if is not followed by NAME is VALUE, NAME is not VALUE or NAME is VALUE or VALUE`);
    const all =
      this.#values[name] ?? fault(at, `@if knows no ${name}, only ${Object.keys(this.#values).join(", ")}`);
    const wanted = list.split(" or ");
    for (const value of wanted)
      if (!all.includes(value)) fault(at, `${name} is never ${value}, only ${all.join(", ")}`);
    return wanted.includes(choices[name] ?? "") !== (not !== undefined);
  }
}

/** As messages name it: a file of probes/, or another one by its absolute path. */
function pathOf(file: string): string {
  return file.startsWith("/") ? file : `probes/${file}`;
}

function fault(at: string, what: string): never {
  throw new UserError(`${at}: ${what}.`);
}

function isTaken({ open }: Reading): boolean {
  return open.every((block) => block.isTaken);
}

/** A line in the words of its program. Comments keep their own. */
function worded(line: string, { words, idle }: Program): string {
  if (/^\s*\/\//.test(line)) return line;
  return line.replace(WORD, (word) => {
    idle.delete(word);
    return words.get(word) ?? word;
  });
}
