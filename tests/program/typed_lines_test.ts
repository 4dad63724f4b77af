import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { linesIn, Standing, type StandingOptions } from "../support/typed_lines.ts";

/** A task whose second job waits or fails, one job at a time. */
function steps(more: Record<string, unknown> = {}): Record<string, unknown> {
  return { it: { command: ["./step"], inputs: ["a", "b", "c"], jobs: 1, ...more } };
}

/** How something is run of which the journal has `a`, and not `b` or `c`. */
interface Started extends StandingOptions {
  readonly name: string;
  readonly args: readonly string[];
  readonly tasks?: Record<string, unknown>;
  /** What it prints when it has come to its end. @default what its commands print */
  readonly stdout?: string;
}

const INPUTS = "a\nb\nc\n";
const PRINTED = "out a\nout b\nout c\n";
const EACH = ["-j1", "--state-dir", "kept 'here'"];

/** Every way to name what is run, where it is kept, and where inputs come from. */
const STARTED: readonly Started[] = [
  { name: "run", args: ["run"] },
  { name: "run TASK", args: ["run", "it", "--retries=0"] },
  { name: "run -f", args: ["run", "-f", "../fanfold.json"], tasks: steps({ cwd: "." }) },
  { name: "run --state-dir", args: ["run", "--state-dir", "kept 'here'"] },
  { name: "run with FANFOLD_STATE", args: ["run"], env: { FANFOLD_STATE: "state of mine" } },
  {
    name: "run of stdin",
    args: ["run"],
    tasks: steps({ inputs: { stdin: "lines" } }),
    stdin: INPUTS,
  },
  { name: "run with a time-out", args: ["run", "--timeout", "100s"] },
  { name: "each :::", args: ["each", ...EACH, "../step", ":::", "a", "b", "c"] },
  { name: "each stdin", args: ["each", ...EACH, "../step"], stdin: INPUTS },
  {
    name: "each --shell",
    args: ["each", ...EACH, "--shell", '../step "$1"', ":::", "a", "b", "c"],
  },
  { name: "each -a", args: ["each", ...EACH, "-a", "../inputs", "../step"] },
  { name: "each ::::", args: ["each", ...EACH, "../step", "::::", "../inputs"] },
  {
    name: "each --header of stdin",
    args: ["each", ...EACH, "--header", ":", "../step", "{n}"],
    stdin: `n\n${INPUTS}`,
  },
  {
    name: "each --colsep",
    args: ["each", ...EACH, "-C,", "../step", "{2}", ":::", "1,a", "2,b", "3,c"],
  },
  {
    name: "each with FANFOLD_STATE",
    args: ["each", "-j1", "--resume", "../step", ":::", "a", "b", "c"],
    env: { FANFOLD_STATE: "state of mine" },
  },
  { name: "map :::", args: ["map", ...EACH, "../m.ts#note", ":::", "a", "b", "c"] },
  {
    name: "map --json --spread of stdin",
    args: ["map", ...EACH, "--json", "--spread", "../m.ts#note"],
    stdin: '["a"]\n["b"]\n["c"]\n',
  },
  {
    name: "map --fold",
    args: ["map", ...EACH, "../m.ts#note", "--fold", "../m.ts#join", "-a", "../inputs"],
    stdout: "out aout bout c\n",
  },
];

function standing({ tasks = steps() }: Pick<Started, "tasks">): Standing {
  const stand = new Standing(tasks);
  stand.write("inputs", INPUTS);
  return stand;
}

/** The only line that a text has, and what it says of stdin. */
function wayOnIn(text: string): { readonly line: string; readonly isFed: boolean } {
  const [line = "", ...more] = linesIn(text).filter((line) => !/ (?:show|repro) /.test(line));
  assertEquals(more.filter((other) => other !== line), [], text);
  return { line, isFed: text.includes(`by feeding the same stdin to: ${line}`) };
}

for (const { name, args, tasks, stdin, env, stdout: all = PRINTED } of STARTED) {
  Deno.test(`fanfold ${name} ended by a signal names the line that goes on with it`, async () => {
    using stand = standing({ tasks });
    const told = await stand.interrupted(args, "b", "SIGINT", { stdin, env });
    assertMatch(
      told,
      /^fanfold: ended by SIGINT after 1 job: 1 done; go on (?:with|by .* to): fanfold \S+ .*$/m,
    );
    const { line, isFed } = wayOnIn(told);
    assertEquals(isFed, stdin !== undefined);
    stand.ran();
    // Another run is the last by now.
    await stand.run(["each", "--resume", "echo", ":::", "x"]);
    const { code, stdout, stderr } = await stand.type(line, { stdin });
    assertEquals([code, stand.ran(), stdout], [0, "b c", all], stderr);
  });

  Deno.test(`fanfold show names the line that goes on with a killed ${name}`, async () => {
    using stand = standing({ tasks });
    await stand.interrupted(args, "b", "SIGKILL", { stdin, env });
    stand.ran();
    const where = args.includes("--state-dir") ? ["--state-dir", "kept 'here'"] : [];
    const shown = await stand.run(["show", "last", ...where], { env });
    const { line, isFed } = wayOnIn(shown.stdout);
    assertEquals(isFed, stdin !== undefined && name !== "run of stdin");
    const { code, stdout, stderr } = await stand.type(line, { stdin });
    assertEquals([code, stand.ran(), stdout], [0, "b c", all], stderr);
  });

  Deno.test(`fanfold ${name} names the lines that do again what failed`, async () => {
    using stand = standing({ tasks });
    stand.write("bad-b", "");
    const { code, stderr } = await stand.run(args, { stdin, env });
    assertEquals([code, stand.ran()], [1, "a b c"], stderr);
    await stand.run(["each", "--resume", "echo", ":::", "x"]);
    const [repeat = ""] = linesIn(stderr);
    assertStringIncludes(stderr, `  repeat: ${repeat}\n`);
    assertEquals([(await stand.type(repeat)).code, stand.ran()], [1, "b"], repeat);
    const where = args.includes("--state-dir") ? ["--state-dir", "kept 'here'"] : [];
    const id = stand.runs.find((id) => stderr.includes(id)) ?? "";
    const shown = await stand.run(["show", id, ...where], { env });
    stand.remove("bad-b");
    for (const text of [stderr, shown.stdout]) {
      const { line } = wayOnIn(text.replace(/^ {2}repeat: .*$/m, ""));
      const again = await stand.type(line, { stdin });
      assertEquals([again.code, again.stdout], [0, all], line + again.stderr);
      assertEquals(stand.ran(), text === stderr ? "b" : "");
    }
  });
}

Deno.test("fanfold run that was halted names the line that goes on with it", async () => {
  using stand = standing({ tasks: steps({ halt: "soon" }) });
  stand.write("bad-b", "");
  const { stderr } = await stand.run(["run"]);
  assertEquals(stand.ran(), "a b");
  assertMatch(stderr, /^fanfold: go on, and do again what failed, with: fanfold retry \S+$/m);
  stand.remove("bad-b");
  const { line } = wayOnIn(stderr.replace(/^ {2}repeat: .*$/m, ""));
  const again = await stand.type(line);
  assertEquals([again.code, again.stdout, stand.ran()], [0, PRINTED, "b c"]);
});

Deno.test("fanfold run --resume under other options names a line with these", async () => {
  using stand = standing({});
  await stand.interrupted(["run"], "b");
  stand.ran();
  const told = await stand.interrupted(["run", "--resume", "--timeout", "100s"], "c");
  const { line } = wayOnIn(told);
  assertEquals(line, `fanfold run --resume=${stand.runs[0]} --timeout 100s`);
  stand.ran();
  assertEquals([(await stand.type(line)).code, stand.ran()], [0, "c"]);
});

Deno.test("fanfold run that ends with failures before a signal says that they are done again", async () => {
  using stand = standing({});
  stand.write("bad-a", "");
  const told = await stand.interrupted(["run"], "b");
  assertStringIncludes(told, "; go on, and do again what failed, with: fanfold retry ");
  stand.remove("bad-a");
  stand.ran();
  const { line } = wayOnIn(told.replace(/^ {2}repeat: .*$/m, ""));
  assertEquals([(await stand.type(line)).code, stand.ran()], [0, "a b c"]);
});

for (const more of [[], ["--no-journal"]]) {
  Deno.test(`fanfold run ${more} repeats a job that took too long in the time that it had`, async () => {
    const late = { command: ["sleep", "{}"], inputs: [1000], timeout: "100ms" };
    const { command: _, ...rules } = late;
    const called = { run: "./late.ts#late", ...rules };
    using stand = standing({ tasks: { late, called } });
    stand.write("late.ts", "export const late = () => new Promise((_) => setInterval(() => 0));");
    for (const task of ["late", "called"]) {
      const { stderr } = await stand.run(["run", ...more, task]);
      const [repeat = ""] = linesIn(stderr);
      const again = await stand.type(repeat);
      assertEquals([again.code, repeat], [1, repeat]);
      assertStringIncludes(again.stderr, "timed-out: it took longer than 100 ms");
    }
  });
}

Deno.test("fanfold run repeats a job by its journal where variables would have to be told", async () => {
  const script = 'echo "$TOKEN" >&2; exit 3';
  using stand = standing({
    tasks: { it: { shell: script, inputs: ["a"], env: { TOKEN: "s3cret" } } },
  });
  const { stderr } = await stand.run(["run", "--state-dir", "kept here"]);
  const [repeat = ""] = linesIn(stderr);
  assertEquals(repeat, `fanfold repro ${stand.runs[0]} it 1 --state-dir 'kept here'`);
  const again = await stand.type(repeat);
  assertEquals([again.code, again.stderr.split("\n")[0]], [1, "s3cret"]);
  assertEquals(linesIn(again.stderr), [repeat]);
  assertEquals(linesIn((await stand.run(["run", "--no-journal"])).stderr), []);
});

Deno.test("fanfold show names the lines that show more, and that runs are found by", async () => {
  using stand = standing({});
  for (const input of ["a", "b"]) stand.write(`bad-${input}`, "");
  await stand.run(["run", "--state-dir", "kept"]);
  const none = await stand.run(["show", "--state-dir", "kept"]);
  assertEquals(none.code, 2);
  const [last = ""] = linesIn(none.stderr);
  assertEquals(last, "fanfold show last --state-dir kept");
  const shown = await stand.type(last);
  const line = linesIn(shown.stdout).find((line) => line.includes("--failed")) ?? "";
  const failed = await stand.type(line);
  assertEquals([failed.code, failed.stdout.split("\n").length], [0, 3]);
});

Deno.test("fanfold each names the line that runs inputs as shell commands", async () => {
  using stand = standing({});
  const { code, stderr } = await stand.run(["each", "-j1", ":::", "echo 'a b'", "echo c"]);
  assertEquals(code, 2);
  const { stdout } = await stand.type(linesIn(stderr)[0] ?? "");
  assertEquals(stdout, "a b\nc\n");
  const piped = await stand.run(["each"], { stdin: "echo a\n" });
  assertEquals(
    (await stand.type(linesIn(piped.stderr)[0] ?? "", { stdin: "echo a\n" })).stdout,
    "a\n",
  );
});

for (const more of [[], ["--state-dir", "../../kept here"]]) {
  Deno.test(`fanfold retry names the line that goes on where a project has moved to ${more}`, async () => {
    using stand = standing({});
    await stand.interrupted(["run", "it", ...more], "b");
    stand.ran();
    const moved = `${stand.project} of old`;
    Deno.renameSync(stand.project, moved);
    Deno.mkdirSync(stand.here, { recursive: true });
    Deno.removeSync(stand.project, { recursive: true });
    const cwd = `${moved}/below 'it'`;
    const { code, stderr } = await stand.run(["retry", "2", ...more], { cwd });
    assertEquals(code, 3);
    const again = await stand.type(linesIn(stderr)[0] ?? "", { cwd: moved });
    assertEquals([again.code, again.stdout], [0, PRINTED], stderr + again.stderr);
    assertEquals(Deno.readTextFileSync(`${moved}/ran`), "b\nc\n");
  });
}

Deno.test("fanfold each --resume=RUN of another line names the line that goes on with it", async () => {
  using stand = standing({});
  stand.write("bad-b", "");
  await stand.run(["each", ...EACH, "../step", ":::", "a", "b"]);
  stand.ran();
  const id = stand.runs[0];
  const wrong = await stand.run(["each", ...EACH, `--resume=${id}`, "echo", ":::", "a"]);
  assertEquals(wrong.code, 2);
  const line = linesIn(wrong.stderr).at(-1) ?? "";
  assertEquals(line, `fanfold retry ${id} --state-dir 'kept '"'"'here'"'"''`.replace(/''$/, ""));
  assertEquals([(await stand.type(line)).code, stand.ran()], [1, "b"]);
});

Deno.test("fanfold retry without its inputs names the line that shows what it has", async () => {
  using stand = standing({});
  await stand.interrupted(["each", ...EACH, "../step"], "b", "SIGINT", { stdin: INPUTS });
  const { code, stderr } = await stand.run(["retry", "2", "--state-dir", "kept 'here'"]);
  assertEquals(code, 2);
  const shown = await stand.type(linesIn(stderr).at(-1) ?? "");
  assertEquals([shown.code, shown.stdout.startsWith(`${stand.runs[0]}: interrupted`)], [0, true]);
});
