import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Fault, type Mistake } from "../../lib/fault.ts";
import { flawsOf } from "../../lib/inputs/facts.ts";
import type { SourceFlaw } from "../../lib/inputs/source_record.ts";
import { inputFault } from "../../lib/inputs/unreadable.ts";
import type { AnySource as Source } from "../../lib/inputs/sources.ts";
import { Folder, program } from "../support/program.ts";
import { inputsOf } from "./watched.ts";

const TABLE = { separator: ",", header: true } as const;
const QUERY = "select a from t";

/** Sources of each kind that names a file. */
const NAMING: Readonly<Record<string, (path: string) => Source>> = {
  lines: (path) => ({ kind: "lines", path, nul: false }),
  csv: (path) => ({ kind: "csv", path, ...TABLE }),
  ndjson: (path) => ({ kind: "ndjson", path }),
  json: (path) => ({ kind: "json", path }),
  sqlite: (path) => ({ kind: "sqlite", path, query: QUERY }),
  files: (path) => ({ kind: "files", patterns: [path], exclude: [], folder: "/", from: "/" }),
};

const EMPTY: Source = { kind: "list", values: [] };

const faultsOf = (flaws: readonly SourceFlaw[]) =>
  flaws.map(({ flaw, origin }) => inputFault(origin, flaw).mistakes[0]);

/** What reading a source tells; nothing where it gives an input, or comes to its end. */
async function readingTells(source: Source): Promise<readonly Mistake[]> {
  try {
    await inputsOf({ kind: "modified", source, take: 1 });
    return [];
  } catch (fault) {
    if (fault instanceof Fault) return fault.mistakes;
    throw fault;
  }
}

function folderWithData(): Folder {
  const folder = new Folder({
    "folder/in": "",
    "lines": "a\nb\n",
    "rows.csv": "a,b\n1,2\n",
    "twice.csv": "a,a\n1,2\n",
    "nameless.csv": "a,\n1,2\n",
    "ragged.csv": "a,b\n1\n",
    "ragged-later.csv": "a,b\n1,2\n3\n",
    "only-header.csv": "a,b\n",
    "open-quote.csv": 'a,b\n"1,2\n',
    "list.json": "[1, 2]",
    "object.json": '{ "a": 1 }',
    "cut.json": "[1",
    "cut-later.json": "[1, 2",
    "values.ndjson": "1\n2\n",
    "text.ndjson": "hello\n",
    "text-later.ndjson": "1\nhello\n",
    "empty": "",
    "text.db": "This is no database, but a text that is long enough to be one.".repeat(100),
    "long.json": `["${"a".repeat(200_000)}"]`,
    "long.csv": `a\n"${"a\n".repeat(100_000)}"\n`,
  });
  Deno.symlinkSync("circle", folder.at("circle"));
  Deno.writeFileSync(folder.at("latin1"), new Uint8Array([0xe9, 0x0a]));
  Deno.writeFileSync(folder.at("latin1-later"), new Uint8Array([0x61, 0x0a, 0xe9, 0x0a]));
  using database = new DatabaseSync(folder.at("rows.db"));
  database.exec("create table t (a, b); insert into t values (1, 2)");
  return folder;
}

Deno.test("flawsOf() tells what reading a file would tell before its first input", async () => {
  using folder = folderWithData();
  const names = ["none", "folder", "folder/none", "lines/none", "n".repeat(300)]
    .concat([...Deno.readDirSync(folder.path)].map(({ name }) => name).sort());
  let told = 0;
  for (const name of names) {
    for (const [kind, sourceOf] of Object.entries(NAMING)) {
      // What has no size is only opened.
      if (name === "empty" && kind === "json") continue;
      const source = sourceOf(folder.at(name));
      const flaws = await flawsOf(source);
      const fault = (await readingTells(source)).map((mistake) => {
        // Of patterns none has a place.
        return kind === "files" ? { ...mistake, at: { file: folder.at(name) } } : mistake;
      });
      assertEquals(faultsOf(flaws), fault, `${kind} ${name}`);
      told += flaws.length;
    }
  }
  assertEquals(told > 50, true, `${told}`);
});

Deno.test("flawsOf() takes a file that was cut off in its first input for whole until it is read", async () => {
  using folder = folderWithData();
  for (const name of ["long.json", "long.csv"]) {
    const path = folder.at(name);
    const source = name.endsWith("json") ? NAMING.json!(path) : NAMING.csv!(path);
    assertEquals(await flawsOf(source), [], name);
  }
});

Deno.test("flawsOf() tells of many paths in their order, and not of a million that are not there", async () => {
  using folder = new Folder({ in: "" });
  const source = (patterns: string[]): Source => (
    { kind: "files", patterns, exclude: ["[z-a]"], folder: folder.path, from: folder.path }
  );
  const flawsAt = async (patterns: string[]) =>
    (await flawsOf(source(patterns))).map(({ key, origin }) => [...key ?? [], origin.file]);
  const many = Array<string>(250).fill("in");
  const excluded = ["exclude", 0, "[z-a]"];
  assertEquals(await flawsAt(many), [excluded]);
  assertEquals(await flawsAt([...many, "none", "in", "either"]), [
    excluded,
    ["files", 250, "none"],
    ["files", 252, "either"],
  ]);
  assertEquals((await flawsAt(Array(1000).fill("none"))).length, 101);
});

Deno.test({
  name: "flawsOf() opens no named pipe, and no device (needs mkfifo: apt-get install coreutils)",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using folder = new Folder();
    const pipe = folder.at("pipe");
    assertEquals((await program("mkfifo", [pipe])).code, 0);
    for (const [kind, sourceOf] of Object.entries(NAMING)) {
      // Whoever opens a pipe that nobody writes to waits.
      const reasons = (await flawsOf(sourceOf(pipe))).map(({ flaw }) => flaw.reason);
      assertEquals(reasons, kind === "sqlite" ? ["it is no regular file"] : [], kind);
      if (kind !== "sqlite") assertEquals(await flawsOf(sourceOf("/dev/full")), [], kind);
    }
  },
});

const SAID: readonly (readonly [query: string, reason: string | undefined])[] = [
  ["select a, b from t", undefined],
  ["select a from t; -- all", undefined],
  ["select a from u", "no such table: u"],
  ["select c from t", "no such column: c"],
  ["selekt a from t", 'near "selekt": syntax error'],
  ["select a, b as a from t", 'two columns are called "a", expected a name for each'],
  ["delete from t", "the query gives no rows, expected a SELECT"],
  ["select a from t; select b from t", "the query goes on after its first statement, expected one"],
];
for (const mode of ["delete", "wal"]) {
  Deno.test(`flawsOf() prepares the query of a database in mode ${mode}, and leaves nothing beside it`, async () => {
    using folder = new Folder();
    // What means something in a URL means nothing here.
    const path = folder.at("a?mode=b#c %41.db");
    {
      using database = new DatabaseSync(path);
      database.exec(`pragma journal_mode = ${mode}; create table t (a, b)`);
    }
    const before = Deno.readFileSync(path);
    for (const [query, reason] of SAID) {
      const flaws = await flawsOf({ kind: "sqlite", path, query });
      assertEquals(
        flaws.map(({ flaw, key }) => [flaw.reason, key]),
        reason ? [[reason, ["query"]]] : [],
      );
    }
    assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["a?mode=b#c %41.db"]);
    assertEquals(Deno.readFileSync(path), before);
  });
}

Deno.test("flawsOf() sees the tables of a database that somebody has open, and is held up by none who writes", async () => {
  using folder = new Folder();
  const path = folder.at("rows.db");
  using database = new DatabaseSync(path);
  database.exec("pragma journal_mode = wal; create table t (a)");
  const reasons = async (query: string) =>
    (await flawsOf({ kind: "sqlite", path, query })).map(({ flaw }) => flaw.reason);
  assertEquals(await reasons(QUERY), []);
  assertEquals(await reasons("select a from u"), ["no such table: u"]);
  database.exec("pragma journal_mode = delete; begin exclusive; create table u (a)");
  assertEquals(await reasons("select a from u"), []);
  database.exec("commit");
  assertEquals(await reasons("select a from u"), []);
});

Deno.test("flawsOf() leads to each part that cannot be read, and to which of several patterns", async () => {
  using folder = new Folder({ "a": "" });
  const none = NAMING.lines!(folder.at("none"));
  const files: Source = {
    kind: "files",
    patterns: ["a", "*.x", "none", "a/", "[z-a]", "none/*"],
    exclude: ["b", "[z-a]"],
    folder: folder.path,
    from: folder.path,
  };
  const source: Source = {
    kind: "product",
    names: ["x", "y", "z"],
    parts: [
      EMPTY,
      { kind: "modified", source: { kind: "zip", parts: [none, files] }, take: 0 },
      { kind: "mapped", source: none, change: () => 1 },
    ],
  };
  const at = ["product", "y", "zip"];
  assertEquals(
    (await flawsOf(source)).map(({ part, key, flaw }) => [part, key, flaw.reason.slice(0, 12)]),
    [
      [[...at, 0], undefined, "no such file"],
      [[...at, 1], ["exclude", 1], "characters o"],
      [[...at, 1], ["files", 2], "no such file"],
      [[...at, 1], ["files", 3], "it names fol"],
      [[...at, 1], ["files", 4], "characters o"],
      [["product", "z"], undefined, "no such file"],
    ],
  );
});

Deno.test("flawsOf() calls no code, and touches neither stdin nor other tasks", async () => {
  const never = () => {
    throw new Error("called");
  };
  const sources: readonly Source[] = [
    EMPTY,
    { kind: "range", first: 1, last: 0, step: 1 },
    { kind: "module", run: { module: "file:///none.ts", path: ["rows"] } },
    { kind: "iterable", open: never },
    { kind: "from", task: "none" },
    { kind: "mapped", source: EMPTY, change: never },
    ...(["lines", "csv", "ndjson", "json"] as const).map((kind): Source => {
      const { path: _, ...stdin } = NAMING[kind]!("") as Extract<Source, { path?: string }>;
      return stdin as Source;
    }),
  ];
  for (const source of sources) assertEquals(await flawsOf(source), [], source.kind);
});
