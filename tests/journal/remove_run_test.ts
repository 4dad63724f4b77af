import { assertEquals, assertThrows } from "@std/assert";
import { Fault } from "../../lib/fault.ts";
import { filesOfRun, removeRun, RunLock } from "../../lib/journal/runs_folder.ts";
import { Folder } from "../support/folder.ts";

const FILES = { "r.db": "12345", "r.db-wal": "123", "r.db-shm": "1", "r.db.lock": "", "s.db": "1" };

Deno.test("removeRun() removes all files of a run and no other, and gives their room", () => {
  using folder = new Folder(FILES);
  assertEquals(filesOfRun(folder.at("r.db")).map(({ size }) => size), [5, 3, 1]);
  assertEquals(removeRun(folder.at("r.db")), 9);
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["s.db"]);
});

Deno.test("removeRun() removes no run that another holds", () => {
  using folder = new Folder(FILES);
  using _lock = new RunLock(folder.at("r.db"));
  const { kind } = assertThrows(() => removeRun(folder.at("r.db")), Fault);
  assertEquals(kind, "journal");
  assertEquals(filesOfRun(folder.at("r.db")).length, 3);
});
