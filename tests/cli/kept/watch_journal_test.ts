import { assertEquals } from "@std/assert";
import { watchJournal } from "../../../lib/cli/kept/watch_journal.ts";
import { Folder } from "../../support/folder.ts";

Deno.test("watchJournal() has the thread watched over while it reads a long journal, and only then", () => {
  using folder = new Folder({ short: "", long: "" });
  Deno.truncateSync(folder.at("long"), 2 ** 30);
  const notes: string[] = [];
  const watch = (what: string): Disposable => {
    notes.push(what);
    return { [Symbol.dispose]: () => notes.push("over") };
  };
  for (const name of ["short", "none", "long"]) {
    using _ = watchJournal(folder.at(name), { watch });
    notes.push(name);
  }
  assertEquals(notes, ["short", "none", "a long journal", "long", "over"]);
});
