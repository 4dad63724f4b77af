import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type RepeatableJob, repeatOf, reproOptions } from "../../../lib/cli/kept/repeat.ts";
import type { Action, Task } from "../../../lib/job.ts";
import { oneLine } from "../../../lib/text/shown.ts";
import { functions } from "../../output/fakes.ts";
import { Folder, program } from "../../support/program.ts";

const HERE = `file://${Deno.cwd()}`;

/** A task of one function, in a Worker. */
function calls(more: Partial<Extract<Action, { kind: "function" }>> = {}): Task {
  const run = { module: `${HERE}/a b/numbers.ts`, path: ["double"] };
  return functions("it", { action: { kind: "function", run, spread: false, ...more } });
}

function commands(argv: readonly string[], more: Partial<Task> = {}): Task {
  return functions("it", { action: { kind: "command", argv }, ...more });
}

/** The line for the fourth job, on the second slot. */
function line(task: Task, input: unknown, here = Deno.cwd()): string | undefined {
  return repeatOf(task, { ...ENDED, input }, here);
}

const ENDED: RepeatableJob = {
  ...{ task: "it", input: undefined, index: 3, slot: 2, attempts: 1 },
  ...{ kind: "failed", error: { name: "Error", message: "no" } },
};

/** What a shell makes of a line. */
async function ranIn(shell: string, line: string | undefined, cwd?: string): Promise<string> {
  return (await program(shell, ["-c", line ?? "echo there is none"], { cwd })).stdout;
}

const HOSTILE = [
  ...[
    "",
    " ",
    "-rf",
    "a'b\"c",
    "$(touch x)",
    "`touch x`",
    "~",
    "*",
    "!!",
    "\\",
    "a\\nb",
    "{}",
    "#",
  ],
  ...[
    "two\nlines\n",
    "tab\there",
    "it's\x1b[31m",
    "\x7f\x9b!",
    "héllo 🙂",
    "A=b",
    "\r\n",
    "\x071",
    "\t\\n!\\",
    "a\u202eb\u2066!\u200f1",
    "\u200b\ufeff\xad'\u{e0041}\u2028",
  ],
];

Deno.test("repeatOf() gives a command as a shell reads it again, in one line", async () => {
  const task = commands(["printf", "%s\\0", "{}", "{#}{%}"]);
  for (const input of HOSTILE) {
    const repeat = line(task, input);
    assertEquals(await ranIn("bash", repeat), `${input}\0` + "42\0");
    assertEquals(oneLine(repeat ?? ""), repeat);
  }
  // A shell that is typed into might put an older line in the place of what begins with an exclamation mark.
  assertEquals(line(commands(["echo"]), "\t!"), "echo $'\\011\\041'");
  const all = fc.array(fc.string({ unit: "binary", minLength: 1 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(all, async (texts) => {
      fc.pre(!texts.join("").includes("\0"));
      const wanted = [...texts, "42"].map((text) => `${text}\0`).join("");
      const repeat = line(task, texts);
      assertEquals(oneLine(repeat ?? ""), repeat);
      assertEquals(await ranIn("bash", repeat), wanted);
    }),
    { numRuns: 20 },
  );
});

Deno.test("repeatOf() needs no more than a POSIX shell where there are no control characters", async () => {
  const task = commands(["printf", "%s|"]);
  assertEquals(line(task, "it's"), `printf '%s|' 'it'"'"'s'`);
  assertEquals(await ranIn("sh", line(task, "it's")), "it's|");
});

Deno.test("repeatOf() gives a script with its input as arguments and as variables", async () => {
  const script = 'printf "%s|" "$0" "$@" "$INPUT" "$INPUT_b"';
  const task = functions("it", { action: { kind: "shell", script } });
  assertEquals(
    line(task, { a: 1, b: "x y" }),
    `INPUT='{"a":1,"b":"x y"}' INPUT_a=1 INPUT_b='x y' ` +
      `sh -c 'printf "%s|" "$0" "$@" "$INPUT" "$INPUT_b"' sh 1 'x y'`,
  );
  assertEquals(
    await ranIn("sh", line(task, { a: 1, b: "x y" })),
    'sh|1|x y|{"a":1,"b":"x y"}|x y|',
  );
  assertEquals(await ranIn("bash", line(task, "a\nb")), "sh|a\nb|a\nb||");
});

Deno.test("repeatOf() gives a command its folder, and leaves that of the shell", async () => {
  using folder = new Folder({ "in here/file": "" });
  const task = functions("it", {
    action: { kind: "shell", script: "pwd" },
    cwd: folder.at("in here"),
  });
  const wanted = `${folder.at("in here")}\n/\n`;
  assertEquals(await ranIn("sh", `${line(task, undefined, "/")}; pwd`, "/"), wanted);
  const { cwd: _, ...bare } = task;
  const here = `(cd ${Deno.cwd()} && sh -c pwd sh)`;
  assertEquals([line(bare, undefined, "/"), line(bare, undefined)], [here, "sh -c pwd sh"]);
});

Deno.test("repeatOf() gives no line that would need variables of the task, whose values are secret", () => {
  const env = { TOKEN: "s3cret" };
  const run = { module: `${HERE}/a.ts`, path: ["f"] };
  assertEquals(line(commands(["printenv"], { env }), "a"), undefined);
  assertEquals(line({ ...calls({ run }), env, isolation: "process" }, null), undefined);
});

Deno.test("repeatOf() gives a command the variables of fanfold's own that it names", async () => {
  const script = 'echo "$FANFOLD_TASK $FANFOLD_INDEX $FANFOLD_ATTEMPT $FANFOLD_SLOT"';
  const task = functions("it", { action: { kind: "shell", script } });
  assertEquals(await ranIn("sh", line(task, undefined)), "it 3 1 2\n");
  const one = commands(["sh", "-c", "echo $FANFOLD_INDEX"]);
  assertEquals(line(one, "a"), "FANFOLD_INDEX=3 sh -c 'echo $FANFOLD_INDEX' a");
});

Deno.test("repeatOf() gives what took too long as much time as it had", () => {
  const timedOut = (task: Task, input: unknown, limitMs = 1500) => {
    const error = { name: "TimedOut", message: "", fields: { limitMs } };
    return repeatOf(task, { ...ENDED, kind: "timed-out", error, input }, Deno.cwd());
  };
  const task = commands(["sleep", "{}"], { timeout: { ms: 1500 }, graceMs: 200 });
  assertEquals(
    timedOut(task, "a b"),
    `fanfold each --timeout 1500ms --grace 200ms --shell 'sleep '"'"'a b'"'"'' ::: ''`.replace(
      /''(?= :::)/,
      "",
    ),
  );
  // What not every sh reads.
  assertEquals(timedOut(task, "a\n"), undefined);
  assertEquals(line(task, "5"), "sleep 5");
  const called = { ...calls(), timeout: { percent: 200 }, isolation: "process" } as const;
  const name = "fanfold map './a b/numbers.ts#double' --json";
  assertEquals(timedOut(called, 5, 2000), `${name} --timeout 2s ::: 5`);
  assertEquals(line(called, 5), `${name} --isolation process ::: 5`);
  assertEquals(line({ ...called, timeout: { ms: 60_000 } }, 5), `${name} --timeout 60s ::: 5`);
});

Deno.test("reproOptions() gives a job the share of a median that it had", () => {
  const error = { name: "TimedOut", message: "", fields: { limitMs: 77.9 } };
  const job = { ...ENDED, kind: "timed-out", error } as const;
  const share = commands(["sleep"], { timeout: { percent: 200 }, graceMs: 1 });
  assertEquals(reproOptions(share, job), ["--timeout", "78ms"]);
  assertEquals(reproOptions(commands(["sleep"], { timeout: { ms: 78 } }), job), []);
  assertEquals(reproOptions(share, ENDED), []);
});

Deno.test("repeatOf() gives no command that could not be started, or is very long", () => {
  assertEquals(line(commands(["echo"]), "nul\0"), undefined);
  assertEquals(line(commands(["echo"]), "\ud800"), undefined);
  assertEquals(line(commands(["echo", "{nmae}"]), { name: "x" }), undefined);
  assertEquals(line(commands(["echo"]), "x".repeat(1995)), `echo ${"x".repeat(1995)}`);
  assertEquals(line(commands(["echo"]), "x".repeat(1996)), undefined);
});

Deno.test("repeatOf() calls a function by fanfold map, with its input as JSON", () => {
  assertEquals(line(calls(), 5), "fanfold map './a b/numbers.ts#double' --json ::: 5");
  assertEquals(
    line(calls({ spread: true }), [2, "it's"]),
    `fanfold map './a b/numbers.ts#double' --json --spread ::: '[2,"it'"'"'s"]'`,
  );
});

Deno.test("repeatOf() names a module by a short path, its path or its address", () => {
  const named = (module: string) => line(calls({ run: { module, path: ["f"] } }), 1)?.split(" ")[2];
  assertEquals(named(`${HERE}/a.ts`), "'./a.ts#f'");
  assertEquals(named(`${HERE}/..a.ts`), "'./..a.ts#f'");
  assertEquals(named("file:///a.ts"), "'/a.ts#f'");
  assertEquals(named("file:///a.ts?version=2"), "'file:///a.ts?version=2#f'");
  assertEquals(named("npm:a@1"), "'npm:a@1#f'");
});

Deno.test("repeatOf() gives a function in a process its folder", () => {
  const run = { module: `${HERE}/a.ts`, path: ["f"] };
  const task = { ...calls({ run }), cwd: "/x y", isolation: "process" } as const;
  assertEquals(
    line(task, null),
    `(cd '/x y' && fanfold map '${Deno.cwd()}/a.ts#f' --json --isolation process ::: null)`,
  );
  assertEquals(
    line({ ...task, isolation: "worker" }, null),
    "fanfold map './a.ts#f' --json ::: null",
  );
});

Deno.test("repeatOf() carries every value that is JSON, and no other", async () => {
  // What comes of JSON: without -0, for example.
  const json = fc.jsonValue().map((value) => JSON.stringify(value)).filter((text) =>
    text.length < 500
  );
  await fc.assert(
    fc.asyncProperty(json, async (text) => {
      const repeat = `fanfold() { printf %s "$5"; }; ${line(calls(), JSON.parse(text))}`;
      assertEquals(await ranIn("bash", repeat), text);
    }),
    { numRuns: 50 },
  );
  const circle: unknown[] = [];
  circle.push(circle);
  const others = [undefined, NaN, -0, 1n, new Date(0), new Map(), new Uint8Array(1), circle];
  const holes = [[undefined], Array(1), { a: undefined }, { toJSON: () => 1 }, {
    [Symbol("a")]: 1,
  }];
  for (const value of [...others, ...holes]) assertEquals(line(calls(), value), undefined);
});

Deno.test("repeatOf() calls no function that fanfold map cannot name, or that needs init or a limit", () => {
  const module = `${HERE}/fanfold.ts`;
  const inside = { module, path: ["default", "tasks", "it", "run"] };
  assertEquals(line(calls({ run: inside }), 1), undefined);
  assertEquals(line(calls({ init: { module, path: ["init"] } }), 1), undefined);
  assertEquals(line({ ...calls(), isolation: "process", memoryBytes: 1e9 }, 1), undefined);
});
