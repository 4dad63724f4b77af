import { assertEquals, assertMatch } from "@std/assert";
import { Steps } from "../support/steps.ts";

/** Tasks of which the first waits at `b`. */
function tasksFile(more: Record<string, unknown> = {}): string {
  const a = { command: ["./step", "{}"], inputs: ["a", "b", "c"], jobs: 1, ...more };
  return JSON.stringify({ tasks: { a, other: { command: ["./step", "z"], needs: ["a"] } } });
}

Deno.test("fanfold run --no-journal says nothing of how to go on", async () => {
  using folder = new Steps({ "fanfold.json": tasksFile(), "bad-b": "" });
  const { stderr } = await folder.run(["run", "--no-journal"]);
  assertEquals(stderr.split("\n").at(-2), "fanfold: 3 jobs: 2 done, 1 failed");
});

Deno.test("fanfold run that a failure has halted says how to go on, and that does", async () => {
  using folder = new Steps({ "fanfold.json": tasksFile({ halt: "soon" }), "bad-b": "" });
  const { stderr } = await folder.run(["run"]);
  assertEquals(folder.ran(), "a b");
  const [id = ""] = folder.runs;
  assertEquals(
    stderr.split("\n").at(-2),
    `fanfold: go on, and do again what failed, with: fanfold retry ${id}`,
  );
  Deno.removeSync(folder.at("bad-b"));
  const { code } = await folder.run(["retry", id]);
  assertEquals([code, folder.ran()], [0, "b c z"]);
});

Deno.test("fanfold repro names the run by its id in the line that repeats it", async () => {
  using folder = new Steps({
    "bad-a": "",
    "fanfold.json": JSON.stringify({
      tasks: { last: { command: ["./step", "{}"], inputs: ["a"], env: { A: "1" } } },
    }),
  });
  await folder.run(["run", "--state-dir", "last"]);
  const [name = ""] = [...Deno.readDirSync(folder.at("last/runs"))].map(({ name }) => name)
    .filter((name) => name.endsWith(".db"));
  const { stderr } = await folder.run(["repro", "--state-dir", "last", "last", "last", "1"]);
  const id = name.slice(0, -".db".length);
  assertMatch(stderr, new RegExp(`repeat: fanfold repro --state-dir last ${id} last 1\n`));
});

Deno.test("fanfold repro refuses a job whose input could not be kept", async () => {
  using folder = new Steps({
    "rows.ts": "export const rows = () => [1, Symbol('none')];",
    "fanfold.json": JSON.stringify({
      tasks: { a: { run: "./m.ts#lengthOf", inputs: { module: "./rows.ts#rows" } } },
    }),
  });
  await folder.run(["run"]);
  const { code, stderr } = await folder.run(["repro", folder.runs.join(), "a", "2"]);
  assertEquals([code, stderr], [
    2,
    'fanfold: Cannot do job 2 of task "a" again: its input could not be kept\n',
  ]);
});

Deno.test("fanfold run --resume-failed does again what has given a value that could not be kept", async () => {
  using folder = new Steps({
    "bad-z": "",
    "values.ts": `export const value = (n: number) => {
      Deno.writeTextFileSync("ran", n + "\\n", { append: true });
      return n === 2 ? new SharedArrayBuffer(n) : { n };
    };`,
    "fanfold.json": JSON.stringify({
      tasks: {
        a: { run: "./values.ts#value", inputs: [1, 2, 3], jobs: 1 },
        other: { command: ["./step", "z"], needs: ["a"] },
      },
    }),
  });
  await folder.run(["run"]);
  assertEquals(folder.ran(), "1 2 3 z");
  Deno.removeSync(folder.at("bad-z"));
  const { code, stdout } = await folder.run(["run", "--resume-failed"]);
  assertEquals([code, stdout, folder.ran()], [
    0,
    '{"n":1}\n{}\n{"n":3}\nout z, "q"\n',
    "2 z",
  ]);
});
