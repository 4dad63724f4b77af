import { assertEquals, assertMatch } from "@std/assert";
import { HAS_PARALLEL, NEEDS_PARALLEL } from "../cli/logged_jobs.ts";
import { parallelHome } from "../support/parallel.ts";
import { MAIN, type Printed, program } from "../support/program.ts";
import { until } from "../support/shared_folder.ts";
import { Steps } from "../support/steps.ts";

/** One of the two programs. */
type Who = "parallel" | "fanfold";

/** What a program is told to do; both take the same options. */
interface Go {
  readonly who: Who;
  readonly args: readonly string[];
}

const ENV = { PARALLEL: "", PARALLEL_SHELL: "/bin/sh", LC_ALL: "C.UTF-8" };

function lineOf({ who, args }: Go): [name: string, args: readonly string[]] {
  return who === "fanfold"
    ? [Deno.execPath(), ["run", "-A", MAIN, "each", "-j1", ...args]]
    : ["parallel", ["--plain", "--will-cite", "-k", "-j1", ...args]];
}

async function run(folder: Steps, go: Go): Promise<Printed> {
  using home = parallelHome();
  const env = { ...ENV, HOME: go.who === "parallel" ? home.path : Deno.env.get("HOME") ?? "" };
  return await program(...lineOf(go), { cwd: folder.path, env });
}

/** Has a program begin, and kills it while the job of an input waits. */
async function killed(folder: Steps, go: Go, input: string): Promise<void> {
  using home = parallelHome();
  folder.write(`shut-${input}`, "");
  const [name, args] = lineOf(go);
  const child = new Deno.Command(name, {
    args: [...args],
    cwd: folder.path,
    env: { ...ENV, HOME: go.who === "parallel" ? home.path : Deno.env.get("HOME") ?? "" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await until("the line of the job before", () => logged(folder) !== "");
  await until(`job ${input}`, () => folder.hasRun(input));
  child.kill("SIGKILL");
  await child.status;
  Deno.removeSync(folder.at(`shut-${input}`));
}

/** The numbers of the jobs in the log, and how they ended, in their order. */
function logged(folder: Steps): string {
  const text = (() => {
    try {
      return Deno.readTextFileSync(folder.at("log"));
    } catch {
      return "";
    }
  })();
  const rows = text.split("\n").map((row) => row.split("\t")).filter(([seq]) => Number(seq) > 0);
  return rows.map((cells) => `${cells[0]}:${cells[6]}`).join(" ");
}

const PAIRS: readonly (readonly [first: Who, second: Who])[] = [
  ["parallel", "fanfold"],
  ["fanfold", "parallel"],
  ["fanfold", "fanfold"],
  // What the others are held against.
  ["parallel", "parallel"],
];

function test(
  claim: string,
  fn: (first: Who, second: Who) => Promise<void>,
  pairs: typeof PAIRS = PAIRS,
): void {
  for (const [first, second] of pairs) {
    Deno.test({
      name: `${second} ${claim}, after ${first} ${NEEDS_PARALLEL}`,
      ignore: !HAS_PARALLEL,
      fn: () => fn(first, second),
    });
  }
}

const STEP = ["./step", "{}", ":::"];

test(
  "--joblog --resume does the jobs that the log has not, by their numbers",
  async (first, second) => {
    using folder = new Steps({ "bad-b": "" });
    const log = ["--joblog", "log"];
    await run(folder, { who: first, args: [...log, ...STEP, "a", "b", "c"] });
    folder.ran();
    const args = [...log, "--resume", ...STEP, "x", "y", "z", "d", "e"];
    const { stdout } = await run(folder, { who: second, args });
    assertEquals([stdout, folder.ran()], ['out d, "q"\nout e, "q"\n', "d e"]);
    assertEquals(logged(folder), "1:0 2:1 3:0 4:0 5:0");
    assertMatch(
      Deno.readTextFileSync(folder.at("log")),
      /^Seq\tHost\t[^]*\n5\t:\t[^\n]*\t\.\/step e\n$/,
    );
  },
);

test("--joblog --resume-failed does again what has never ended well", async (first, second) => {
  using folder = new Steps({ "bad-b": "", "bad-d": "" });
  const args = [...["--joblog", "log"], ...STEP, "a", "b", "c", "d"];
  await run(folder, { who: first, args });
  Deno.removeSync(folder.at("bad-b"));
  folder.ran();
  const again = { who: second, args: ["--resume-failed", ...args] };
  assertEquals([(await run(folder, again)).stdout, folder.ran()], [
    'out b, "q"\nout d, "q"\n',
    "b d",
  ]);
  assertEquals([(await run(folder, again)).stdout, folder.ran()], ['out d, "q"\n', "d"]);
  assertEquals(logged(folder), "1:0 2:1 3:0 4:1 2:0 4:1 4:1");
});

test("--joblog --resume goes on after a kill", async (first, second) => {
  using folder = new Steps();
  const args = [...["--joblog", "log", "--resume"], ...STEP, "a", "b", "c"];
  await killed(folder, { who: first, args }, "b");
  assertEquals([folder.ran(), logged(folder)], ["a b", "1:0"]);
  const { code, stdout } = await run(folder, { who: second, args });
  assertEquals([code, stdout, folder.ran()], [0, 'out b, "q"\nout c, "q"\n', "b c"]);
  assertEquals(logged(folder), "1:0 2:0 3:0");
});

test("--joblog +FILE --resume reads and adds to the file", async (first, second) => {
  using folder = new Steps();
  await run(folder, { who: first, args: ["--joblog", "+log", ...STEP, "a", "b"] });
  const more = ["--joblog", "+log", "--resume", ...STEP, "a", "b", "c"];
  folder.ran();
  const { stdout } = await run(folder, { who: second, args: more });
  assertEquals([stdout, folder.ran(), logged(folder)], ['out c, "q"\n', "c", "1:0 2:0 3:0"]);
  // GNU parallel gives such a file no heading, takes its first line for one, and does that job again.
}, PAIRS.slice(0, 3));

test("--joblog --resume keeps the number of each job", async (first, second) => {
  using folder = new Steps();
  const args = ["--joblog", "log", "--resume", "./step", "{#}-{}", ":::", "a", "b"];
  await run(folder, { who: first, args });
  folder.ran();
  const { stdout } = await run(folder, { who: second, args: [...args, "c"] });
  assertEquals([stdout, folder.ran()], ['out 3-c, "q"\n', "3-c"]);
});

test("--joblog --resume does all where there is no log yet", async (_, second) => {
  using folder = new Steps();
  await run(folder, { who: second, args: ["--joblog", "log", "--resume", ...STEP, "a", "b"] });
  assertEquals([folder.ran(), logged(folder)], ["a b", "1:0 2:0"]);
});
