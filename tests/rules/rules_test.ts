import { assertEquals } from "@std/assert";
import type { Task } from "../../lib/job.ts";
import type { GenericSchema } from "../../lib/npm/valibot.ts";
import type { SchemaParts } from "../../lib/rules/rule.ts";
import type { Defaults, OwnRules, RULES, Said, TaskRules } from "../../lib/rules/rules.ts";
import { DEFINE } from "../tasks_file/bad_files.ts";
import { refuseToDescribe, Sandbox } from "../tasks_file/sandbox.ts";

const NUMBERS = "export const double = (n: number) => n * 2;";
const RUN = "run: ./numbers.ts#double";
const AT_ONCE = { backoffMs: 0, factor: 2, maxMs: 300_000, jitter: 0 };

async function load(keys: string, defaults = "{}", action = "shell: x"): Promise<Task> {
  const text = `defaults: ${defaults}\ntasks: { a: { ${action}${keys} } }`;
  await using sandbox = await Sandbox.with({ "numbers.ts": NUMBERS, "t.yaml": text });
  const [task] = await sandbox.load("t.yaml", { describe: refuseToDescribe });
  return task as Task;
}

const timeouts = [
  ["30", { ms: 30_000 }],
  ['"30"', { ms: 30_000 }],
  ["0.5", { ms: 500 }],
  ["500ms", { ms: 500 }],
  ["1.5h", { ms: 5_400_000 }],
  ["200%", { percent: 200 }],
] as const;
for (const [timeout, expected] of timeouts) {
  Deno.test(`loadTasks() reads a timeout of ${timeout}`, async () => {
    assertEquals((await load(`, timeout: ${timeout}`)).timeout, expected);
    assertEquals((await load("", `{ timeout: ${timeout} }`)).timeout, expected);
  });
}

Deno.test("loadTasks() reads a grace, with and without a timeout", async () => {
  assertEquals((await load(", grace: 250ms")).graceMs, 250);
  assertEquals((await load(", grace: 2, timeout: 1m")).graceMs, 2000);
});

const retries = [
  ["3", { times: 3, ...AT_ONCE }],
  ["{ times: 3 }", { times: 3, ...AT_ONCE }],
  ["{ times: 1, backoff: 1s }", { times: 1, ...AT_ONCE, backoffMs: 1000 }],
  ["{ times: 1, backoff: 10m }", { times: 1, ...AT_ONCE, backoffMs: 600_000, maxMs: 600_000 }],
  ["{ times: 1, backoff: 5, max: 5s }", { times: 1, ...AT_ONCE, backoffMs: 5000, maxMs: 5000 }],
  [
    "{ times: 9, backoff: 1s, factor: 1.5, max: 1m, jitter: 0.25, on: [failed, TypeError] }",
    {
      times: 9,
      backoffMs: 1000,
      factor: 1.5,
      maxMs: 60_000,
      jitter: 0.25,
      on: ["failed", "TypeError"],
    },
  ],
  ["{ times: 1, on: timed-out }", { times: 1, ...AT_ONCE, on: ["timed-out"] }],
  ["{ times: 1, on: [died, Übel, $x, _E] }", {
    times: 1,
    ...AT_ONCE,
    on: ["died", "Übel", "$x", "_E"],
  }],
  ["0", undefined],
  ["{ times: 0, backoff: 1s }", undefined],
] as const;
for (const [said, expected] of retries) {
  Deno.test(`loadTasks() reads retries: ${said}`, async () => {
    assertEquals((await load(`, retries: ${said}`)).retries, expected);
    assertEquals((await load("", `{ retries: ${said} }`)).retries, expected);
  });
}

Deno.test("loadTasks() leaves out what no one says of attempts", async () => {
  const task = await load("", "{}", RUN);
  assertEquals(["retries", "timeout", "graceMs"].filter((key) => key in task), []);
});

Deno.test("loadTasks() lets a task's timeout, grace and whole retries go before the defaults", async () => {
  const defaults = "{ timeout: 1m, grace: 1s, retries: { times: 5, backoff: 1s, on: failed } }";
  const { timeout, graceMs, retries } = await load(
    ", timeout: 2m, grace: 2s, retries: 1",
    defaults,
  );
  assertEquals([timeout, graceMs, retries], [{ ms: 120_000 }, 2000, { times: 1, ...AT_ONCE }]);
  assertEquals((await load(", retries: 0", defaults)).retries, undefined);
  assertEquals((await load(", retries: 0", defaults)).timeout, { ms: 60_000 });
});

const isolations = [
  ["{}", ", timeout: 1s"],
  ["{ timeout: 1s }", ""],
  ["{ isolation: worker }", ", timeout: 1s"],
  ["{ timeout: 200% }", ", isolation: process"],
] as const;
for (const [defaults, keys] of isolations) {
  Deno.test(`loadTasks() isolates by process for ${defaults}${keys}`, async () => {
    assertEquals((await load(keys, defaults, RUN)).isolation, "process");
  });
}

Deno.test("loadTasks() isolates by worker with grace and retries only", async () => {
  assertEquals((await load(", grace: 1s, retries: 1", "{}", RUN)).isolation, "worker");
});

Deno.test("loadTasks() reads the same of attempts in every format", async () => {
  const document = {
    tasks: { a: { shell: "x", timeout: "200%", grace: 2, retries: { times: 2, backoff: "1s" } } },
  };
  const json = JSON.stringify(document);
  await using sandbox = await Sandbox.with({
    "t.json": json,
    "t.jsonc": `// attempts\n${json}`,
    "t.toml": '[tasks.a]\nshell = "x"\ntimeout = "200%"\ngrace = 2\n' +
      'retries = { times = 2, backoff = "1s" }\n',
    "t.ts": `${DEFINE}export default defineTasks(${JSON.stringify(document.tasks)});`,
  });
  for (const file of ["t.json", "t.jsonc", "t.toml", "t.ts"]) {
    const [task] = await sandbox.load(file);
    const { timeout, graceMs, retries } = task as Task;
    assertEquals([timeout, graceMs], [{ percent: 200 }, 2000], file);
    assertEquals(retries, { times: 2, ...AT_ONCE, backoffMs: 1000 }, file);
  }
});

/** A type whose lists cannot be changed. */
type Frozen<T> = T extends (...args: never[]) => unknown ? T
  : T extends readonly (infer Item)[] ? readonly Frozen<Item>[]
  : T extends object ? { readonly [K in keyof T]: Frozen<T[K]> }
  : T;

/** What the schema of a rule gives. */
type GivenBy<R> = R extends { schema(parts: SchemaParts): GenericSchema<infer Given> }
  ? Frozen<Given>
  : never;

/** What the types of tasks files let be said of a rule. */
type Wanted<R> = R extends { readonly key: infer K extends keyof Said }
  ? Exclude<Said[K], undefined>
  : never;

/** Keys of rules of which the schema says another thing than the types. */
type Wrong<R = typeof RULES[number]> = R extends { readonly key: string }
  ? [GivenBy<R>, Wanted<R>] extends [Wanted<R>, GivenBy<R>] ? never : R["key"]
  : never;

/** Keys in the types of tasks files that have no rule. */
type Missing = Exclude<keyof Defaults | keyof OwnRules, typeof RULES[number]["key"]>;

/** Keys of rules that are read as another thing than the field of a task. */
type Misread<R = typeof RULES[number]> = R extends {
  readonly key: string;
  readonly field: infer Field extends keyof TaskRules;
  read(...given: never[]): infer Read;
} ? [Read] extends [TaskRules[Field] | undefined] ? never : R["key"]
  : never;

Deno.test("the types of tasks files and the schemas of the rules say the same", () => {
  // A name in one of them fails to compile here.
  const none: readonly never[] = [] as readonly (Wrong | Missing | Misread)[];
  assertEquals(none, []);
});
