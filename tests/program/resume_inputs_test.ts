import { assertEquals } from "@std/assert";
import { Steps } from "../support/steps.ts";

/** A run of `each` over stdin that a failure has halted behind two of three inputs. */
async function halted(): Promise<{ folder: Steps; line: string[] }> {
  const folder = new Steps({ "bad-b": "" });
  const line = ["each", "-j1", "--halt", "soon", "--resume-failed", "./step"];
  await folder.run(line, { stdin: "a\nb\nc\n" });
  Deno.removeSync(folder.at("bad-b"));
  assertEquals(folder.ran(), "a b");
  return { folder, line };
}

/** How far the only run has come. */
async function stateOf(folder: Steps): Promise<string> {
  const [run] = JSON.parse((await folder.run(["runs", "--format", "json"])).stdout);
  return run.state;
}

Deno.test("fanfold each --resume faults where stdin has nothing any more, and the run goes on with it", async () => {
  const { folder, line } = await halted();
  using _ = folder;
  const [id] = folder.runs;
  const empty = await folder.run(line, { stdin: "" });
  assertEquals([empty.code, empty.stdout, empty.stderr, folder.ran()], [
    2,
    "",
    `fanfold: goes on with run ${id}: 2 jobs had ended, 1 of them not well, which is done again
fanfold: Cannot end run ${id}: it has kept 2 jobs of task "each", and found no input at all
  hint: feed it the same stdin, or begin anew without --resume; what it has is told by: fanfold show ${id}
`,
    "",
  ]);
  assertEquals(await stateOf(folder), "interrupted");
  const { stdout: shown } = await folder.run(["show", "last"]);
  const failed = 'task "each", input "b" failed: the command ended with exit code 1';
  const jobs = ['task "each", input "a"', failed, failed];
  assertEquals(shown.match(/task "each", .*/g)?.sort(), jobs);
  const again = await folder.run(line, { stdin: "a\nb\nc\n" });
  assertEquals([again.code, again.stdout, folder.ran()], [
    0,
    'out a, "q"\nout b, "q"\nout c, "q"\n',
    "b c",
  ]);
  assertEquals([await stateOf(folder), folder.runs], ["ended", [id]]);
});

Deno.test("fanfold each --resume faults where stdin has other inputs than before", async () => {
  const { folder, line } = await halted();
  using _ = folder;
  const [id] = folder.runs;
  const other = await folder.run(line, { stdin: "b\nc\n" });
  assertEquals([other.code, other.stdout, folder.ran()], [
    2,
    'out b, "q"\nout c, "q"\n',
    "b c",
  ]);
  assertEquals(
    other.stderr.split("\n").find((line) => line.startsWith("fanfold: Cannot")),
    `fanfold: Cannot end run ${id}: it has kept 1 job of task "each", and found other inputs`,
  );
  assertEquals(await stateOf(folder), "interrupted");
});

Deno.test("fanfold each --resume faults where the header of stdin is gone with its inputs", async () => {
  using folder = new Steps({ "bad-b": "" });
  const line = ["each", "-j1", "--halt", "soon", "--resume-failed", "--header", ":", "./step"];
  await folder.run(line, { stdin: "name\na\nb\nc\n" });
  assertEquals(folder.ran(), "a b");
  const { code, stdout } = await folder.run(line, { stdin: "" });
  assertEquals([code, stdout, folder.ran()], [2, "", ""]);
});

Deno.test("fanfold retry uses the inputs that were kept where stdin has nothing any more", async () => {
  using folder = new Steps({ "bad-b": "" });
  await folder.run(["each", "--resume", "./step"], { stdin: "a\nb\nc\n" });
  Deno.removeSync(folder.at("bad-b"));
  assertEquals(folder.ran(), "a b c");
  const { code, stdout } = await folder.run(["retry", ...folder.runs], { stdin: "" });
  assertEquals([code, stdout, folder.ran()], [0, 'out a, "q"\nout b, "q"\nout c, "q"\n', "b"]);
  assertEquals(await stateOf(folder), "ended");
});

/** A run over files that a failure has halted behind two of three. */
async function haltedOverFiles(): Promise<Steps> {
  const source = { files: "in/*" };
  const it = { command: ["./step", "{/}"], inputs: source, jobs: 1, halt: "soon" };
  const folder = new Steps({
    "fanfold.json": JSON.stringify({ tasks: { it } }),
    ...{ "in/a": "", "in/b": "", "in/c": "", "bad-b": "" },
  });
  await folder.run(["run"]);
  Deno.removeSync(folder.at("bad-b"));
  assertEquals(folder.ran(), "a b");
  return folder;
}

Deno.test("fanfold run --resume faults where the files of its inputs have moved", async () => {
  using folder = await haltedOverFiles();
  Deno.renameSync(folder.at("in"), folder.at("moved"));
  const { code, stdout, stderr } = await folder.run(["run", "--resume-failed"]);
  assertEquals([code, stdout, folder.ran()], [2, "", ""]);
  assertEquals(stderr.includes("or begin anew without --resume"), true, stderr);
  assertEquals(await stateOf(folder), "interrupted");
  Deno.renameSync(folder.at("moved"), folder.at("in"));
  assertEquals((await folder.run(["run", "--resume-failed"])).code, 0);
  assertEquals([folder.ran(), await stateOf(folder)], ["b c", "ended"]);
});

Deno.test("fanfold run --resume does the rest where some of its files are gone, and is not at its end", async () => {
  using folder = await haltedOverFiles();
  Deno.removeSync(folder.at("in/a"));
  const { code, stdout, stderr } = await folder.run(["run", "--resume-failed"]);
  assertEquals([code, stdout, folder.ran()], [0, 'out b, "q"\nout c, "q"\n', "b c"]);
  const [id] = folder.runs;
  assertEquals(
    stderr.split("\n").at(-2),
    `fanfold: run ${id} is not taken for ended: it has kept 1 job of task "it", whose input is gone; ` +
      `what it has is told by: fanfold show ${id}`,
  );
  assertEquals(await stateOf(folder), "interrupted");
});

for (const format of ["text", "json"]) {
  Deno.test(`fanfold run --resume prints no fold of inputs that are lost, in ${format}`, async () => {
    const length = { run: "./m.ts#lengthOf", fold: "./m.ts#add", initial: 0 };
    const tasks = {
      read: { command: ["./step"], inputs: { stdin: "lines" }, jobs: 1, halt: "soon" },
      sum: { ...length, inputs: { from: "read" } },
      same: { ...length, inputs: ["abc"], needs: "sum" },
    };
    using folder = new Steps({ "fanfold.json": JSON.stringify({ tasks }), "bad-b": "" });
    await folder.run(["run"], { stdin: "a\nb\nc\n" });
    Deno.removeSync(folder.at("bad-b"));
    const line = ["run", "--resume-failed", "--format", format];
    const lost = await folder.run(line, { stdin: "" });
    const [id] = folder.runs;
    // What comes after may have been called with the one that was well, before the other had ended.
    const stderr = lost.stderr.replace(": 3 jobs had ended", ": 2 jobs had ended");
    assertEquals([lost.code, lost.stdout.replace(/^{"read":\[\]/, ""), stderr], [
      2,
      format === "json" ? "{" : "",
      `fanfold: goes on with run ${id}: 2 jobs had ended, 1 of them not well, which is done again
fanfold: Cannot end run ${id}: it has kept 2 jobs of task "read", and found no input at all
  hint: feed it the same stdin, or begin anew without --resume; what it has is told by: fanfold show ${id}
`,
    ]);
    const whole = await folder.run(line, { stdin: "a\nb\nc\n" });
    assertEquals(whole.code, 0, whole.stderr);
    const texts = ["a", "b", "c"].map((name) => `out ${name}, "q"`);
    const sum = texts.join("").length;
    assertEquals(
      whole.stdout,
      format === "json"
        ? `${JSON.stringify({ read: texts, sum, same: 3 })}\n`
        : `${texts.join("\n")}\n${sum}\n3\n`,
    );
  });
}
