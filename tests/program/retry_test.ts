import { assertEquals, assertMatch } from "@std/assert";
import { fanfold } from "../support/program.ts";
import { Steps } from "../support/steps.ts";

/** The id of the only run. */
function runOf(folder: Steps): string {
  const [runId = "", ...others] = folder.runs;
  assertEquals(others, []);
  return runId;
}

const TASKS = JSON.stringify({
  tasks: {
    steps: { command: ["./step", "{}"], inputs: ["a", "b", "c"], jobs: 1, retries: 2 },
    after: { command: ["./step", "after"], needs: ["steps"] },
  },
});

Deno.test("fanfold retry does again in its folder what failed in a run, and what it has not come to", async () => {
  using folder = new Steps({ "fanfold.json": TASKS, "bad-b": "" });
  using elsewhere = new Steps();
  const FANFOLD_STATE = elsewhere.at(".fanfold");
  const { stderr } = await folder.run(["run"], { env: { FANFOLD_STATE } });
  assertEquals(stderr.split("\n").slice(-4, -1), [
    'fanfold: task "after" skipped: it needs "steps", which did not end well',
    "fanfold: 3 jobs: 2 done, 1 failed",
    `fanfold: do again what failed with: fanfold retry ${
      runOf(elsewhere)
    } --state-dir ${FANFOLD_STATE}`,
  ]);
  assertEquals(folder.ran(), "a b b b c");
  Deno.removeSync(folder.at("bad-b"));
  const { code, stdout } = await elsewhere.run(["retry", runOf(elsewhere)]);
  assertEquals([code, stdout], [
    0,
    ["a", "b", "c", "after"].map((x) => `out ${x}, "q"\n`).join(""),
  ]);
  assertEquals([folder.ran(), elsewhere.runs.length], ["after b", 1]);
});

Deno.test("fanfold retry goes on with a run of each that was ended, with the options it had", async () => {
  using folder = new Steps({ "bad-a": "", list: "a\nb\nc\n" });
  const options = ["-j1", "--format", "json", "--state-dir", "kept"];
  const line = ["each", ...options, "--resume", "./step", "::::", "list"];
  await folder.interrupted(line, "c");
  assertEquals(folder.ran(), "a b c");
  const [name = ""] = [...Deno.readDirSync(folder.at("kept/runs"))].map(({ name }) => name)
    .filter((name) => name.endsWith(".db"));
  const named = name.slice(0, -4);
  const { code, stdout, stderr } = await folder.run(["retry", named, "--state-dir", "kept"]);
  assertEquals([code, JSON.parse(stdout)], [1, [null, 'out b, "q"', 'out c, "q"']]);
  assertEquals(folder.ran(), "a c");
  assertEquals(
    stderr.split("\n").at(-2),
    `fanfold: do again what failed with: fanfold retry ${name.slice(0, -3)} --state-dir kept`,
  );
});

Deno.test("fanfold retry refuses a run that is not there, and one whose folder is gone", async () => {
  using folder = new Steps();
  const none = await folder.run(["retry", "2026"]);
  assertEquals([none.code, none.stderr.split("\n")], [2, [
    'fanfold: Cannot retry run "2026": there is no such run in ".fanfold/runs"',
    "  hint: no run is kept there; --state-dir names another folder",
    "",
  ]]);
  const two = await folder.run(["retry", "a", "b"]);
  assertEquals([two.code, two.stderr], [
    2,
    'fanfold: Cannot run fanfold retry: wanted one run, found "b" too\n',
  ]);
  const state = ["--state-dir", folder.at("kept")];
  const path = (() => {
    using gone = new Steps();
    return gone.path;
  })();
  Deno.mkdirSync(path);
  await fanfold(["each", ...state, "echo", ":::", "a"], { cwd: path });
  Deno.removeSync(path, { recursive: true });
  const { code, stderr } = await folder.run(["retry", "2", ...state]);
  assertEquals(code, 3);
  assertMatch(stderr, /^fanfold: Cannot retry run "[^"]+" in "[^"]+": No such file or directory/);
});

const SEEN = `
export function seen(input: unknown, { index, task, attempt }: Record<string, unknown>) {
  console.log(JSON.stringify({ input, index, task, attempt, cwd: Deno.cwd().split("/").at(-1) }),
    Deno.env.get("MARK"));
  throw new Error("seen");
}`;

Deno.test("fanfold repro does one job again with its input, its index and its task's rules, once", async () => {
  const rules = { isolation: "process", env: { MARK: "here" }, cwd: "sub", retries: 3 };
  const tasks = {
    seen: { run: "./seen.ts#seen", inputs: [1, { a: [null, "é"] }], timeout: "1m", ...rules },
    steps: { command: ["./step", "{#}-{x}"], inputs: [{ x: 1 }, { x: 2 }, { x: 3 }] },
  };
  using folder = new Steps({
    "fanfold.json": JSON.stringify({ tasks }),
    "seen.ts": SEEN,
    "sub/file": "",
  });
  await folder.run(["run"]);
  folder.ran();
  const runId = runOf(folder);
  const journal = () => Deno.readFileSync(folder.at(`.fanfold/runs/${runId}.db`));
  const before = journal();
  const { code, stdout, stderr } = await folder.run(["repro", runId, "seen", "2"]);
  assertEquals(
    [code, stdout],
    [1, '{"input":{"a":[null,"é"]},"index":1,"task":"seen","attempt":1,"cwd":"sub"} here\n'],
  );
  assertMatch(
    stderr,
    /^fanfold: task "seen", job 2, input \{"a":\[null,"é"\]\} failed: Error: seen\n/,
  );
  assertEquals(stderr.split("\n").at(-2), "fanfold: 1 job: 0 done, 1 failed");
  const third = await folder.run(["repro", runId, "steps", "3"]);
  assertEquals([third.code, third.stdout, folder.ran()], [0, 'out 3-3, "q"\n', "3-3"]);
  assertEquals(journal(), before);
});

Deno.test("fanfold repro does a job of each again, whatever its inputs were read from", async () => {
  using folder = new Steps();
  const line = ["each", "--state-dir", ".fanfold", "--header", ":", "--colsep", ",", "./step"];
  await folder.run([...line, "{#}-{w}"], { stdin: "h,w\n1,2\n3,4\n" });
  folder.ran();
  const { code, stdout } = await folder.run(["repro", runOf(folder), "each", "2"]);
  assertEquals([code, stdout], [0, 'out 2-4, "q"\n']);
});

Deno.test("fanfold repro does a job of map again, though its input was too long for a row", async () => {
  using folder = new Steps();
  const long = JSON.stringify("é".repeat(100_000));
  const line = ["map", "--state-dir", ".fanfold", "--json", "./m.ts#lengthOf"];
  await folder.run(line, { stdin: `"a"\n${long}\n` });
  const { code, stdout } = await folder.run(["repro", runOf(folder), "map", "2"]);
  assertEquals([code, stdout], [0, "100000\n"]);
});

Deno.test("fanfold repro gives a job the time that it had, or that is asked for", async () => {
  using folder = new Steps();
  const options = ["--state-dir", ".fanfold", "--timeout", "100ms"];
  const { code } = await folder.run(["each", ...options, "sleep", ":::", "0.5"]);
  assertEquals(code, 1);
  const repro = ["repro", runOf(folder), "each", "1"];
  const again = await folder.run(repro);
  assertEquals([again.code, again.stderr.split("\n")], [1, [
    'fanfold: task "each", job 1, input "0.5" timed-out: it took longer than 100 ms',
    `  repeat: fanfold ${repro.join(" ")}`,
    "fanfold: 1 job: 0 done, 1 timed-out",
    "",
  ]]);
  const long = await folder.run([...repro, "--timeout", "1h"]);
  assertEquals(long, { code: 0, stdout: "", stderr: "" });
});

Deno.test("fanfold repro ends a job in the time that is asked for", async () => {
  using folder = new Steps();
  await folder.interrupted(["each", "-j1", "--resume", "./step", ":::", "a", "b"], "b");
  folder.write("shut-a", "");
  const args = ["repro", runOf(folder), "each", "1", "--timeout", "200ms"];
  const { code, stderr } = await folder.run(args);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^fanfold: task "each", job 1, input "a" timed-out: it took longer than 200 ms/,
  );
});

Deno.test("fanfold repro names what there is instead of a job that is not there", async () => {
  using folder = new Steps();
  await folder.run(["each", "--resume", "./step", ":::", "a"]);
  const runId = runOf(folder);
  const told = async (...args: string[]) => {
    const { code, stderr } = await folder.run(["repro", ...args]);
    assertEquals(code, 2);
    return stderr;
  };
  assertEquals(
    await told(runId, "each", "2"),
    `fanfold: Cannot do job 2 of task "each" again: in run "${runId}" no such job has ended\n` +
      "  hint: jobs are counted from 1\n",
  );
  assertEquals(
    await told(runId, "eahc", "1"),
    `fanfold: Cannot do job 1 of task "eahc" again: run "${runId}" has no such task\n` +
      '  hint: did you mean "each"?\n',
  );
  assertEquals(
    await told(runId, "each", "0"),
    'fanfold: Cannot read the number of a job: found "0", wanted 1, 2, 3…\n' +
      "  hint: jobs are counted from 1; the index that programs are given is one less\n",
  );
  assertEquals(
    await told(runId, "each"),
    `fanfold: Cannot run fanfold repro: found "${runId} each", wanted RUN TASK JOB\n`,
  );
});

Deno.test("fanfold run tries a command again beside another task", async () => {
  using folder = new Steps({
    "fanfold.json": JSON.stringify({
      tasks: {
        // Until the other one has run twice.
        other: { shell: 'until [ "$(wc -l < tried)" -ge 2 ]; do sleep 0.01; done' },
        again: { shell: "echo >> tried; exit 1", retries: 1 },
      },
    }),
    tried: "",
  });
  const { code, stderr } = await folder.run(["run", "--no-journal", "-j2"]);
  assertEquals([code, stderr.split("\n").at(-2)], [1, "fanfold: 2 jobs: 1 done, 1 failed"]);
});
