import { assertEquals } from "@std/assert";
import { filesOfInputs } from "../../lib/inputs/facts.ts";
import { SeenFiles } from "../../lib/journal/seen_files.ts";
import type { Source } from "../../lib/source.ts";
import { Folder } from "../support/folder.ts";

const LONG_AGO = new Date("2020-01-01");

/** What is noted of a file, and whether it is another one after something was done to it. */
function isChangedBy(folder: Folder, act: (path: string) => void): boolean {
  const path = folder.at("file");
  const files = new SeenFiles(() => [path]);
  files.note(0, "file");
  const saw = files.take(0) ?? null;
  act(path);
  return files.changedSince(saw, "file").length > 0;
}

Deno.test("SeenFiles knows a file by its times, or by what is in it", () => {
  using folder = new Folder({ file: "text" });
  assertEquals(isChangedBy(folder, () => {}), false);
  assertEquals(isChangedBy(folder, (path) => Deno.utimeSync(path, LONG_AGO, LONG_AGO)), false);
  assertEquals(isChangedBy(folder, (path) => Deno.writeTextFileSync(path, "TEXT")), true);
  assertEquals(isChangedBy(folder, (path) => Deno.writeTextFileSync(path, "longer")), true);
  assertEquals(isChangedBy(folder, (path) => Deno.removeSync(path)), true);
  // One that was not there, and is now.
  assertEquals(isChangedBy(folder, (path) => Deno.writeTextFileSync(path, "text")), true);
});

Deno.test("SeenFiles knows a file too long to be read by its times alone", () => {
  using folder = new Folder();
  Deno.writeFileSync(folder.at("file"), new Uint8Array(5 * 1024 * 1024));
  // What was changed just now may be changed again at the same time.
  assertEquals(isChangedBy(folder, () => {}), true);
});

Deno.test("SeenFiles takes what was kept without files for another", () => {
  using folder = new Folder({ file: "text" });
  const files = new SeenFiles(() => [folder.at("file")]);
  assertEquals(files.changedSince(null, "file"), [folder.at("file")]);
  assertEquals(files.take(7), undefined);
});

Deno.test("filesOfInputs() tells the files of inputs from texts that are no files", () => {
  const files: Source = { kind: "files", patterns: ["*"], exclude: [], folder: "/in", from: "/at" };
  const list: Source = { kind: "list", values: ["/x"] };
  const product = (parts: Source[], names?: string[]): Source => ({
    kind: "product",
    parts,
    names,
  });
  const filesOf = (source: Source, input: unknown) => filesOfInputs(source)?.(input);
  assertEquals(filesOf(files, "a/b"), ["/at/a/b"]);
  assertEquals(filesOf(list, "/x"), undefined);
  assertEquals(filesOf({ kind: "lines", nul: false, path: "/list" }, "/x"), undefined);
  assertEquals(filesOf(product([list, files]), ["/x", "a"]), ["/at/a"]);
  assertEquals(filesOf(product([files, list], ["path", "x"]), { path: "a", x: "/x" }), ["/at/a"]);
  assertEquals(filesOf({ kind: "modified", source: files, batch: 2 }, ["a", "b"]), [
    "/at/a",
    "/at/b",
  ]);
  assertEquals(filesOf({ kind: "modified", source: files, take: 2 }, "a"), ["/at/a"]);
});
