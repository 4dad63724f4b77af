import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { cli } from "../../lib/cli/cli.ts";
import type { ToldCommand } from "../../lib/cli/command.ts";
import { COMMAND_NAMES, commandNamed, COMMANDS } from "../../lib/cli/command_list.ts";
import { commandHelp, programHelp } from "../../lib/cli/help.ts";
import { readArgs, takenOptions } from "../../lib/cli/request/args.ts";
import { type Option, optionsNamed } from "../../lib/cli/request/options.ts";
import { timeout } from "../../lib/rules/timeout.ts";
import { Watchdog } from "../../lib/watchdog/watchdog.ts";

/** How many lines help may take in so many columns: most windows have them. */
const SCREEN_LINES = { 80: 40, 100: 34 };

const WIDTHS = [20, 40, 60, 72, 80, 100, 120];

const ALL = await Promise.all(
  COMMAND_NAMES.map(async (name) => await commandNamed(name) as ToldCommand),
);
const [run] = ALL as [ToldCommand];

/** No line is longer than that, but for one that is a single word. */
function assertAsWide(text: string, width: number): void {
  const lines = text.split("\n");
  assertEquals(lines.pop(), "", "the last line has no end");
  for (const line of lines) {
    assertEquals(line, line.trimEnd());
    const isWord = /^[ #]*(?:\S+|'[^']*')(?: \\)?$/.test(line);
    assert(line.length <= width || isWord, `${line.length} columns of ${width}: ${line}`);
  }
}

function assertFitsScreens(help: (width: number) => string): void {
  for (const [columns, lines] of Object.entries(SCREEN_LINES)) {
    const length = help(Number(columns)).split("\n").length - 1;
    assert(length <= lines, `${length} lines in ${columns} columns`);
  }
}

/** Text in one line, however it was wrapped. */
function unwrapped(text: string): string {
  return text.replaceAll(/ \\$/gm, "").replaceAll(/\s+/g, " ");
}

function titleOf({ short, name, value, isOptional }: Option): string {
  const written = !value ? "" : isOptional ? `[=${value}]` : ` ${value}`;
  return `${short ? `-${short}, ` : ""}--${name}${written}`;
}

/** What the help says of an option; nothing where another one tells of both. */
function rowOf(option: Option, all: readonly Option[]): string[] {
  const named = ({ row }: Option) => all.filter(({ name }) => row?.with.includes(name));
  const tellsOfOthers = (one: Option) => one.row && named(one).length === one.row.with.length;
  if (all.some((one) => tellsOfOthers(one) && named(one).includes(option))) return [];
  const others = tellsOfOthers(option) ? named(option) : [];
  const description = others.length > 0 ? option.row?.description : option.description;
  return [`${[option, ...others].map(titleOf).join(", ")} ${description}`];
}

/** The arguments of an example, behind the name of the command. */
function argvOf(example: string, command: string): readonly string[] | undefined {
  const words = example.split("|").at(-1)?.split(">")[0]?.trim().split(/\s+/) ?? [];
  return words[0] === "fanfold" && words[1] === command ? words.slice(2) : undefined;
}

for (const command of ALL) {
  Deno.test(`fanfold ${command.name} --help names each option as it is written, in any width`, () => {
    assertFitsScreens((width) => commandHelp(command, width));
    for (const width of WIDTHS) {
      const help = commandHelp(command, width);
      assertAsWide(help, width);
      const words = unwrapped(help);
      assert(words.startsWith(`usage: fanfold ${command.name} ${command.operands}`.trim()), help);
      assertStringIncludes(words, command.description);
      const options = takenOptions(command.options, command.reading);
      const rows = options.flatMap((option) => rowOf(option, options));
      assertStringIncludes(words, ` ${rows.join(" ")} for example: `);
    }
  });

  Deno.test(`fanfold ${command.name} --help shows examples that can be read, and typed as they stand`, () => {
    const examples = command.examples.map((example) => argvOf(example, command.name));
    assert(examples.some(Boolean), "no example");
    for (const width of WIDTHS) {
      // As a shell joins lines.
      const joined = commandHelp(command, width).replaceAll(/\\\n +/g, "");
      for (const example of command.examples.filter((example) => !example.startsWith("#"))) {
        assertStringIncludes(joined, `\n  ${example}\n`);
      }
    }
    for (const argv of examples) {
      if (!argv) continue;
      const { operands } = readArgs(command.name, argv, command.options, command.reading);
      assert(command.operands !== "" || operands.length === 0, `${operands}`);
    }
  });
}

Deno.test("cli() calls each command by its name", async () => {
  for (const name of COMMAND_NAMES) {
    let text = "";
    const write = (bytes: Uint8Array) => {
      text += new TextDecoder().decode(bytes);
      return Promise.resolve();
    };
    const { signal } = new AbortController();
    const surroundings = { stdout: write, stderr: write, signal, killSignal: signal };
    const watchdog = new Watchdog({ hearsSignals: false });
    const suspension = new EventTarget();
    const code = await cli([name, "--help"], { ...surroundings, suspension, watchdog });
    assertEquals([code, text.split("\n")[0]?.split(" ")[2]], [0, name]);
  }
});

Deno.test("fanfold --help names every command, in any width", () => {
  assertFitsScreens((width) => programHelp(COMMANDS, width));
  for (const width of WIDTHS) {
    const help = programHelp(COMMANDS, width);
    assertAsWide(help, width);
    const rows = ALL.map(({ name, operands, description }) =>
      `${name} ${operands}`.trim() + ` ${description}`
    );
    assertStringIncludes(unwrapped(help), ` ${rows.join(" ")} `);
  }
});

Deno.test("commandHelp() sets descriptions in the column that takes the fewest lines", () => {
  const options = [...optionsNamed("file"), timeout.option, ...optionsNamed("resume")];
  const examples = ["fanfold run -f 'the tasks.yaml' a", "# a remark"];
  const help = (width: number) => commandHelp({ ...run, options, examples }, width);
  assertEquals(
    help(100),
    `usage: fanfold run [TASK…]
run the tasks named, or all, with what they need

  -f, --file FILE                 the tasks file (the one of this folder or a parent)
      --timeout DURATION|PERCENT  time for one attempt: 30s, 5m, 200% (of the median)
      --resume[=RUN]              go on with the last such run, or RUN: what ended is kept
for example:
  fanfold run -f 'the tasks.yaml' a
  # a remark
`,
  );
  assertEquals(
    help(80),
    `usage: fanfold run [TASK…]
run the tasks named, or all, with what they need

  -f, --file FILE     the tasks file (the one of this folder or a parent)
      --timeout DURATION|PERCENT
                      time for one attempt: 30s, 5m, 200% (of the median)
      --resume[=RUN]  go on with the last such run, or RUN: what ended is kept
for example:
  fanfold run -f 'the tasks.yaml' a
  # a remark
`,
  );
  assertEquals(
    help(34),
    `usage: fanfold run [TASK…]
run the tasks named, or all, with
what they need

  -f, --file FILE
      the tasks file (the one of
      this folder or a parent)
      --timeout DURATION|PERCENT
      time for one attempt: 30s,
      5m, 200% (of the median)
      --resume[=RUN]
      go on with the last such
      run, or RUN: what ended is
      kept
for example:
  fanfold run -f \\
      'the tasks.yaml' a
  # a remark
`,
  );
});

Deno.test("commandHelp() tells of some options in one row, where all of them are taken", () => {
  const rows = (options: ReturnType<typeof optionsNamed>) => {
    const help = commandHelp({ ...run, options, examples: [] }, 100);
    return help.split("\n").slice(3, -2);
  };
  assertEquals(rows(optionsNamed("live", "quiet", "tag", "verbose")), [
    "      --quiet, --verbose  say less: what went wrong; more: slow jobs, slots",
    "      --tag, --live       lines with their input; all lines as they are written",
  ]);
  assertEquals(rows(optionsNamed("quiet", "live")), [
    "      --quiet  only say what went wrong",
    "      --live   whole lines of all jobs as they are written",
  ]);
});
