import { assertEquals } from "@std/assert";
import { steady } from "../support/kept_text.ts";
import { fanfold, Folder, program } from "../support/program.ts";

/** Sets a title, clears a screen, begins a sequence with one character, turns the direction of text. */
const HOSTILE = "\x1b]0;title\x07\x1b[2J\x9bx\u202e";

const TASKS = {
  "fanfold.yaml": `tasks:
  odd:
    shell: 'echo "$1"; echo "oops $1" >&2; printf "no end"; test "$1" != 3'
    inputs: [1, 2, 3]
    jobs: 1
  f: { run: "./f.ts#f", inputs: [text, record, nothing, aggregate, hostile, twice], jobs: 1 }
`,
  "f.ts": `class Odd extends Error { override name = "Odd"; code = 7; }
let tries = 0;
export const f = (input: string) => {
  if (input === "text") return "a\\ntext\\n";
  if (input === "record") return { a: [1, 2] };
  if (input === "nothing") return console.log("printed");
  const two = new TypeError("two\\nlines", { cause: "three" });
  if (input === "aggregate") throw new AggregateError([new Odd("one"), two], "both");
  if (input === "hostile") {
    console.log(${JSON.stringify(HOSTILE)});
    throw new Error(${JSON.stringify(HOSTILE)}, { cause: new Error("x".repeat(5000)) });
  }
  throw new Error(String(++tries));
};
`,
};

/** A folder in which a run of these tasks has ended. */
async function ran(): Promise<Folder> {
  const folder = new Folder(TASKS);
  await fanfold(["run", "--retries", "1"], { cwd: folder.path });
  return folder;
}

async function shown(folder: Folder, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await fanfold(["show", ...args], { cwd: folder.path });
  assertEquals([code, stderr], [0, ""]);
  return steady(stdout, folder.path);
}

Deno.test("fanfold show RUN TASK JOB tells what a command came to, what it wrote, and what can be done", async () => {
  using folder = await ran();
  assertEquals(
    await shown(folder, "last", "odd", "3"),
    `task "odd", job 3: failed after 2 attempts
  input: 3
  started WHEN, took TIME, slot 1, process PID

error:
  the command ended with exit code 1

stdout:
  | 3
  | no end

stderr:
  | oops 3

what it printed, byte for byte: fanfold show RUN odd 3 --raw
do it again: fanfold repro RUN odd 3
`,
  );
});

Deno.test("fanfold show RUN TASK JOB tells values, and errors with their stack, properties and causes", async () => {
  using folder = await ran();
  const told = async (job: string) => {
    const [head, , , , ...lines] = (await shown(folder, "last", "f", job)).split("\n");
    const end = lines.findIndex((line) => /^(?:what it|stdout)/.test(line));
    return [head, lines.slice(0, Math.max(0, end - 1))];
  };
  assertEquals(await told("1"), ['task "f", job 1: done', ["value:", "  | a", "  | text"]]);
  assertEquals(await told("2"), ['task "f", job 2: done', ["value:", '  | {"a":[1,2]}']]);
  assertEquals(await told("3"), ['task "f", job 3: done', []]);
  assertEquals(await told("4"), ['task "f", job 4: failed after 2 attempts', [
    "error:",
    "  AggregateError: both",
    "      at f (file://./f.ts:8:36)",
    "    error 1: Odd: one",
    "        at f (file://./f.ts:8:56)",
    '      {"code":7}',
    "    error 2: TypeError: two",
    "    lines",
    "        at f (file://./f.ts:7:15)",
    '      because: "three" was thrown, which is no error',
  ]]);
});

Deno.test("fanfold show RUN TASK JOB takes no folder of the user's for one of fanfold's", async () => {
  const module = 'export const f = () => { throw new Error("odd"); };';
  using folder = new Folder({ "lib/engines/far/f.ts": module });
  await fanfold(["map", "--resume", "./lib/engines/far/f.ts#f", ":::", "x"], { cwd: folder.path });
  const text = await shown(folder, "last", "map", "1");
  const frames = text.split("\n").filter((line) => /^ +at /.test(line));
  assertEquals(frames, ["      at f (file://./lib/engines/far/f.ts:1:32)"]);
});

Deno.test("fanfold show RUN TASK JOB shows hostile text, and does as little as a terminal for it", async () => {
  using folder = await ran();
  const text = await shown(folder, "last", "f", "5");
  assertEquals(/[^\n\P{Cc}]|[\u202a-\u202e]/u.test(text), false, JSON.stringify(text));
  assertEquals(text.includes("x".repeat(5000)), true);
  assertEquals(text.includes("stdout:\n  | "), true);
});

Deno.test("fanfold show --raw prints what jobs printed and returned, each stream to its own", async () => {
  using folder = new Folder(TASKS);
  const run = await fanfold(["run", "--no-journal", "odd"], { cwd: folder.path });
  await fanfold(["run"], { cwd: folder.path });
  const raw = (...args: readonly string[]) =>
    fanfold(["show", "last", ...args, "--raw"], { cwd: folder.path });
  assertEquals(await raw("odd", "3"), { code: 0, stdout: "3\nno end", stderr: "oops 3\n" });
  assertEquals(await raw("f", "1"), { code: 0, stdout: "a\ntext\n\n", stderr: "" });
  assertEquals(await raw("f", "2"), { code: 0, stdout: '{"a":[1,2]}\n', stderr: "" });
  assertEquals(await raw("f", "5"), { code: 0, stdout: `${HOSTILE}\n`, stderr: "" });
  const odd = await raw("odd");
  assertEquals([odd.stdout, odd.stderr], [run.stdout, "oops 1\noops 2\noops 3\n"]);
  assertEquals((await raw("--failed")).stdout, `3\nno end${HOSTILE}\n`);
  assertEquals((await raw()).stdout, `${run.stdout}a\ntext\n\n{"a":[1,2]}\nprinted\n${HOSTILE}\n`);
});

Deno.test("fanfold show RUN TASK JOB prints what it names, and its lines do what they say", async () => {
  using folder = await ran();
  const text = await fanfold(["show", "last", "odd", "1"], { cwd: folder.path });
  const lines = [...text.stdout.matchAll(/: fanfold (.*)$/gm)].map(([, line = ""]) =>
    line.split(" ")
  );
  const printed = { code: 0, stdout: "1\nno end", stderr: "oops 1\n" };
  assertEquals(lines.map(([command]) => command), ["show", "repro"]);
  for (const line of lines) assertEquals(await fanfold(line, { cwd: folder.path }), printed);
});

Deno.test("fanfold show RUN TASK tells the jobs of that task, with --failed and --slow, in every format", async () => {
  using folder = await ran();
  assertEquals(
    await shown(folder, "last", "odd"),
    ` TIME  task "odd", job 1, input 1
 TIME  task "odd", job 2, input 2
 TIME  task "odd", job 3, input 3 failed after 2 attempts: the command ended with exit code 1
`,
  );
  const records = async (...args: readonly string[]) =>
    JSON.parse(await shown(folder, "last", ...args, "--format", "json"));
  const indices = (list: readonly { readonly index: number }[]) => list.map(({ index }) => index);
  assertEquals(indices(await records("f")), [0, 1, 2, 3, 4, 5]);
  assertEquals(indices(await records("odd", "--failed")), [2]);
  assertEquals(indices(await records("odd", "--slow")).toSorted(), [0, 1, 2]);
  const [first] = await records("odd");
  assertEquals(await records("odd", "1"), first);
  const line = await shown(folder, "last", "odd", "1", "--format", "ndjson");
  assertEquals([JSON.parse(line), line.split("\n").length], [first, 2]);
  const csv = (await shown(folder, "last", "odd", "1", "--format", "csv")).split("\n");
  assertEquals([csv[0]?.slice(0, 10), csv[1]?.slice(0, 6)], ["task,index", "odd,0,"]);
});

Deno.test("fanfold show tells what is wrong with a task, a job, or options of one", async () => {
  using folder = await ran();
  const faultOf = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await fanfold(["show", "last", ...args], { cwd: folder.path });
    assertEquals([code, stdout], [2, ""]);
    return steady(stderr, folder.path);
  };
  assertEquals(
    await faultOf("od"),
    'fanfold: Cannot show task "od": run "RUN" has no such task\n  hint: did you mean "odd"?\n',
  );
  assertEquals(
    await faultOf("odd", "4"),
    `fanfold: Cannot show job 4 of task "odd": in run "RUN" no such job has ended
  hint: the last that has is job 3
`,
  );
  assertEquals(
    (await faultOf("odd", "0")).split("\n")[0],
    'fanfold: Cannot read the number of a job: found "0", wanted 1, 2, 3…',
  );
  assertEquals(
    await faultOf("odd", "1", "2"),
    'fanfold: Cannot run fanfold show: found "2", wanted RUN TASK JOB\n',
  );
  assertEquals(
    await faultOf("odd", "1", "--failed"),
    "fanfold: Cannot combine --failed and a job\n",
  );
  assertEquals(
    await faultOf("--raw", "--format", "csv"),
    "fanfold: Cannot combine --raw and --format csv\n",
  );
});

Deno.test("fanfold show --raw ends in silence when its reader has gone", async () => {
  using folder = new Folder();
  const each = ["each", "--state-dir", ".fanfold", "seq", "100000", ":::", "100000"];
  await fanfold(each, { cwd: folder.path });
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const line = `"${Deno.execPath()}" run -A "${main}" show last each 1 --raw | head -n 1`;
  const printed = await program("sh", ["-c", line], { cwd: folder.path });
  assertEquals(printed, { code: 0, stdout: "100000\n", stderr: "" });
});
