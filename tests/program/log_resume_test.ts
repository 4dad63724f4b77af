import { assertEquals } from "@std/assert";
import { Steps } from "../support/steps.ts";

const LOGGED = ["each", "-j1", "--joblog", "log"];
const STEP = ["./step", ":::", "a", "b", "c", "d"];

/** A folder with a log of the first two of four jobs. */
async function logged(files: Record<string, string> = {}): Promise<Steps> {
  const folder = new Steps(files);
  await folder.run([...LOGGED, ...STEP.slice(0, 4)]);
  assertEquals(folder.ran(), "a b");
  return folder;
}

for (
  const [options, wanted] of [
    [["--tag"], 'c\tout c, "q"\nd\tout d, "q"\n'],
    [["--format", "json"], '["out c, \\"q\\"","out d, \\"q\\""]\n'],
    [["--unordered"], 'out c, "q"\nout d, "q"\n'],
  ] as const
) {
  Deno.test(`fanfold each --joblog --resume ${options.join(" ")} prints nothing of jobs that the log has`, async () => {
    using folder = await logged();
    const { code, stdout } = await folder.run([...LOGGED, "--resume", ...options, ...STEP]);
    assertEquals([code, stdout, folder.ran()], [0, wanted, "c d"]);
  });
}

Deno.test("fanfold each --joblog --resume --format ndjson has a line for each job that is done", async () => {
  using folder = await logged();
  const { stdout } = await folder.run([...LOGGED, "--resume", "--format", "ndjson", ...STEP]);
  const rows = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(rows.map(({ index, input, kind }) => [index, input, kind]), [
    [2, "c", "done"],
    [3, "d", "done"],
  ]);
});

Deno.test("fanfold each --joblog --resume writes rows of a table in order, though some never come", async () => {
  using folder = await logged();
  const { stdout } = await folder.run([...LOGGED, "--resume", "--results", "-.csv", ...STEP]);
  assertEquals(stdout.match(/^\d/gm), ["3", "4"]);
});

Deno.test("fanfold each --joblog --resume counts the jobs that are done, and keeps no journal", async () => {
  using folder = await logged({ "bad-d": "" });
  const { code, stderr } = await folder.run([...LOGGED, "--resume", ...STEP]);
  assertEquals([code, stderr.split("\n").at(-2)], [1, "fanfold: 2 jobs: 1 done, 1 failed"]);
  assertEquals([...Deno.readDirSync(folder.path)].some(({ name }) => name === ".fanfold"), false);
});

Deno.test("fanfold each --joblog --resume=RUN goes by the journal, and adds to the log", async () => {
  using folder = await logged();
  await folder.run(["each", "--resume", "./step", ":::", "b", "c"]);
  folder.ran();
  const [runId = ""] = folder.runs;
  await folder.run([...LOGGED, `--resume=${runId}`, ...STEP]);
  assertEquals(folder.ran(), "a d");
  const seqs = Deno.readTextFileSync(folder.at("log")).match(/^\d+/gm);
  assertEquals(seqs, ["1", "2", "1", "4"]);
});
