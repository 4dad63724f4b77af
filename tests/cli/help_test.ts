import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { allCommands, cli } from "../../lib/cli/cli.ts";
import { commandHelp, programHelp } from "../../lib/cli/help.ts";
import { readArgs } from "../../lib/cli/args.ts";
import { type OptionName, OPTIONS } from "../../lib/cli/options.ts";
import { runCommand } from "../../lib/cli/run.ts";
import { Watchdog } from "../../lib/watchdog/watchdog.ts";

/** A terminal of 80 × 24 is rare today, and a command with twenty options does not fit it. */
const SCREEN_LINES = 30;

const COMMANDS = await allCommands();

function assertFitsScreen(text: string): void {
  const lines = text.split("\n");
  assertEquals(lines.pop(), "", "the last line has no end");
  assert(lines.length <= SCREEN_LINES, `${lines.length} lines`);
  for (const line of lines) assert(line.length <= 100, `${line.length} columns: ${line}`);
}

/** The arguments of an example, behind the name of the command. */
function argvOf(example: string, command: string): readonly string[] | undefined {
  const words = example.split("|").at(-1)?.split(">")[0]?.trim().split(/\s+/) ?? [];
  return words[0] === "fanfold" && words[1] === command ? words.slice(2) : undefined;
}

for (const command of COMMANDS) {
  Deno.test(`fanfold ${command.name} --help fits a screen and names each option it takes`, () => {
    const help = commandHelp(command);
    assertFitsScreen(help);
    assert(help.startsWith(`usage: fanfold ${command.name}`), help);
    assertStringIncludes(help, command.description);
    for (const { name, short, description } of OPTIONS) {
      const title = short ? `  -${short}, --${name}` : `      --${name}`;
      const row = help.split("\n").find((line) => line.startsWith(`${title} `));
      assertEquals(row !== undefined, command.options.includes(name), title);
      if (row) assert(row.endsWith(`  ${description}`), row);
    }
  });

  Deno.test(`fanfold ${command.name} --help shows examples that can be read`, () => {
    const help = commandHelp(command);
    const examples = command.examples.map((example) => argvOf(example, command.name));
    assert(examples.some(Boolean), "no example");
    for (const example of command.examples) assertStringIncludes(help, `\n  ${example}\n`);
    for (const argv of examples) {
      if (!argv) continue;
      const { operands } = readArgs(command.name, argv, command.options, command.reading);
      assert(command.takesOperands || operands.length === 0, `${operands}`);
    }
  });
}

Deno.test("cli() calls each command by its name", async () => {
  for (const { name } of COMMANDS) {
    let text = "";
    const write = (bytes: Uint8Array) => {
      text += new TextDecoder().decode(bytes);
      return Promise.resolve();
    };
    const { signal } = new AbortController();
    const surroundings = { stdout: write, stderr: write, signal, hurry: signal };
    const watchdog = new Watchdog({ hearsSignals: false });
    const suspension = new EventTarget();
    const code = await cli([name, "--help"], { ...surroundings, suspension, watchdog });
    assertEquals([code, text.split("\n")[0]?.split(" ")[2]], [0, name]);
  }
});

Deno.test("fanfold --help fits a screen and names every command", () => {
  const help = programHelp(COMMANDS);
  assertFitsScreen(help);
  for (const { name, operands, description } of COMMANDS) {
    const row = help.split("\n").find((line) => line.startsWith(`  ${name} `));
    assertStringIncludes(row ?? "", operands);
    assertStringIncludes(row ?? "", description);
  }
});

Deno.test("commandHelp() writes options in a table, values behind their names", () => {
  const options: readonly OptionName[] = ["jobs", "unordered"];
  const help = commandHelp({ ...runCommand, options, examples: ["fanfold run"] });
  assertEquals(
    help,
    `usage: fanfold run [TASK…]
run the tasks named, or all, with what they need

  -j, --jobs N     jobs at one time: 4, 0 (many), 50% +1 -1 (of processors)
  -u, --unordered  results as jobs end, not in the order of the inputs
for example:
  fanfold run
`,
  );
});
