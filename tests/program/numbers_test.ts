import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Steps } from "../support/steps.ts";

Deno.test("a job has one number from 1 for people, and its index is one less", async () => {
  const command = ["./step", "{#}-{}"];
  using folder = new Steps({
    "bad-3-c": "",
    "fanfold.json": JSON.stringify({ tasks: { each: { command, inputs: ["a", "b", "c"] } } }),
  });
  const inputs = ["--joblog", "log", ...command, ":::", "a", "b", "c"];
  const each = await folder.run(["each", "--state-dir", ".fanfold", ...inputs]);
  assertEquals(each.stdout, 'out 1-a, "q"\nout 2-b, "q"\nout 3-c, "q"\n');
  const name = 'task "each", job 3, input "c"';
  assertStringIncludes(each.stderr, `fanfold: ${name} failed: `);
  const rows = Deno.readTextFileSync(folder.at("log")).trimEnd().split("\n").slice(1);
  const third = rows.map((row) => row.split("\t")).find(([seq]) => seq === "3");
  assertEquals(third?.at(-1), "./step 3-c");

  folder.ran();
  const repro = await folder.run(["repro", folder.runs.join(), "each", "3"]);
  assertEquals([repro.stdout, folder.ran()], ['out 3-c, "q"\n', "3-c"]);
  assertStringIncludes(repro.stderr, `fanfold: ${name} failed: `);

  const run = await folder.run(["run", "--format", "ndjson"]);
  assertStringIncludes(run.stderr, `fanfold: ${name} failed: `);
  assertEquals(run.stdout.trimEnd().split("\n").map((line) => JSON.parse(line).index), [0, 1, 2]);
  const why = await folder.run(["why", "last", "each", "3"]);
  assertMatch(why.stdout, /^task "each", job 3, input "c" is kept by --resume: /);
  const show = await folder.run(["show", "last"]);
  assertStringIncludes(show.stdout, `${name} failed: `);
});
