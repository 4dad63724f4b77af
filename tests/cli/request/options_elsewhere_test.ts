import { assert, assertEquals } from "@std/assert";
import { COMMAND_NAMES, commandNamed } from "../../../lib/cli/command_list.ts";
import { readArgs } from "../../../lib/cli/request/args.ts";
import { ALL_OPTIONS } from "../../../lib/cli/request/rule_options.ts";
import { OPTIONS_ELSEWHERE } from "../../../lib/cli/request/options_elsewhere.ts";
import { Fault } from "../../../lib/fault.ts";
import { TASK_KEYS } from "../../../lib/tasks_file/schema.ts";
import { SOURCE_KEYS } from "../../../lib/inputs/inputs_schema.ts";

const commands = await Promise.all(COMMAND_NAMES.map(commandNamed));

const ENTRIES = OPTIONS_ELSEWHERE.flatMap(([commands, titles]) =>
  Object.entries(titles).map(([hint, titles]) => ({ titles, hint, commands }))
);

/** What a command says of an option, if it does not take it. */
function hintOf(title: string, name: string): string | undefined {
  const command = commands.find((command) => command?.name === name);
  assert(command !== undefined, name);
  try {
    readArgs(name, [title, ":", "x"], command.options, command.reading);
    return undefined;
  } catch (thrown) {
    assert(thrown instanceof Fault);
    return thrown.mistakes[0]?.hint;
  }
}

Deno.test("OPTIONS_ELSEWHERE names options, commands and keys that there are", () => {
  const keys = [...TASK_KEYS, ...SOURCE_KEYS];
  for (const { titles, hint, commands: places = [] } of ENTRIES) {
    for (const [, name = ""] of hint.matchAll(/--([a-z][a-z-]*)/g)) {
      // Deno's own, as it is said there.
      if (hint.includes(`deno run --${name}`)) continue;
      assert(ALL_OPTIONS.some((option) => option.name === name), `${titles}: ${hint}`);
    }
    for (const [, name = "", short] of hint.matchAll(/--([a-z-]+) \(-(.)\)/g)) {
      assertEquals(ALL_OPTIONS.find((option) => option.name === name)?.short, short);
    }
    for (const [, name] of hint.matchAll(/"([^"]*)"/g)) assert(keys.includes(String(name)), hint);
    const named = [...hint.matchAll(/\bfanfold (?!itself)([a-z]+)\b/g)].map(([, name]) => name);
    for (const name of [...named, ...places]) {
      assert(commands.some((command) => command?.name === name), `${titles}: ${name}`);
    }
  }
});

Deno.test("OPTIONS_ELSEWHERE says of an option that a command of fanfold takes which one", () => {
  for (const { titles, hint } of ENTRIES) {
    const [, named = ""] = /^it is an option of ([^;]*)/.exec(hint) ?? [];
    for (const [, name] of named.matchAll(/fanfold ([a-z]+)/g)) {
      for (const title of titles.split(" ")) assertEquals(hintOf(title, String(name)), undefined);
    }
  }
});

Deno.test("readArgs() says of each option in the table what is used instead, where it is not taken", () => {
  for (const { titles, commands: names = ["run", "each", "map"] } of ENTRIES) {
    for (const title of titles.split(" ")) {
      const hints = names.map((name) => hintOf(title, name));
      const isKnown = hints.some((hint) => ENTRIES.some((one) => one.hint === hint));
      assert(isKnown, `${title}: ${hints}`);
    }
  }
});

Deno.test("readArgs() says what is used instead of an option from elsewhere", () => {
  const jobs = "--jobs (-j) says how many jobs run at the same time";
  assertEquals(hintOf("-P4", "each"), jobs);
  assertEquals(hintOf("-P", "each"), jobs);
  assertEquals(hintOf("--max-procs=4", "map"), jobs);
  assertEquals(hintOf("--concurrency", "run"), jobs);
  assertEquals(hintOf("-I{}", "each"), hintOf("-I", "each"));
  assertEquals(
    hintOf("-N2", "each"),
    "--max-args (-n) gives a job so many inputs, which are {1} {2}",
  );
  assertEquals(hintOf("--link", "each"), ":::+ and ::::+ link a source to the one before");
  assertEquals(
    hintOf("--rate", "each"),
    '--delay 200ms starts five jobs a second; in a tasks file "rate" is 5/s',
  );
  assertEquals(
    hintOf("--no-run-if-empty", "each"),
    "leave it out: without inputs nothing is run",
  );
  assertEquals(hintOf("--dry-run", "run"), "fanfold plan shows what a run would do");
  assertEquals(hintOf("--joblog", "run"), "it is an option of fanfold each");
  assertEquals(hintOf("-l", "run"), "fanfold list lists the tasks");
  assertEquals(hintOf("--jobz", "run"), 'did you mean "--jobs"?');
});
