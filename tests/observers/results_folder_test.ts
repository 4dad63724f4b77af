import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { openResults } from "../../lib/observers/results.ts";
import type { Results, ResultsOptions } from "../../lib/observers/results.ts";
import { Fault } from "../../lib/fault.ts";
import { FakeSinks } from "../output/fakes.ts";
import { Folder } from "../support/folder.ts";
import {
  end,
  HAS_PARALLEL,
  NEEDS_PARALLEL,
  parallel,
  perform,
  start,
  tree,
} from "../cli/logged_jobs.ts";

/** Opens results of jobs whose inputs are lists of values. */
function open(where: string, more: Partial<ResultsOptions> = {}): Results {
  return openResults(where, {
    names: ["1"],
    argsOf: (input) => [input].flat().map(String),
    commandOf: () => "",
    isOrdered: true,
    stdout: new FakeSinks().stdout,
    onFailure: (reason) => {
      throw reason;
    },
    ...more,
  });
}

Deno.test("a folder of results has the files of a job whole when it ends, whatever its turn", async () => {
  using folder = new Folder();
  await using results = open(folder.at("a/b"));
  const output = start(results, 1, "x");
  start(results, 0, "w");
  output.write("stdout", Uint8Array.of(0xff, 0)).write("stderr", "e");
  assertEquals(Deno.readFileSync(folder.at("a/b/1/x/stdout")), Uint8Array.of(0xff, 0));
  output.write("stdout", Uint8Array.of(0xe2, 0x82));
  end(results, 1, "x");
  assertEquals(
    Deno.readFileSync(folder.at("a/b/1/x/stdout")),
    Uint8Array.of(0xff, 0, 0xe2, 0x82),
  );
  assertEquals(Deno.readTextFileSync(folder.at("a/b/1/x/stderr")), "e");
  assertEquals(Deno.readTextFileSync(folder.at("a/b/1/x/seq")), "2");
});

Deno.test("a folder of results has a folder for a job that could not be started", async () => {
  using folder = new Folder();
  await using results = open(folder.at("out"));
  perform(results, 0, "x", { error: { name: "NotStarted" } });
  assertEquals(tree(folder.at("out/1")), {
    "x/": "",
    "x/seq": "1",
    "x/stdout": "",
    "x/stderr": "",
  });
});

Deno.test("a folder of results keeps what a job had written that has no end", async () => {
  using folder = new Folder();
  {
    await using results = open(folder.at("out"));
    start(results, 0, "x").write("stdout", "until here");
  }
  assertEquals(Deno.readTextFileSync(folder.at("out/1/x/stdout")), "until here");
});

Deno.test("a folder of results has the last attempt, and of equal jobs the one that started last", async () => {
  using folder = new Folder();
  await using results = open(folder.at("out"));
  const first = start(results, 0, "x").write("stdout", "first attempt");
  const second = start(results, 0, "x").write("stdout", "second");
  first.write("stdout", "late");
  const other = start(results, 1, "x").write("stdout", "oth");
  second.write("stdout", "later");
  other.write("stdout", "er");
  end(results, 1, "x");
  second.write("stderr", "later");
  end(results, 0, "x");
  await results.end();
  assertEquals(tree(folder.at("out/1/x")), { seq: "2", stdout: "other", stderr: "" });
});

Deno.test("a folder of results replaces files of an earlier run", async () => {
  using folder = new Folder({ "out/1/x/stdout": "long, long ago", "out/1/y/stdout": "kept" });
  await using results = open(folder.at("out"));
  perform(results, 0, "x", { stdout: "new" });
  assertEquals(Deno.readTextFileSync(folder.at("out/1/x/stdout")), "new");
  assertEquals(Deno.readTextFileSync(folder.at("out/1/y/stdout")), "kept");
});

Deno.test({
  name: "a folder of results leaves no file open (needs /dev/fd)",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = new Folder({ "out/1/y/stderr/file": "in the way" });
    const openFiles = () => [...Deno.readDirSync("/dev/fd")].length;
    const before = openFiles();
    {
      await using results = open(folder.at("out"), { onFailure: () => {} });
      start(results, 0, "x");
      start(results, 0, "x");
      start(results, 1, "w");
      end(results, 0, "x");
      start(results, 2, "y");
      assertEquals(openFiles(), before + 2);
    }
    assertEquals(openFiles(), before);
  },
});

Deno.test("a folder of results holds all that hostile values name, each job apart", async () => {
  const part = fc.constantFrom(
    "..",
    ".",
    "/",
    "\\",
    "_",
    "",
    "stdout",
    "seq",
    "-rf",
    "~",
    "é",
    "\0",
  );
  const value = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(""));
  const jobs = fc.uniqueArray(fc.tuple(value, value), {
    maxLength: 8,
    comparator: (a, b) => a.join("\n") === b.join("\n"),
  });
  await fc.assert(
    fc.asyncProperty(value, jobs, async (name, jobs) => {
      using folder = new Folder();
      {
        await using results = open(folder.at("in/out"), { names: [name, "2"] });
        jobs.forEach((job, i) => perform(results, i, job, { stdout: `${i}` }));
        await results.end();
      }
      assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["in"]);
      assertEquals([...Deno.readDirSync(folder.at("in"))].map(({ name }) => name), ["out"]);
      const files = Object.entries(tree(folder.at("in/out")));
      const stdouts = files.filter(([path, text]) => path.endsWith("/stdout") && text !== "");
      assertEquals(stdouts.map(([, text]) => Number(text)).sort((a, b) => a - b), [...jobs.keys()]);
    }),
    { numRuns: 50 },
  );
});

Deno.test("a folder of results is refused where none can be made", () => {
  using folder = new Folder({ file: "" });
  const refused = {
    "file": "found a file, wanted a folder",
    "file/out": `"${folder.at("file")}" is a file and no folder`,
  };
  for (const [name, reason] of Object.entries(refused)) {
    const fault = assertThrows(() => open(folder.at(name)), Fault);
    const message = `Cannot open --results "${folder.at(name)}": ${reason}`;
    assertEquals([fault.kind, fault.message], ["usage", message]);
  }
});

Deno.test("a folder of results tells of what it cannot write once, and goes on without writing", async () => {
  using folder = new Folder({ "out/1/x": "a file where a folder is wanted" });
  const told: unknown[] = [];
  await using results = open(folder.at("out"), { onFailure: (reason) => told.push(reason) });
  const before = start(results, 0, "before");
  perform(results, 1, "x", { stdout: "a" });
  before.write("stdout", "a");
  perform(results, 2, "x", { stdout: "a" });
  perform(results, 3, "y", { stdout: "a" });
  const fault = await results.end().then(() => undefined, (reason) => reason);
  assertEquals(told, [fault]);
  assertEquals(fault instanceof Fault && fault.kind, "engine");
  const wanted = `Cannot write to --results "${folder.at("out")}": `;
  assertEquals(fault.message.slice(0, wanted.length), wanted);
  assertEquals(Object.keys(tree(folder.at("out"))).includes("1/y/"), false);
});

/** The trees that GNU parallel and a folder of results make of the same jobs. */
async function bothTrees(
  header: readonly string[],
  jobs: readonly (readonly string[])[],
): Promise<[ours: Record<string, string>, theirs: Record<string, string>]> {
  using folder = new Folder();
  const columns = jobs[0]?.map((_, i) => jobs.map((job) => job[i] ?? "")) ?? [];
  const sources = columns.flatMap((values, i) => [
    i === 0 ? ":::" : ":::+",
    ...header.slice(i, i + 1),
    ...values,
  ]);
  const options = ["--results", "theirs", "-0", ...(header.length > 0 ? ["--header", ":"] : [])];
  const { stderr } = await parallel(
    [...options, "echo out{#}; echo err{#} >&2", ...sources],
    folder.path,
  );
  assertEquals(stderr, "");
  const names = header.length > 0 ? header : columns.map((_, i) => String(i + 1));
  await using results = open(folder.at("ours"), { names });
  jobs.forEach((job, i) =>
    perform(results, i, job, { stdout: `out${i + 1}\n`, stderr: `err${i + 1}\n` })
  );
  return [tree(folder.at("ours")), tree(folder.at("theirs"))];
}

Deno.test({
  name: `a folder of results is what GNU parallel makes ${NEEDS_PARALLEL}`,
  ignore: !HAS_PARALLEL,
  async fn() {
    const values = [
      "a/b",
      "x\\y",
      "t\tb",
      "n\nl",
      " ",
      "é🧨",
      "-rf",
      "$(x)",
      "*",
      "...",
      "/",
      "'\"",
    ];
    const [ours, theirs] = await bothTrees([], values.map((value) => [value]));
    assertEquals(ours, theirs);
    assertEquals(Object.values(theirs).filter((text) => text !== "").length, 3 * values.length);
  },
});

Deno.test({
  name: `a folder of results sorts and names sources as GNU parallel does ${NEEDS_PARALLEL}`,
  ignore: !HAS_PARALLEL,
  async fn() {
    for (
      const header of [[], ["b", "a", "c"], ["10", "9b", "x"], ["info", "2", "-1"], [
        "1e1",
        "9",
        "B",
      ]]
    ) {
      const [ours, theirs] = await bothTrees(header, [["x", "y", "z"], ["1", "2", "3"]]);
      assertEquals(ours, theirs);
    }
  },
});
