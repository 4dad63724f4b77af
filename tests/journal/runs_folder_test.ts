import { assertEquals, assertThrows } from "@std/assert";
import { Fault } from "../../lib/fault.ts";
import {
  claimRun,
  holderOf,
  keptRuns,
  makeRunsFolder,
  RunLock,
} from "../../lib/journal/runs_folder.ts";
import { Folder } from "../support/folder.ts";

function modeOf(path: string): string {
  return ((Deno.statSync(path).mode ?? 0) & 0o777).toString(8);
}

Deno.test("makeRunsFolder() makes folders for their owner alone, and keeps them out of git", () => {
  using folder = new Folder();
  const runs = folder.at(".fanfold/runs");
  makeRunsFolder(runs);
  makeRunsFolder(runs);
  assertEquals([modeOf(folder.at(".fanfold")), modeOf(runs)], ["700", "700"]);
  assertEquals(Deno.readTextFileSync(`${runs}/.gitignore`), "*\n");
});

Deno.test("claimRun() makes a file for its owner alone, whatever the umask", () => {
  const umask = Deno.umask();
  try {
    for (const mask of [0, 0o22, 0o77, 0o177, 0o777]) {
      using folder = new Folder();
      Deno.umask(mask);
      claimRun(folder.path, () => "a");
      Deno.umask(umask);
      assertEquals(modeOf(folder.at("a.db")), "600");
    }
  } finally {
    Deno.umask(umask);
  }
});

Deno.test("keptRuns() gives the latest run first, and none where there is no folder", () => {
  using folder = new Folder({
    "a.db": "",
    "c.db": "",
    "b.db": "",
    "b.db-wal": "",
    "c.db.lock": "",
  });
  assertEquals(keptRuns(folder.path), ["c", "b", "a"]);
  assertEquals(keptRuns(folder.at("none")), []);
});

Deno.test("RunLock is held once, until it is let go of, and leaves nothing", () => {
  using folder = new Folder();
  const path = folder.at("r.db");
  {
    using _lock = new RunLock(path);
    assertEquals(assertThrows(() => new RunLock(path), Fault).kind, "journal");
  }
  assertEquals([...Deno.readDirSync(folder.path)], []);
  using _again = new RunLock(path);
});

Deno.test({
  name: "makeRunsFolder() closes folders that others may enter, but for one that is not its own",
  ignore: Deno.build.os === "windows",
  fn: () => {
    const modeOf = (path: string) => (Deno.statSync(path).mode ?? 0) & 0o777;
    using folder = new Folder({ ".fanfold/runs/a.db": "", "state/runs/b.db": "" });
    for (const name of [".fanfold", "state"]) {
      Deno.chmodSync(folder.at(name), 0o777);
      Deno.chmodSync(folder.at(`${name}/runs`), 0o755);
      makeRunsFolder(folder.at(`${name}/runs`));
    }
    const names = [".fanfold", ".fanfold/runs", "state", "state/runs"];
    assertEquals(names.map((name) => modeOf(folder.at(name))), [0o700, 0o700, 0o777, 0o700]);
  },
});

Deno.test({
  name: "makeRunsFolder() makes folders for their owner alone, whatever the umask",
  ignore: Deno.build.os === "windows",
  fn: () => {
    using folder = new Folder();
    for (const umask of [0, 0o22, 0o77]) {
      const before = Deno.umask(umask);
      try {
        makeRunsFolder(folder.at(`${umask}/deep/runs`));
      } finally {
        Deno.umask(before);
      }
      for (const name of [`${umask}`, `${umask}/deep`, `${umask}/deep/runs`]) {
        assertEquals((Deno.statSync(folder.at(name)).mode ?? 0) & 0o777, 0o700, name);
      }
    }
  },
});

Deno.test("RunLock says who holds it and how far that is to go, while it is held", () => {
  using folder = new Folder();
  const path = folder.at("r.db");
  const holder = { pid: 7, inputs: { a: 1_000, ["__proto__"]: 2 }, repeatsFailed: false };
  {
    using lock = new RunLock(path);
    assertEquals(holderOf(path), undefined);
    lock.say({ ...holder, inputs: { ...holder.inputs, more: 3 } });
    lock.say(holder);
    assertEquals(holderOf(path), holder);
    for (
      const said of ["{", "null", '{"pid":7}', '{"pid":7,"inputs":{"a":"x"},"repeatsFailed":true}']
    ) {
      Deno.writeTextFileSync(`${path}.lock`, said);
      assertEquals(holderOf(path), undefined);
    }
  }
  Deno.writeTextFileSync(`${path}.lock`, JSON.stringify(holder));
  assertEquals(holderOf(path), undefined);
});

Deno.test("RunLock takes one that was left behind, and survives the removal of its folder", () => {
  using folder = new Folder({ "runs/r.db.lock": "" });
  using _lock = new RunLock(folder.at("runs/r.db"));
  Deno.removeSync(folder.at("runs"), { recursive: true });
});

Deno.test("RunLock in a folder that is not there is a fault", () => {
  using folder = new Folder();
  const { kind } = assertThrows(() => new RunLock(folder.at("none/r.db")), Fault);
  assertEquals(kind, "journal");
});
