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
}

const INPUTS = "a\nb\nc\n";
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
  { name: "each --resume", args: ["each", "-j1", "--resume", "../step", "--resume", ":::", "a"] },
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

for (
  const { name, args, tasks, stdin, env } of STARTED.filter(({ name }) => name !== "each --resume")
) {
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
    assertEquals([code, stand.ran(), stdout], [0, "b c", "out a\nout b\nout c\n"], stderr);
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
    assertEquals([code, stand.ran(), stdout], [0, "b c", "out a\nout b\nout c\n"], stderr);
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
      assertEquals([again.code, again.stdout], [0, "out a\nout b\nout c\n"], line + again.stderr);
      assertEquals(stand.ran(), text === stderr ? "b" : "");
    }
  });
}
