import { assertEquals } from "@std/assert";
import { fanfold, Folder, MAIN, program } from "../support/program.ts";
import { HEADING } from "../../lib/output/outcome_printer.ts";
import { steady } from "../support/kept_text.ts";
import { until } from "../support/shared_folder.ts";

const TASKS = {
  "fanfold.yaml": `tasks:
  odd:
    shell: 'echo "$1"; echo "oops $1" >&2; test "$1" != 3'
    inputs: [1, 2, 3]
    jobs: 1
  words:
    run: ./words.ts#long
    inputs: ["a,b", "c"]
    jobs: 1
`,
  "words.ts": `export const long = (word: string) => {
  if (word === "c") throw new TypeError("too short");
  return { word };
};
`,
};

/** A folder in which a run of these tasks has ended. */
async function ran(files: Readonly<Record<string, string>> = TASKS): Promise<Folder> {
  const folder = new Folder(files);
  await fanfold(["run"], { cwd: folder.path });
  return folder;
}

async function shown(folder: Folder, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await fanfold(["show", ...args], { cwd: folder.path });
  assertEquals([code, stderr], [0, ""]);
  return steady(stdout, folder.path);
}

Deno.test("fanfold show tells how a run ended, the first cause, the times, and how to go on", async () => {
  using folder = await ran();
  const text = (await shown(folder, "last")).replace(/^task .*median$/m, "HEADING");
  const lines = text.split("\n");
  const slowest = lines.splice(lines.indexOf("slowest jobs:") + 1, 5);
  assertEquals(
    lines.join("\n"),
    `RUN: ended, 5 jobs: 3 done, 2 failed
  fanfold run
  in ., started WHEN, ended WHEN

task "odd", job 3, input 3 failed: the command ended with exit code 1
  | oops 3

HEADING
odd       3 TIME TIME  2 done, 1 failed
words     2 TIME TIME  1 done, 1 failed

slowest jobs:

all 2 that did not end well: fanfold show RUN --failed

do again what did not end well with: fanfold retry RUN
`,
  );
  assertEquals(slowest.sort(), [
    ' TIME  task "odd", job 1, input 1',
    ' TIME  task "odd", job 2, input 2',
    ' TIME  task "odd", job 3, input 3 failed: the command ended with exit code 1',
    ' TIME  task "words", job 1, input "a,b"',
    ' TIME  task "words", job 2, input "c" failed: TypeError: too short',
  ]);
});

Deno.test("fanfold show --failed tells the jobs that did not end well, in every format", async () => {
  using folder = await ran();
  assertEquals(
    await shown(folder, "last", "--failed"),
    ` TIME  task "odd", job 3, input 3 failed: the command ended with exit code 1
 TIME  task "words", job 2, input "c" failed: TypeError: too short
`,
  );
  const list = JSON.parse(await shown(folder, "last", "--failed", "--format", "json"));
  const lines = (await shown(folder, "last", "--failed", "--format=ndjson")).trim().split("\n");
  assertEquals(list, lines.map((line) => JSON.parse(line)));
  assertEquals(list.map(({ task, index }: Record<string, unknown>) => [task, index]), [
    ["odd", 2],
    ["words", 1],
  ]);
});

Deno.test("fanfold show --format ndjson and csv print what the run would have printed", async () => {
  using folder = new Folder(TASKS);
  for (const format of ["ndjson", "csv"]) {
    const run = await fanfold(["run", "--format", format], { cwd: folder.path });
    const show = await fanfold(["show", "last", "--format", format], { cwd: folder.path });
    assertEquals(show, { code: 0, stdout: run.stdout, stderr: "" });
  }
});

Deno.test("fanfold each and map --format csv print a table", async () => {
  using folder = new Folder(TASKS);
  for (const [command, what, value] of [["each", "echo", "a,b"], ["map", "./words.ts#long"]]) {
    const { stdout } = await fanfold([command!, "--format", "csv", what!, ":::", "a,b"], {
      cwd: folder.path,
    });
    const [heading, row = "", ...rest] = stdout.split("\n");
    const cell = value === undefined ? `"{""word"":""a,b""}"` : `"${value}"`;
    const start = `${command},0,"a,b",done,${cell},,1,`;
    assertEquals([heading, row.slice(0, start.length), rest], [HEADING, start, [""]]);
  }
});

Deno.test("fanfold show --format csv is a table with a heading", async () => {
  using folder = await ran();
  const text = await shown(folder, "last", "--format", "csv");
  assertEquals(
    text.replaceAll(/,1,\d{13},[\d.]+,\d+,\d+$/gm, ",…"),
    `${
      [
        "task,index,input,kind,value,error,attempts,startedAt,durationMs,slot,pid",
        'odd,0,1,done,"1",,…',
        'odd,1,2,done,"2",,…',
        "odd,2,3,failed,,the command ended with exit code 1,…",
        'words,0,"a,b",done,"{""word"":""a,b""}",,…',
        "words,1,c,failed,,TypeError: too short,…",
      ].join("\n")
    }\n`,
  );
});

Deno.test("fanfold show --slow tells the slowest first, and with --failed those of them", async () => {
  using folder = await ran();
  const slow = JSON.parse(await shown(folder, "last", "--slow", "--format", "json"));
  const times: number[] = slow.map(({ durationMs }: { durationMs: number }) => durationMs);
  assertEquals([times.length, times], [5, times.toSorted((a, b) => b - a)]);
  const failed = JSON.parse(await shown(folder, "last", "--slow", "--failed", "--format", "json"));
  assertEquals(failed.map(({ kind }: { kind: string }) => kind), ["failed", "failed"]);
});

Deno.test("fanfold show takes an id, the start of one, and the folder of the tasks file", async () => {
  using folder = await ran();
  const [file] = [...Deno.readDirSync(folder.at(".fanfold/runs"))]
    .filter(({ name }) => name.endsWith(".db"));
  const id = file!.name.replace(".db", "");
  const whole = await shown(folder, id);
  assertEquals(await shown(folder, id.slice(0, 16)), whole);
  Deno.mkdirSync(folder.at("below"));
  const { code, stdout } = await fanfold(["show", id], { cwd: folder.at("below") });
  assertEquals([code, stdout.slice(0, 22)], [0, id]);
});

Deno.test("fanfold show names the runs that there are when there is none of that name", async () => {
  using folder = new Folder({ ".fanfold/runs/20260131-000000-aaaaaa.db": "damaged" });
  const faultOf = async (...args: readonly string[]) => {
    const { code, stderr } = await fanfold(["show", ...args], { cwd: folder.path });
    return [code, stderr];
  };
  assertEquals(await faultOf("20260131-000000-aaaaab"), [
    2,
    `fanfold: Cannot find run "20260131-000000-aaaaab": there is no such run in ".fanfold/runs"
  hint: did you mean "20260131-000000-aaaaaa"?
`,
  ]);
  assertEquals(await faultOf("last"), [
    3,
    `fanfold: Cannot read the journal ".fanfold/runs/20260131-000000-aaaaaa.db": file is not a database
  hint: remove it, or name another run; fanfold runs lists those that are kept
`,
  ]);
  folder.write(".fanfold/runs/20260131-000000-bbbbbb.db", "damaged");
  assertEquals(await faultOf("2026"), [
    2,
    `fanfold: Cannot find run "2026": found 2 that begin so, wanted one
  hint: they are "20260131-000000-bbbbbb", "20260131-000000-aaaaaa"
`,
  ]);
  assertEquals(await faultOf("last", "--state-dir", "none"), [
    2,
    `fanfold: Cannot find run "last": there is no such run in "none/runs"
  hint: no run is kept there; --state-dir names another folder
`,
  ]);
  assertEquals((await faultOf())[0], 2);
});

Deno.test("fanfold show tells of a journal that is damaged where it reads it last", async () => {
  using folder = await ran();
  const [{ name } = { name: "" }] = [...Deno.readDirSync(folder.at(".fanfold/runs"))]
    .filter(({ name }) => name.endsWith(".db"));
  const path = folder.at(`.fanfold/runs/${name}`);
  const bytes = Deno.readFileSync(path);
  // All that follows the pages of the schema and of the first tables.
  Deno.writeFileSync(path, bytes.fill(0xff, 4 * 4096));
  const { code, stderr } = await fanfold(["show", "last", "--failed"], { cwd: folder.path });
  assertEquals([code, steady(stderr, folder.path)], [
    3,
    `fanfold: Cannot read the journal ".fanfold/runs/RUN.db": database disk image is malformed
  hint: remove it, or name another run; fanfold runs lists those that are kept
`,
  ]);
});

const KILLED = {
  "fanfold.yaml": `tasks:
  nap:
    shell: 'echo "$1"; test "$1" -lt 3 || { touch started; sleep 1000; }'
    inputs: [1, 2, 3, 4]
    jobs: 1
`,
};

/** Runs the tasks until the third job has begun, looks at what there is, and kills the runner. */
async function killed(folder: Folder, look: () => Promise<void> = async () => {}): Promise<void> {
  await using runner = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, "run"],
    cwd: folder.path,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const names = () => [...Deno.readDirSync(folder.path)].map(({ name }) => name);
  await until("the third job", () => names().includes("started"));
  await look();
  runner.kill("SIGKILL");
  await runner.status;
}

Deno.test("fanfold show and runs read a run that is under way, and one that was killed", async () => {
  using folder = new Folder(KILLED);
  const runs = async () =>
    steady((await fanfold(["runs"], { cwd: folder.path })).stdout, folder.path);
  await killed(folder, async () => {
    const [first] = (await shown(folder, "last")).split("\n");
    assertEquals(first, "RUN: under way for TIME, 2 of 4 jobs so far: 2 done");
    assertEquals(await runs(), "RUN  WHEN  under way  2 done, of 4 ROOM  fanfold.yaml: nap\n");
  });
  const lines = (await shown(folder, "last")).split("\n");
  assertEquals(lines[0], "RUN: interrupted after 2 jobs: 2 done");
  assertEquals(lines.at(-2), "go on with: fanfold retry RUN");
  assertEquals(await runs(), "RUN  WHEN  interrupted  2 done ROOM  fanfold.yaml: nap\n");
  const names = [...Deno.readDirSync(folder.at(".fanfold/runs"))].map(({ name }) =>
    name.replace(/^.*\.db/, "")
  );
  assertEquals(names.sort(), ["", "-shm", "-wal", ".gitignore", ".lock"]);
});

/** A program that may not write where the mode of a folder forbids it: root may, unless it gives that up. */
function bound(argv: readonly string[]): [name: string, ...args: string[]] {
  const giveUp = ["--bounding-set=-dac_override", "--inh-caps=-dac_override"];
  return Deno.uid() === 0 ? ["setpriv", ...giveUp, ...argv] : ["env", ...argv];
}

Deno.test("fanfold show reads runs in a folder that cannot be written, killed ones too", async () => {
  using folder = new Folder(KILLED);
  await killed(folder);
  const runs = folder.at(".fanfold/runs");
  const whole = await shown(folder, "last");
  Deno.chmodSync(runs, 0o555);
  try {
    const read = async () => {
      const [name, ...args] = bound([Deno.execPath(), "run", "-A", MAIN, "show", "last"]);
      const { code, stdout, stderr } = await program(name, args, { cwd: folder.path });
      return [code, steady(stdout, folder.path), stderr];
    };
    const [touch, ...args] = bound(["touch", `${runs}/new`]);
    assertEquals((await program(touch, args)).code, 1);
    assertEquals(await read(), [0, whole, ""]);
  } finally {
    Deno.chmodSync(runs, 0o700);
  }
});

const hasSqlite = await program("sqlite3", ["--version"]).then(() => true, () => false);

Deno.test({
  name:
    "the view of a journal answers what the README asks sqlite3 (needs it: apt-get install sqlite3)",
  ignore: !hasSqlite,
  fn: async () => {
    using folder = await ran();
    const asked = async (query: string) => {
      const [file] = [...Deno.readDirSync(folder.at(".fanfold/runs"))]
        .filter(({ name }) => name.endsWith(".db"));
      return (await program("sqlite3", [folder.at(`.fanfold/runs/${file!.name}`), query])).stdout;
    };
    assertEquals(
      await asked("select task, kind, count(*) from outcomes group by task, kind"),
      "odd|done|2\nodd|failed|1\nwords|done|1\nwords|failed|1\n",
    );
    assertEquals(
      await asked("select input, error ->> 'message' from outcomes where kind <> 'done'"),
      '3|the command ended with exit code 1\n"c"|too short\n',
    );
    assertEquals(
      await asked(
        "select idx, trim(cast(stdout as text), char(10)) from outcomes where task = 'odd'",
      ),
      "0|1\n1|2\n2|3\n",
    );
  },
});
