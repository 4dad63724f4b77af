import { assertEquals } from "@std/assert";
import { RunLock } from "../../lib/journal/runs_folder.ts";
import { ended, record, write } from "../journal/journals.ts";
import { fanfold, Folder } from "../support/program.ts";
import { steady } from "../support/kept_text.ts";

const IDS = ["20260101-000000-aaaaaa", "20260102-000000-bbbbbb", "20260103-000000-cccccc"];

/** A folder with three runs, each of which was written at the moment it is named after. */
async function withRuns(): Promise<Folder> {
  const folder = new Folder({ ".fanfold/runs/mine.db": "no run" });
  for (const [i, id] of IDS.entries()) {
    const path = folder.at(`.fanfold/runs/${id}.db`);
    await write(path, [record("a")], [ended("a", 0, 1)], "ended");
    Deno.writeTextFileSync(`${path}-shm`, "");
    const at = new Date(Date.UTC(2026, 0, i + 1));
    for (const name of [path, `${path}-shm`]) Deno.utimeSync(name, at, at);
  }
  return folder;
}

/** Names of the files that are left. */
function left(folder: Folder): readonly string[] {
  return [...Deno.readDirSync(folder.at(".fanfold/runs"))].map(({ name }) => name).sort();
}

async function runs(
  folder: Folder,
  ...args: readonly string[]
): Promise<readonly [code: number, stdout: string, stderr: string]> {
  const { code, stdout, stderr } = await fanfold(["runs", ...args], { cwd: folder.path });
  return [code, stdout.replaceAll(folder.path, "."), stderr];
}

Deno.test("fanfold runs lists the latest first, and those that cannot be read as such", async () => {
  using folder = new Folder({
    ".fanfold/runs/20260131-000000-aaaaaa.db": "damaged",
    "fanfold.yaml": "tasks: { a: { shell: exit $1, inputs: [0, 0, 1] }, b: { shell: 'true' } }",
  });
  await fanfold(["run"], { cwd: folder.path });
  const [code, stdout, stderr] = await runs(folder);
  const file = ".fanfold/runs/20260131-000000-aaaaaa.db";
  assertEquals([code, stderr, steady(stdout, folder.path)], [
    3,
    `fanfold: Cannot read the journal "${file}": file is not a database
  hint: remove it, or name another run; fanfold runs lists those that are kept
`,
    `RUN  WHEN  ended       3 done, 1 not ROOM  fanfold.yaml: a, b
RUN                       unreadable ROOM  Cannot read the journal ".fanfold/runs/RUN.db": file is not a database
`,
  ]);
  const list = JSON.parse((await runs(folder, "--format", "json"))[1]);
  const lines = (await runs(folder, "--format", "ndjson"))[1].trim().split("\n");
  assertEquals(lines.map((line) => JSON.parse(line)), list);
  const rows = (await runs(folder, "--format", "csv"))[1].trimEnd().split("\n");
  assertEquals(rows, [
    "id,state,startedAt,done,notWell,since,pid,inputs,bytes,folder,argv,file,tasks,fault",
    `${list[0].id},ended,${list[0].startedAt},3,1,,,,${list[0].bytes},.,` +
    '"[""run""]",./fanfold.yaml,"[""a"",""b""]",',
    `20260131-000000-aaaaaa,unreadable,,,,,,,7,,,,,"${list[1].fault.replaceAll('"', '""')}"`,
  ]);
  const { id: _id, startedAt: _startedAt, bytes: _bytes, ...first } = list[0];
  assertEquals(first, {
    state: "ended",
    done: 3,
    notWell: 1,
    folder: ".",
    argv: ["run"],
    file: "./fanfold.yaml",
    tasks: ["a", "b"],
  });
  assertEquals(list[1], {
    id: "20260131-000000-aaaaaa",
    state: "unreadable",
    bytes: 7,
    fault: `Cannot read the journal "${file}": file is not a database`,
  });
});

Deno.test("fanfold knows the run that was begun last among those of one second", async () => {
  using folder = new Folder();
  const each = (n: string) => {
    return fanfold(["each", "--state-dir", ".fanfold", "echo", ":::", n], { cwd: folder.path });
  };
  await each("0");
  const [first = ""] = left(folder).filter((name) => name.endsWith(".db"));
  // All that begin now begin in the second of this one.
  const ahead = "99990101-000000";
  Deno.renameSync(
    folder.at(`.fanfold/runs/${first}`),
    folder.at(`.fanfold/runs/${ahead}-aaaaaa.db`),
  );
  for (const n of ["1", "2", "3"]) await each(n);
  const list = JSON.parse((await runs(folder, "--format", "json"))[1]);
  assertEquals(
    list.map(({ argv }: { argv: readonly string[] }) => argv.at(-1)),
    ["3", "2", "1", "0"],
  );
  assertEquals(list.every(({ id }: { id: string }) => id.startsWith(ahead)), true);
  const shown = await fanfold(["show", "last", "--format", "json"], { cwd: folder.path });
  assertEquals(JSON.parse(shown.stdout).argv.at(-1), "3");
  await runs(folder, "--prune", "--keep", "1");
  assertEquals(left(folder).filter((name) => name.startsWith(ahead)), [`${list[0].id}.db`]);
});

Deno.test("fanfold runs lists nothing where nothing is kept", async () => {
  using folder = new Folder();
  assertEquals(await runs(folder), [0, "", ""]);
  assertEquals(await runs(folder, "--format", "json"), [0, "[]\n", ""]);
});

Deno.test("fanfold runs --prune --keep removes all but the latest, with the files beside them", async () => {
  using folder = await withRuns();
  const [code, stdout] = await runs(folder, "--prune", "--keep", "1");
  assertEquals([code, steady(stdout, folder.path)], [
    0,
    "removed RUN: ROOM\nremoved RUN: ROOM\n2 of 3 runs removed, ROOM given back\n",
  ]);
  assertEquals(left(folder), [`${IDS[2]}.db`, `${IDS[2]}.db-shm`, "mine.db"]);
});

Deno.test("fanfold runs --prune --older-than removes what was written before", async () => {
  using folder = await withRuns();
  const now = new Date();
  Deno.utimeSync(folder.at(`.fanfold/runs/${IDS[0]}.db`), now, now);
  assertEquals((await runs(folder, "--prune", "--older-than", "1h"))[0], 0);
  assertEquals(left(folder), [`${IDS[0]}.db`, `${IDS[0]}.db-shm`, "mine.db"]);
});

Deno.test("fanfold runs --prune with both limits removes only what both let go", async () => {
  using folder = await withRuns();
  await runs(folder, "--prune", "--keep", "2", "--older-than", "1d");
  assertEquals(left(folder).filter((name) => name.endsWith(".db")), [
    `${IDS[1]}.db`,
    `${IDS[2]}.db`,
    "mine.db",
  ]);
  assertEquals((await runs(folder, "--prune", "--keep", "0", "--older-than", "99999d"))[0], 0);
  assertEquals(left(folder).length, 5);
});

Deno.test("fanfold runs --prune leaves a run that is under way", async () => {
  using folder = new Folder();
  Deno.mkdirSync(folder.at(".fanfold/runs"), { recursive: true });
  const path = folder.at(`.fanfold/runs/${IDS[0]}.db`);
  await write(path, [record("a")], []);
  using _lock = new RunLock(path);
  assertEquals(await runs(folder, "--prune", "--keep", "0"), [
    0,
    `kept ${IDS[0]}: it is under way\n0 of 1 runs removed, 0 B given back\n`,
    "",
  ]);
  assertEquals(left(folder), [`${IDS[0]}.db`, `${IDS[0]}.db.lock`]);
});

Deno.test("fanfold runs removes nothing without a limit, or with one that cannot be read", async () => {
  using folder = await withRuns();
  const before = left(folder);
  const wanted = {
    "--prune": "Cannot prune runs: found no limit, wanted --keep or --older-than",
    "--keep 1": "Cannot read --keep: it goes with --prune only",
    "--older-than 1d": "Cannot read --older-than: it goes with --prune only",
    "--prune --keep 1 --format csv": "Cannot combine --prune and --format csv",
    "--prune --keep some": 'Cannot read --keep: found "some", wanted a whole number from 0',
    "--prune --keep 99999999999999999999":
      'Cannot read --keep: found "99999999999999999999", wanted a whole number from 0 to 9007199254740991',
    "--prune --older-than 30":
      'Cannot read --older-than: found "30", wanted a time with its unit: 90m, 12h, 30d',
  };
  for (const [args, message] of Object.entries(wanted)) {
    assertEquals(await runs(folder, ...args.split(" ")), [2, "", `fanfold: ${message}\n`]);
  }
  assertEquals(left(folder), before);
});
