import { assert, assertEquals } from "@std/assert";
import { EXIT_FAULT } from "../../lib/fault.ts";
import { GRACE_MS } from "../../lib/engines/stopped.ts";
import { COMMAND_NAMES, commandNamed, COMMANDS } from "../../lib/cli/command_list.ts";
import { programHelp, topicHelp, TOPICS } from "../../lib/cli/help.ts";
import { readArgs } from "../../lib/cli/request/args.ts";
import type { Topic } from "../../lib/cli/topic.ts";
import { parseDuration } from "../../lib/rules/quantities.ts";
import { KEYS } from "../../lib/inputs/sources.ts";
import { jsonSchema } from "../../lib/tasks_file/json_schema.ts";
import { COLUMNS, CSV } from "../program/as_parallel_columns_table.ts";
import { OUTPUT } from "../program/as_parallel_output_table.ts";
import { JOBS } from "../program/as_parallel_table.ts";
import { fanfold, Folder } from "../support/program.ts";

const ALL = await Promise.all(Object.values(TOPICS).map((load) => load()));

function rowsOf({ blocks }: Topic): readonly (readonly [left: string, right: string])[] {
  return blocks.flatMap((block) => typeof block === "object" && "rows" in block ? block.rows : []);
}

function examplesOf({ blocks }: Topic): readonly string[] {
  return blocks.flatMap((block) =>
    typeof block === "object" && "lines" in block ? [block.lines] : []
  );
}

function topic(name: string): Topic {
  return ALL.find((each) => each.name === name) as Topic;
}

/** All that a topic says, in one line. */
function textOf(topic: Topic): string {
  return topicHelp(topic, 100).replaceAll(/\s+/g, " ");
}

Deno.test("fanfold help lists every topic, and none is called like a command", () => {
  const help = programHelp(COMMANDS, 80).replaceAll(/\s+/g, " ");
  const names = Object.keys(TOPICS);
  assert(help.includes(`fanfold help TOPIC tells more of: ${names.join(", ")}.`), help);
  assertEquals(ALL.map(({ name }) => name), names);
  assertEquals(names.filter((name) => COMMAND_NAMES.includes(name)), []);
});

Deno.test("topicHelp() keeps to the width, but for examples, which fit a usual terminal", () => {
  for (const topic of ALL) {
    const examples = examplesOf(topic).flatMap((lines) => lines.split("\n"));
    for (const width of [40, 60, 80, 100]) {
      for (const line of topicHelp(topic, width).split("\n")) {
        const isExample = examples.includes(line.slice(2));
        assert(line.length <= (isExample ? 88 : width), `${width} columns: ${line}`);
        assertEquals(line, line.trimEnd());
      }
    }
  }
});

Deno.test("fanfold help shows a topic, and names the nearest of what is none", async () => {
  const printed = await fanfold(["help", "keys"]);
  assertEquals(printed, { code: 0, stdout: topicHelp(topic("keys"), 80), stderr: "" });
  const { code, stdout, stderr } = await fanfold(["help", "sorces"]);
  assertEquals([code, stdout, stderr.split("\n")[1]], [2, "", '  hint: did you mean "sources"?']);
});

Deno.test("topics show examples of tasks files that can be checked, and lines that can be typed", async () => {
  for (const example of ALL.flatMap(examplesOf)) {
    if (example.startsWith("tasks:")) {
      using folder = new Folder({ "fanfold.yaml": example, "a.jpg": "", "words": "a\n" });
      folder.write("risky.ts", "export const work = (n: number) => n;");
      const { code, stderr } = await fanfold(["check"], { cwd: folder.path });
      assertEquals([code, stderr], [0, ""], example);
    }
    for (const [, name = "", rest = ""] of example.matchAll(/\bfanfold (\w+) (.*)$/gm)) {
      const command = await commandNamed(name);
      const words = rest.replace(/ +#.*/, "").match(/(?:'[^']*'|[^ '])+/g) ?? [];
      const argv = words.map((word) => word.replaceAll("'", ""));
      assert(command !== undefined, example);
      readArgs(name, argv, command.options, command.reading);
    }
  }
});

Deno.test("fanfold help keys names the keys of a task, and no other", () => {
  interface Keys {
    readonly tasks: { readonly additionalProperties: { readonly anyOf: readonly Properties[] } };
  }
  interface Properties {
    readonly properties: Readonly<Record<string, unknown>>;
  }
  const { tasks } = jsonSchema().properties as Keys;
  const keys = tasks.additionalProperties.anyOf.flatMap(({ properties }) =>
    Object.keys(properties)
  );
  const named = rowsOf(topic("keys")).map(([key]) => key);
  assertEquals(named.toSorted(), [...new Set(keys)].sort());
});

Deno.test("fanfold help keys tells values that a tasks file may say", async () => {
  const keys = ["isolation", "jobs", "recycle", "memory", "timeout", "retries", "rate", "halt"];
  const tasks = rowsOf(topic("keys")).flatMap(([key, means]) => {
    if (!keys.includes(key)) return [];
    const [said = ""] = means.split("; by default");
    const values = [...said.matchAll(/`([^`]+)`/g)].map(([, value = ""]) => value)
      // Names of kinds and of errors are no values of their own.
      .filter((value) => !/^(died|OutOfMemory)$/.test(value));
    return values.map((value, i) => {
      const text = /^(?:["{]|\d+$)/.test(value) ? value : JSON.stringify(value);
      return `  ${key}${i}: { run: ./n.ts#f, ${key}: ${text} }\n`;
    });
  });
  assertEquals(tasks.length, 25);
  using folder = new Folder({
    "n.ts": "export const f = () => 1;",
    "fanfold.yaml": `tasks:\n${tasks.join("")}`,
  });
  const { code, stderr } = await fanfold(["check"], { cwd: folder.path });
  assertEquals([code, stderr], [0, ""]);
});

Deno.test("fanfold help keys says how long a grace is by default", () => {
  const [, means = ""] = rowsOf(topic("keys")).find(([key]) => key === "grace") ?? [];
  const [, grace = ""] = /(\w+) unless given/.exec(means) ?? [];
  assertEquals(parseDuration(grace), GRACE_MS);
});

Deno.test("fanfold help sources names sources that a tasks file may say", async () => {
  const { blocks } = topic("sources");
  const said = blocks.filter((block) => typeof block === "string").join("\n");
  const sources = [
    ...rowsOf(topic("sources")).map(([source]) => source).filter((source) =>
      source.startsWith("{")
    ),
    ...[...said.matchAll(/`(\{ \w+: .*?\})`/g)].map(([, source = ""]) => source),
  ].filter((source) => !source.includes("…]"));
  assertEquals(sources.length, KEYS.length + 1);
  const tasks = sources.map((source, i) => `  t${i}: { command: [echo], inputs: ${source} }\n`);
  using folder = new Folder({
    "fanfold.yaml": `tasks:\n  double: { command: [echo] }\n${tasks.join("")}`,
    "gen.ts": "export function* rows() {}\n",
    ...Object.fromEntries(
      ["urls.txt", "data.csv", "data.tsv", "log.ndjson", "list.json", "shop.db", "names", "words"]
        .map((name) => [name, ""]),
    ),
  });
  const { code, stderr } = await fanfold(["check"], { cwd: folder.path });
  assertEquals([code, stderr], [0, ""]);
});

Deno.test("fanfold help outcomes names the exit code of every kind of fault", () => {
  const codes = rowsOf(topic("outcomes")).map(([left]) => left);
  for (const code of Object.values(EXIT_FAULT)) assert(codes.includes(`${code}`), `${code}`);
  const text = textOf(topic("outcomes"));
  assert(text.includes(`waits for it ends the run with ${EXIT_FAULT.usage}`), text);
});

const COMPARED = [...JOBS, ...COLUMNS, ...OUTPUT, CSV].flatMap(({ cases }) => cases);

Deno.test("fanfold help parallel names options that are compared with GNU parallel's", () => {
  const { blocks } = topic("parallel");
  const said = blocks.find((block) =>
    typeof block === "string" && block.includes("take inputs as")
  );
  const [sentence = ""] = String(said).split("Replacement strings");
  const named = [...sentence.matchAll(/`([^`]+)`/g)].map(([, option = ""]) => option);
  const isCompared = (option: string) =>
    COMPARED.some(({ args }) =>
      `${args.join(" ")} `.includes(`${option} `) || args.some((arg) => arg.startsWith(option))
    );
  assertEquals([named.length, named.filter((option) => !isCompared(option))], [17, []]);
});
