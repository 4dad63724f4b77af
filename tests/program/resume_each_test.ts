import { assertEquals, assertMatch } from "@std/assert";
import { Steps } from "../support/steps.ts";

const ONE_BY_ONE = ["each", "-j1", "--resume", "./step", ":::", "a", "b", "c"];

Deno.test("fanfold each --resume begins a run, and the same line goes on with it where it was ended", async () => {
  using folder = new Steps();
  const stderr = await folder.interrupted(ONE_BY_ONE, "b");
  assertEquals(
    stderr.split("\n").at(-2),
    `fanfold: ended by SIGINT after 1 job: 1 done; go on with: fanfold retry ${folder.runs[0]}`,
  );
  assertEquals(folder.ran(), "a b");
  const { code, stdout } = await folder.run(ONE_BY_ONE);
  assertEquals([code, stdout], [0, 'out a, "q"\nout b, "q"\nout c, "q"\n']);
  assertEquals([folder.ran(), folder.runs.length], ["b c", 1]);
  await folder.run(ONE_BY_ONE);
  assertEquals([folder.ran(), folder.runs.length], ["a b c", 2]);
});

Deno.test("fanfold each and map keep nothing unless they are asked to", async () => {
  using folder = new Steps();
  await folder.run(["each", "echo", ":::", "a"]);
  await folder.run(["map", "./m.ts#twice", "--json", ":::", "1"]);
  const found = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
  assertEquals(found.includes(".fanfold"), false);
  await folder.run(["each", "--state-dir", "kept", "echo", ":::", "a"]);
  const names = [...Deno.readDirSync(folder.at("kept/runs"))].map(({ name }) => name);
  assertEquals(names.filter((name) => name.endsWith(".db")).length, 1);
});

Deno.test("fanfold each --resume reads inputs of stdin again, and knows them wherever they are", async () => {
  using folder = new Steps({ "bad-b": "" });
  const line = ["each", "--resume-failed", "./step"];
  await folder.run(line, { stdin: "a\nb\nc\n" });
  assertEquals(folder.ran(), "a b c");
  const { code, stdout } = await folder.run(line, { stdin: "new\nc\nb\na\n" });
  assertEquals([code, folder.ran()], [1, "b new"]);
  assertEquals(stdout, ["new", "c", "b", "a"].map((input) => `out ${input}, "q"\n`).join(""));
});

Deno.test("fanfold each goes on though it is told to go about it in another way", async () => {
  using folder = new Steps();
  await folder.interrupted(ONE_BY_ONE, "b");
  folder.ran();
  const how = ["-j2", "--retries", "2", "--timeout", "1m", "--format", "json", "--halt", "soon"];
  const { code, stdout } = await folder.run(["each", "--resume", ...how, ...ONE_BY_ONE.slice(3)]);
  assertEquals([code, JSON.parse(stdout)], [
    0,
    ["a", "b", "c"].map((input) => `out ${input}, "q"`),
  ]);
  assertEquals(folder.ran(), "b c");
});

for (
  const [what, args] of [
    ["command", ["each", "--resume", "./step", "x", ":::", "a"]],
    ["kind of action", ["each", "--resume", "--shell", './step "$1"', ":::", "a"]],
    ["reading", ["each", "--resume", "-n2", "./step", ":::", "a"]],
    ["file of inputs", ["each", "--resume", "./step", "::::", "list"]],
  ] as const
) {
  Deno.test(`fanfold each --resume begins another run with another ${what}`, async () => {
    using folder = new Steps({ list: "a\n" });
    await folder.interrupted(ONE_BY_ONE, "b");
    await folder.run(args);
    assertEquals(folder.runs.length, 2);
  });
}

Deno.test("fanfold map --resume-failed does again only what failed, and folds what there is", async () => {
  using folder = new Steps();
  const line = ["map", "--json", "--resume-failed", "./m.ts#twice", ":::", "1", "2", "3"];
  const first = await folder.run(line);
  assertEquals([first.code, first.stdout], [1, "at 1\n2\nat 2\n4\nat 3\n"]);
  assertMatch(
    first.stderr,
    /\nfanfold: do again what failed with: fanfold retry \S+\n$/,
  );
  folder.ran();
  folder.write("bad", "");
  const again = await folder.run(["map", "--fold", "./m.ts#add", ...line.slice(1)]);
  assertEquals([again.code, folder.ran()], [1, "3"]);
  const none = 'fanfold: task "map" has no result: 1 of its 3 jobs did not end well\n';
  const [id] = folder.runs;
  const anew = `map --resume-failed=${id} --fold './m.ts#add' --json './m.ts#twice' ::: 1 2 3`;
  assertEquals(
    again.stderr,
    `fanfold: goes on with run ${id}: 3 of 3 jobs had ended, 1 of them not well, which is done again\n` +
      first.stderr.replace("fanfold: 3 jobs", `${none}fanfold: 3 jobs`).replace(
        `retry ${id}`,
        anew,
      ),
  );
});

Deno.test("fanfold map --resume begins another run where inputs are read as JSON, or are spread", async () => {
  using folder = new Steps();
  const [, ...rest] = ["", "--resume", "./m.ts#add", ":::", "[1]"];
  for (const options of [[], ["--json"], ["--json", "--spread"]]) {
    await folder.run(["map", ...options, ...rest]);
  }
  const origins = new Set(folder.runs.map((id) => originIn(folder.at(`.fanfold/runs/${id}.db`))));
  assertEquals(origins.size, 3);
});

function originIn(path: string): unknown {
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  using database = new DatabaseSync(path, { readOnly: true });
  return database.prepare("SELECT origin FROM run").get()?.origin;
}

Deno.test("fanfold each --resume=RUN takes the start of an id, and names the nearest where there is none", async () => {
  using folder = new Steps();
  await folder.interrupted(ONE_BY_ONE, "b");
  folder.ran();
  const [runId = ""] = folder.runs;
  const wrong = runId.replace(/.$/, (last) => last === "0" ? "1" : "0");
  const line = (run: string) => ["each", "-j1", `--resume=${run}`, ...ONE_BY_ONE.slice(3)];
  assertEquals(await folder.run(line(wrong)), {
    code: 2,
    stdout: "",
    stderr: `fanfold: Cannot go on with run "${wrong}": there is no such run in ".fanfold/runs"\n` +
      `  hint: did you mean "${runId}"?\n`,
  });
  const { code } = await folder.run(line(runId.slice(0, 10)));
  assertEquals([code, folder.ran()], [0, "b c"]);
});

Deno.test("fanfold each --resume=RUN refuses a run of another command, and takes that of a copied folder", async () => {
  using folder = new Steps();
  await folder.interrupted(ONE_BY_ONE, "b");
  const [runId = ""] = folder.runs;
  const refused = await folder.run(["each", `--resume=${runId}`, "echo", ":::", "a"]);
  assertEquals([refused.code, refused.stderr.split("\n")], [2, [
    `fanfold: Cannot go on with run "${runId}" by: fanfold each --resume=${runId} echo ::: a: ` +
    "found a run of: fanfold each -j1 --resume ./step ::: a b c",
    `  hint: its own line is run again by: fanfold retry ${runId}`,
    "",
  ]]);
  using copy = new Steps();
  const state = ["--state-dir", folder.at(".fanfold")];
  const line = [...state, ...ONE_BY_ONE.slice(3)];
  await copy.run(["each", "--resume", ...line]);
  assertEquals(copy.ran(), "a b c");
  await copy.run(["each", `--resume=${runId}`, ...line]);
  assertEquals(copy.ran(), "b c");
});
