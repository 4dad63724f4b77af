import { assertEquals } from "@std/assert";
import {
  foldedPaths,
  lastingPath,
  MANY,
  type PathsSetting,
  WrittenPaths,
} from "../../lib/learn/folded_paths.ts";

/** What is there, and what of it was made by the run; all that is not there counts as new. */
function setting(there: readonly string[] = [], made: readonly string[] = []): PathsSetting {
  const exists = (path: string) =>
    [...there, ...made].some((each) => `${each}/`.startsWith(`${path}/`));
  return {
    home: "/home/me/work",
    userHome: "/home/me",
    temporary: ["/tmp", "/home/me/work/tmp"],
    exists,
    isNew: (path) => !exists(path) || made.includes(path),
  };
}

function lasting(path: string, written: readonly string[], setting: PathsSetting): string {
  return lastingPath(path, new WrittenPaths(written, setting.exists), setting);
}

const many = (folder: string, count = MANY) =>
  Array.from({ length: count }, (_, i) => `${folder}/file${i}`);

Deno.test("foldedPaths() puts a folder in the place of ten of its entries, and not of nine", () => {
  assertEquals(foldedPaths(many("/data/in"), setting()), ["/data/in"]);
  assertEquals(foldedPaths(many("/data/in", 9), setting()), many("/data/in", 9));
});

Deno.test("foldedPaths() folds folders as it folds files", () => {
  const all = Array.from({ length: MANY }, (_, i) => many(`/data/in/${i}`)).flat();
  assertEquals(foldedPaths(all, setting()), ["/data/in"]);
});

Deno.test("foldedPaths() folds no further than the task is about", () => {
  for (const folder of ["", "/etc", "/tmp", "/home/me", "/home"]) {
    assertEquals(foldedPaths(many(folder), setting()), many(folder));
  }
  assertEquals(foldedPaths(many("/home/me/work"), setting()), ["/home/me/work"]);
  assertEquals(foldedPaths(many("/home/me/other"), setting()), ["/home/me/other"]);
});

Deno.test("foldedPaths() leaves out what is in a folder that is there anyway", () => {
  assertEquals(foldedPaths(["/a/b", "/a", "/ab", "/a/b/c"], setting()), ["/a", "/ab"]);
});

Deno.test("lastingPath() keeps names that are there the next time", () => {
  const there = ["/data/in/a", "/tmp/config.json"];
  for (const path of [...there, "/data/missing", "/tmp/missing"]) {
    assertEquals(lasting(path, [], setting(there)), path);
  }
  const out = "/home/me/work/out/image12.png";
  assertEquals(lasting(out, [out], setting([], [out])), out);
});

Deno.test("lastingPath() takes the folder of temporary files for what a job has made there", () => {
  for (const path of ["/tmp/tmp.fh2Kx9QzLw", "/tmp/b55e65b955c2da8/part", "/home/me/work/tmp/x"]) {
    const root = path.startsWith("/tmp") ? "/tmp" : "/home/me/work/tmp";
    assertEquals(lasting(path, [path], setting(["/home/me/work/tmp", "/tmp"])), root);
  }
  const left = "/tmp/fanfold-aB3xZ9";
  assertEquals(lasting(left, [left], setting([], [left])), "/tmp");
  const kept = "/tmp/result";
  assertEquals(lasting(kept, [kept], setting([], [kept])), kept);
});

Deno.test("lastingPath() takes the folder for what jobs have made elsewhere and removed", () => {
  const here = setting(["/home/me/work/out"]);
  const gone = ["/home/me/work/out/1.part", "/home/me/work/out/2.part"];
  for (const path of gone) {
    assertEquals(lasting(path, gone, here), "/home/me/work/out");
  }
  const lock = "/home/me/work/out/lock";
  assertEquals(lasting(lock, [lock], here), lock);
  const drawn = "/home/me/work/out/x-aB3xZ9/y";
  assertEquals(lasting(drawn, [drawn], here), "/home/me/work/out");
});
