import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Fault } from "../../lib/fault.ts";
import { keptOutcomes } from "../../lib/journal/kept_outcomes.ts";
import { KeptRun } from "../../lib/journal/kept_run.ts";
import { type NamedRow, sumOfRow } from "../../lib/journal/sums.ts";
import { seal } from "../../lib/journal/checks.ts";
import { isHeld, RunLock } from "../../lib/journal/runs_folder.ts";
import { Folder } from "../support/folder.ts";
import { ended, kept, record, write } from "./journals.ts";

const JOBS = [ended("a", 0, 1), ended("a", 1, 2, { kind: "failed" }), ended("b", 0, 3)];
const TASKS = [record("a"), record("b")];

Deno.test("KeptRun.open() leaves no files beside a journal", async () => {
  using folder = new Folder();
  using run = await kept(folder.at("r.db"), TASKS, JOBS);
  assertEquals(run.counts, { done: 2, notWell: 1 });
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["r.db"]);
});

Deno.test("KeptRun.state is how the last session ended, or who holds the run", async () => {
  using folder = new Folder();
  const path = folder.at("r.db");
  const state = async () => {
    using run = await KeptRun.open(path);
    return run.state;
  };
  await write(path, TASKS, JOBS);
  assertEquals(await state(), "interrupted");
  {
    using _lock = new RunLock(path);
    assertEquals(await state(), "under way");
  }
  await write(path, TASKS, [], "ended");
  assertEquals(await state(), "ended");
});

Deno.test("isHeld() takes nothing from who wants a run that another left behind", () => {
  using folder = new Folder({ "r.db.lock": "" });
  assertEquals(isHeld(folder.at("r.db")), false);
  using shared = Deno.openSync(folder.at("r.db.lock"));
  assertEquals(isHeld(folder.at("r.db")), false);
  shared.lockSync(false);
  assertEquals(isHeld(folder.at("r.db")), false);
  shared.unlockSync();
  using _lock = new RunLock(folder.at("r.db"));
  assertEquals(isHeld(folder.at("r.db")), true);
});

Deno.test("RunLock is had by who wants it, however many look whether it is held", async () => {
  using folder = new Folder();
  const path = folder.at("r.db");
  const looks = `
    import { isHeld } from ${
    JSON.stringify(import.meta.resolve("../../lib/journal/runs_folder.ts"))
  };
    console.log("started");
    for (;;) isHeld(${JSON.stringify(path)});`;
  await using stack = new AsyncDisposableStack();
  const looker = new Deno.Command(Deno.execPath(), {
    args: ["eval", looks],
    stdout: "piped",
  }).spawn();
  stack.defer(async () => {
    looker.kill("SIGKILL");
    await looker.stdout.cancel();
    await looker.status;
  });
  const reader = looker.stdout.getReader();
  await reader.read();
  reader.releaseLock();
  for (let i = 0; i < 2000; i++) {
    // As a program leaves it that was killed.
    Deno.writeTextFileSync(`${path}.lock`, "");
    using _lock = new RunLock(path);
  }
});

Deno.test("KeptRun.tasks are those of now, in the order of before", async () => {
  using folder = new Folder();
  const path = folder.at("r.db");
  await write(path, TASKS, JOBS);
  await write(path, [record("a", "changed"), record("b")], [ended("a", 0, 9)]);
  using run = await KeptRun.open(path);
  assertEquals(run.tasks.map(({ name, digest }) => [name, digest]), [["a", "changed"], ["b", "b"]]);
  assertEquals(run.counts, { done: 2, notWell: 0 });
});

Deno.test("keptOutcomes() gives what was kept, in the order of inputs, whatever its length", async () => {
  using folder = new Folder();
  const many = Array.from({ length: 250 }, (_, i) => ended("a", i, i === 7 ? "x".repeat(1e5) : i));
  using run = await kept(folder.at("r.db"), TASKS, [...many].reverse());
  const outcomes = [...keptOutcomes(run.database, run.tasks[0]!)];
  const plain = outcomes.map((outcome) => ({ ...outcome, output: undefined }));
  assertEquals(plain, many.map((outcome) => ({ ...outcome, pid: undefined, output: undefined })));
  assertEquals([...keptOutcomes(run.database, run.tasks[0]!, { onlyFailed: true })], []);
});

Deno.test("KeptRun.open() tells a damaged journal, one of a newer version, and what is none", async () => {
  using folder = new Folder({ "text.db": "no database", "empty.db": "" });
  await write(folder.at("newer.db"), TASKS, JOBS);
  using newer = new DatabaseSync(folder.at("newer.db"));
  newer.exec("PRAGMA user_version = 99");
  newer.close();
  new DatabaseSync(folder.at("foreign.db")).exec("CREATE TABLE t (a)");
  await write(folder.at("cut.db"), TASKS, JOBS);
  Deno.truncateSync(folder.at("cut.db"), 5000);
  const faultOf = async (name: string) => {
    const { kind, message } = await assertRejects(() => KeptRun.open(folder.at(name)), Fault);
    return [kind, message.replaceAll(`${folder.path}/`, "")];
  };
  const none = "it is no journal of fanfold";
  assertEquals(await faultOf("newer.db"), [
    "journal",
    'Cannot open the journal "newer.db": found version 99, wanted 2 or less',
  ]);
  assertEquals(await faultOf("foreign.db"), [
    "journal",
    `Cannot open the journal "foreign.db": ${none}`,
  ]);
  assertEquals(await faultOf("empty.db"), [
    "journal",
    `Cannot open the journal "empty.db": ${none}`,
  ]);
  assertEquals(await faultOf("text.db"), [
    "journal",
    'Cannot read the journal "text.db": file is not a database',
  ]);
  assertEquals(await faultOf("cut.db"), [
    "journal",
    'Cannot read the journal "cut.db": database disk image is malformed',
  ]);
  assertEquals((await faultOf("missing.db"))[0], "journal");
});

Deno.test("KeptRun.open() refuses a journal that says of its run what no program writes, whatever its sums", async () => {
  for (const column of ["origin", "argv"]) {
    for (const text of ["it", '{"a":1}', '["run",5]']) {
      using folder = new Folder();
      const path = folder.at("r.db");
      await write(path, TASKS, JOBS);
      using database = new DatabaseSync(path);
      database.prepare(`UPDATE run SET ${column} = ?`).run(text);
      seal(database);
      const message =
        `Cannot read the journal "${path}": it is damaged: what it says of its run cannot be read`;
      await assertRejects(() => KeptRun.open(path), Fault, message);
    }
  }
});

Deno.test("keptOutcomes() refuses what cannot be read of a job, whatever its sum", async () => {
  const errors = ["it", "null", '"E"', '{"name":5,"message":"m"}', '{"name":"E"}'];
  const parts = ['"stack":{}', '"cause":7', '"errors":5', '"errors":[null]', '"fields":1'];
  const wrong: Readonly<Record<"input" | "value" | "error", readonly (string | Uint8Array)[]>> = {
    input: ["it", new Uint8Array([1])],
    value: ["{", new Uint8Array([255, 15, 1])],
    error: [...errors, ...parts.map((part) => `{"name":"E","message":"m",${part}}`)],
  };
  const number = { input: 1, value: 1, error: 2 };
  for (const what of ["input", "value", "error"] as const) {
    for (const column of wrong[what]) {
      using folder = new Folder();
      const path = folder.at("r.db");
      await write(path, TASKS, JOBS);
      const database = new DatabaseSync(path);
      database.prepare(`UPDATE jobs SET ${what} = ? WHERE idx = ?`).run(column, number[what] - 1);
      for (const row of database.prepare("SELECT * FROM jobs").all()) {
        const sum = sumOfRow(row as unknown as NamedRow);
        database.prepare("UPDATE jobs SET sum = ? WHERE id = ?").run(sum, Number(row.id));
      }
      database.close();
      using run = await KeptRun.open(path);
      const job = `job ${number[what]} of task "a"`;
      const message =
        `Cannot read the journal "${path}": it is damaged: the ${what} of ${job} cannot be read`;
      assertThrows(() => [...keptOutcomes(run.database, run.tasks[0]!)], Fault, message);
    }
  }
});
