/**
 * Help, made from the commands, the options and the topics.
 *
 * @module
 */

import { takenOptions } from "./request/args.ts";
import type { Commands, ToldCommand } from "./command.ts";
import type { Option } from "./request/options.ts";
import type { Row, Topic } from "./topic.ts";

/** Topics by their names, as the help lists them. None is called like a command, whose own help comes first. */
export const TOPICS: Readonly<Record<string, () => Promise<Topic>>> = {
  keys: async () => (await import("./topics/keys_topic.ts")).keysTopic(),
  sources: async () => (await import("./topics/sources_topic.ts")).sourcesTopic(),
  replacements: async () => (await import("./topics/replacements_topic.ts")).replacementsTopic(),
  engines: async () => (await import("./topics/engines_topic.ts")).enginesTopic,
  permissions: async () => (await import("./topics/permissions_topic.ts")).permissionsTopic,
  outcomes: async () => (await import("./topics/outcomes_topic.ts")).outcomesTopic,
  printing: async () => (await import("./topics/printing_topic.ts")).printingTopic,
  watching: async () => (await import("./topics/watching_topic.ts")).watchingTopic,
  resuming: async () => (await import("./topics/resuming_topic.ts")).resumingTopic,
  hosts: async () => (await import("./topics/hosts_topic.ts")).hostsTopic,
  parallel: async () => (await import("./topics/parallel_topic.ts")).parallelTopic,
};

/** Where the second line of what is too long for one begins. */
const HANGING = 6;

/** How many columns a description has at the least, where there are so many. */
const NARROWEST = 20;

/** The help of the program. @param width How many columns it may take. */
export function programHelp(commands: Commands, width: number): string {
  const rows = Object.entries(commands).map(([name, { operands, description }]): Row => [
    `${name} ${operands}`.trim(),
    description,
  ]);
  const more = [
    "fanfold COMMAND --help tells of one command; fanfold --version is the version.",
    `fanfold help TOPIC tells more of: ${Object.keys(TOPICS).join(", ")}.`,
    "With FANFOLD_TRACE=1 in the environment, what ends fanfold tells all its frames.",
  ];
  return [
    ...wrapped("fanfold: fan tasks out over their inputs, fold the results back in order", width),
    "",
    ...usage(["COMMAND", "[OPTION…]"], width),
    "",
    ...table(rows, width),
    "",
    ...more.flatMap((line) => wrapped(line, width)),
    "",
  ].join("\n");
}

/** The help of one command. @param width How many columns it may take. */
export function commandHelp(command: ToldCommand, width: number): string {
  const options = takenOptions(command.options, command.reading);
  return [
    ...usage([command.name, ...optionalsIn(command.operands)], width),
    ...wrapped(command.description, width),
    "",
    ...table(optionRows(options), width),
    "for example:",
    ...command.examples.flatMap((example) => exampleLines(example, width)),
    "",
  ].join("\n");
}

/** All that is said of a topic. @param width How many columns it may take. */
export function topicHelp({ name, title, blocks }: Topic, width: number): string {
  const texts = blocks.map((block) => {
    if (typeof block === "string") return wrapped(block, width);
    if ("rows" in block) return table(block.rows, width);
    return block.lines.split("\n").map((line) => `  ${line}`);
  });
  const heading = wrapped(`fanfold help ${name}: ${title}`, width);
  return [heading, ...texts].flatMap((lines) => [...lines, ""]).join("\n");
}

function usage(words: readonly string[], width: number): string[] {
  return filled(["usage:", "fanfold", ...words], { width, next: " ".repeat(HANGING) });
}

/** What may be left out is so as a whole, and stays in one line. */
function optionalsIn(operands: string): readonly string[] {
  return operands.match(/\[[^\]]*\]|\S+/g) ?? [];
}

/** Options with what is said of them; some stand together in one row. */
function optionRows(options: readonly Option[]): readonly Row[] {
  const othersOf = ({ row }: Option) => {
    const others = options.filter(({ name }) => row?.with.includes(name));
    return others.length === row?.with.length ? others : [];
  };
  const inOthers = new Set(options.flatMap(othersOf));
  return options.filter((option) => !inOthers.has(option)).map((option): Row => {
    const others = othersOf(option);
    const titles = [title(option), ...others.map((other) => title(other).trim())];
    const { row, description } = option;
    return [titles.join(", "), row && others.length > 0 ? row.description : description];
  });
}

/** An option as it is written: a value that may be left out has to be attached. */
function title({ name, short, value, isOptional }: Option): string {
  const written = value === undefined ? "" : isOptional ? `[=${value}]` : ` ${value}`;
  return `${short ? `-${short}, ` : "    "}--${name}${written}`;
}

/** Rows with all that is said in one column: the one that takes the fewest lines, and of these the last. */
function table(rows: readonly Row[], width: number): string[] {
  const columns = [HANGING, ...rows.map(([left]) => left.length + 4)].sort((a, b) => b - a);
  let best: string[] = [];
  for (const column of new Set(columns)) {
    if (column > HANGING && width - column < NARROWEST) continue;
    const lines = rows.flatMap((row) => rowLines(row, column, width));
    if (best.length === 0 || lines.length < best.length) best = lines;
    if (column === HANGING) break;
  }
  return best;
}

/** A row whose left side is too long for its column has it alone in a line. */
function rowLines([left, right]: Row, column: number, width: number): string[] {
  const indent = " ".repeat(column);
  const [first = "", ...more] = wrapped(right, width - column).map((line) => indent + line);
  const lead = `  ${left}  `;
  if (lead.length <= column) return [lead.padEnd(column) + first.trimStart(), ...more];
  const titles = left.length + 2 <= width
    ? [`  ${left}`]
    : filled(optionalsIn(left), { width, first: "  ", next: " ".repeat(HANGING) });
  return [...titles, first, ...more];
}

/** Text in lines as wide as that, but for words that are longer; code is one word where there is room. */
function wrapped(text: string, width: number): string[] {
  const words = text.match(/(?:`[^`]*`|[^ `])+/g) ?? [];
  const parts = words.flatMap((word) => word.length > width ? word.split(" ") : [word]);
  return filled(parts.map((part) => part.replaceAll("`", "")), { width });
}

/** An example, on as many lines as a shell takes for one. */
function exampleLines(example: string, width: number): string[] {
  if (example.length + 2 <= width) return [`  ${example}`];
  if (example.startsWith("#")) {
    return filled(example.slice(2).split(" "), { width, first: "  # ", next: "  # " });
  }
  // A blank within quotes is none between words.
  const words = example.match(/(?:'[^']*'|"[^"]*"|[^ '"])+/g) ?? [];
  return filled(words, { width, first: "  ", next: " ".repeat(HANGING), end: " \\" });
}

/** How lines are made of words: what stands before the first and the others, and behind all but the last. */
interface Filling {
  readonly width: number;
  readonly first?: string;
  readonly next?: string;
  readonly end?: string;
}

function filled(words: readonly string[], { width, first = "", next = "", end = "" }: Filling) {
  const lines: string[] = [];
  let [line, isEmpty] = [first, true];
  words.forEach((word, i) => {
    const room = width - (i === words.length - 1 ? 0 : end.length);
    if (!isEmpty && line.length + 1 + word.length > room) {
      lines.push(line + end);
      [line, isEmpty] = [next, true];
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  });
  return [...lines, line];
}
