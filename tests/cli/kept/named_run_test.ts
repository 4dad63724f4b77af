import { assertEquals, assertThrows } from "@std/assert";
import { namedRun, watchJournal } from "../../../lib/cli/kept/named_run.ts";
import { Fault } from "../../../lib/fault.ts";
import { Folder } from "../../support/folder.ts";

const IDS = ["20260131-235959-1a2b3c", "20260131-235959-1a2fff", "20260201-000000-000000"];

function found(named: string, ids: readonly string[] = IDS): string {
  using folder = new Folder(Object.fromEntries(ids.map((id) => [`${id}.db`, ""])));
  return namedRun(folder.path, named, "retry");
}

function told(named: string, ids?: readonly string[]) {
  const fault = assertThrows(() => found(named, ids), Fault);
  const [{ message, hint } = { message: "" }] = fault.mistakes;
  return [fault.kind, message.replace(/in "\/.*"$/, "in FOLDER"), hint];
}

Deno.test("namedRun() gives the run of an id, or of a start that no other has", () => {
  for (const id of IDS) assertEquals(found(id), id);
  assertEquals(found("20260131-235959-1a2b"), IDS[0]);
  assertEquals(found("202602"), IDS[2]);
  // One that is the start of another is itself.
  assertEquals(found("1", ["1", "12"]), "1");
});

Deno.test("namedRun() names the runs that a start may mean", () => {
  const hint = `they are "${IDS[1]}", "${IDS[0]}"`;
  assertEquals(told("20260131"), [
    "usage",
    'Cannot retry run "20260131": found 2 that begin so, wanted one',
    hint,
  ]);
  const many = ["a1", "a2", "a3", "a4", "a5"];
  assertEquals(told("a", many)[2], 'they are "a5", "a4", "a3" and 2 more');
});

Deno.test("namedRun() names the nearest run, or else the latest, where there is no such", () => {
  const none = (named: string, hint: string, ids?: readonly string[]) =>
    assertEquals(told(named, ids), [
      "usage",
      `Cannot retry run "${named}": there is no such run in FOLDER`,
      hint,
    ]);
  none("20260131-235959-1a2b3d", `did you mean "${IDS[0]}"?`);
  none("20260202", `did you mean "${IDS[2]}"?`);
  none("yesterday", `the latest is "${IDS[2]}"`);
  none("", `the latest is "${IDS[2]}"`);
  none("../../x", `the latest is "${IDS[2]}"`);
  none("a", "no run is kept there; --state-dir names another folder", []);
});

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
