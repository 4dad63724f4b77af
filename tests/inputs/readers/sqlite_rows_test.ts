import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Fault } from "../../../lib/fault.ts";
import type { Source } from "../../../lib/job.ts";
import { isRecord } from "../../../lib/schema/flaw.ts";
import { inputsOf, iterate } from "../watched.ts";

/** A database in a folder of its own. */
class Database implements AsyncDisposable {
  readonly folder: string;
  readonly path: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.path = join(folder, "rows.db");
  }

  static async of(sql: string): Promise<Database> {
    const database = new Database(await Deno.makeTempDir());
    database.change(sql);
    return database;
  }

  change(sql: string): void {
    using database = new DatabaseSync(this.path);
    database.exec(sql);
  }

  source(query: string): Source {
    return { kind: "sqlite", path: this.path, query };
  }

  async rows(query: string): Promise<unknown[]> {
    const rows = await inputsOf(this.source(query));
    // Records without a prototype are equal to others only here.
    return rows.map((row) => isRecord(row) ? { ...row } : row);
  }

  async fault(query: string): Promise<string> {
    const fault = await assertRejects(() => inputsOf(this.source(query)), Fault);
    assertEquals([fault.kind, fault.mistakes[0]?.at], ["input", { file: this.path }]);
    return fault.message.replace(`Cannot read inputs ${JSON.stringify(this.path)}: `, "");
  }

  async [Symbol.asyncDispose]() {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** How many databases are closed meanwhile. */
async function closes(act: () => Promise<unknown>): Promise<number> {
  const close = DatabaseSync.prototype.close;
  let count = 0;
  DatabaseSync.prototype.close = function () {
    count++;
    close.call(this);
  };
  try {
    await act();
  } finally {
    DatabaseSync.prototype.close = close;
  }
  return count;
}

/** A table of the numbers from 1. */
const numbers = (length: number) =>
  `create table numbers as with recursive counter(n) as (
    select 1 union all select n + 1 from counter where n < ${length}
  ) select n from counter`;

const ABS = "select abs(value) as n from json_each('[1, 2, -9223372036854775808, 4]')";

Deno.test("sqliteOf() gives rows as records, with values of every type", async () => {
  await using database = await Database.of("");
  const rows = await database.rows("select 1 as i, 1.5 as r, 'é' as t, x'00ff' as b, null as n");
  assertEquals(rows, [{ i: 1, r: 1.5, t: "é", b: new Uint8Array([0, 255]), n: null }]);
});

Deno.test("sqliteOf() gives rows that are records before and after they were cloned", async () => {
  await using database = await Database.of("");
  const [row] = await inputsOf(database.source("select 1 as a, x'01' as b"));
  const clone: unknown = structuredClone(row);
  assertEquals([isRecord(row), isRecord(clone)], [true, true]);
  assertEquals(clone, { a: 1, b: new Uint8Array([1]) });
});

Deno.test("sqliteOf() gives numbers for integers that they hold exactly, and bigints for others", async () => {
  await using database = await Database.of("");
  const values = ["9007199254740991", "9007199254740992", "9223372036854775807"];
  const rows = await database.rows(
    values.map((value) => `select ${value} as n union all select -${value}`).join(" union all "),
  );
  assertEquals(rows, [
    { n: 9007199254740991 },
    { n: -9007199254740991 },
    { n: 9007199254740992n },
    { n: -9007199254740992n },
    { n: 9223372036854775807n },
    { n: -9223372036854775807n },
  ]);
});

Deno.test("sqliteOf() gives the rows of any query that has some", async () => {
  await using database = await Database.of(numbers(3));
  assertEquals(await database.rows("select n from numbers order by n desc; -- all; of them\n"), [
    { n: 3 },
    { n: 2 },
    { n: 1 },
  ]);
  assertEquals(await database.rows("values ('a')"), [{ column1: "a" }]);
  assertEquals(await database.rows("select n from numbers where n > 3"), []);
  assertEquals((await database.rows("pragma table_info(numbers)")).length, 1);
});

Deno.test("sqliteOf() opens the database at the first next() and closes it at return()", async () => {
  await using database = await Database.of(numbers(1000));
  const rows = iterate(database.source("select n from numbers"));
  // A database that is open for reading cannot be written to.
  database.change("update numbers set n = n + 1");
  assertEquals(Object(await rows.next()).value.n, 2);
  await rows.return?.();
  database.change("update numbers set n = n + 1");
  assertEquals(await rows.next(), { done: true, value: undefined });
});

Deno.test("sqliteOf() closes the database at its end", async () => {
  await using database = await Database.of(numbers(1000));
  const rows = iterate(database.source("select n from numbers"));
  for (let n = 1; n <= 1000; n++) assertEquals(Object(await rows.next()).value.n, n);
  assertEquals((await rows.next()).done, true);
  database.change("drop table numbers");
  assertEquals(await closes(() => database.rows("select 1 as a")), 1);
  assertEquals(await closes(() => database.fault("select")), 1);
});

Deno.test("sqliteOf() opens nothing when it is stopped as it starts", async () => {
  await using database = await Database.of(numbers(1000));
  const rows = iterate(database.source("select n from numbers"));
  const waiting = rows.next();
  await rows.return?.();
  assertEquals((await waiting).done, true);
  // A database that is open for reading cannot be written to.
  database.change("drop table numbers");
});

Deno.test("sqliteOf() reads lazily from a query that does not end", async () => {
  await using database = await Database.of("");
  const rows = iterate(database.source(
    "with recursive counter(n) as (select 1 union all select n + 1 from counter) select n from counter",
  ));
  for (let n = 1; n <= 100_000; n++) {
    const { value } = await rows.next();
    if (!isRecord(value) || value.n !== n) assertEquals(value, { n });
  }
  await rows.return?.();
});

Deno.test("sqliteOf() makes a fault of a file that is no database, and creates none", async () => {
  await using database = await Database.of("");
  await Deno.writeTextFile(database.path, "not a database, but long enough to be one".repeat(100));
  assertEquals(await database.fault("select 1 from t"), "file is not a database");
  await Deno.remove(database.path);
  assertEquals(await database.fault("select 1"), "no such file");
  assertEquals([...Deno.readDirSync(database.folder)], []);
  await Deno.mkdir(database.path);
  assertEquals(await database.fault("select 1"), "it is a folder, expected a file");
});

Deno.test("sqliteOf() says what SQLite says of a wrong query", async () => {
  await using database = await Database.of(numbers(3));
  assertEquals(await database.fault("selec 1"), 'near "selec": syntax error');
  assertEquals(await database.fault("select m from numbers"), "no such column: m");
});

Deno.test("sqliteOf() refuses what gives no rows, and changes nothing", async () => {
  await using database = await Database.of(numbers(3));
  const copy = join(database.folder, "copy.db");
  const gives = "the query gives no rows, expected a SELECT";
  assertEquals(await database.fault("update numbers set n = 7"), gives);
  assertEquals(await database.fault(`vacuum into '${copy}'`), gives);
  assertEquals(await database.fault(`attach '${copy}' as copy`), gives);
  assertEquals(await database.fault(" -- select 1"), gives);
  assertEquals(
    await database.fault("delete from numbers returning n"),
    "attempt to write a readonly database",
  );
  assertEquals((await database.rows("select n from numbers")).length, 3);
  assertEquals([...Deno.readDirSync(database.folder)].map(({ name }) => name), ["rows.db"]);
});

Deno.test("sqliteOf() refuses two columns of one name", async () => {
  await using database = await Database.of("");
  assertEquals(
    await database.fault("select 1 as a, 2 as b, 3 as a"),
    'two columns are called "a", expected a name for each',
  );
});

Deno.test("sqliteOf() refuses more than one statement", async () => {
  await using database = await Database.of("");
  const goesOn = "the query goes on after its first statement, expected one";
  assertEquals(await database.fault("select 1; select 2"), goesOn);
  assertEquals(await database.fault("select 1 /* ; */; /* -- */ select 2"), goesOn);
  assertEquals(await database.fault("select 1 \0, 2"), goesOn);
  assertEquals(await database.rows("/* ; */ select ';' as a /* ; */ ; ; -- ;\n /* select"), [
    { a: ";" },
  ]);
});

Deno.test("sqliteOf() makes a fault of a row that cannot be computed, after those before it", async () => {
  await using database = await Database.of("");
  const rows = iterate(database.source(ABS));
  const given: unknown[] = [];
  const fault = await assertRejects(async () => {
    for (;;) given.push(Object(await rows.next()).value.n);
  }, Fault);
  assertEquals([given, fault.message.endsWith(": integer overflow")], [[1, 2], true]);
  assertEquals((await rows.next()).done, true);
});

Deno.test("sqliteOf() makes a fault of a damaged database", async () => {
  await using database = await Database.of(numbers(100_000));
  const file = await Deno.open(database.path, { write: true });
  await file.seek(200_000, Deno.SeekMode.Start);
  await file.write(new Uint8Array(50_000).fill(0x5A));
  file.close();
  assertEquals(await database.fault("select n from numbers"), "database disk image is malformed");
});

Deno.test("sqliteOf() makes a fault of a database that another has locked", async () => {
  await using database = await Database.of(numbers(3));
  using other = new DatabaseSync(database.path);
  other.exec("begin exclusive");
  const fault = await assertRejects(
    () => inputsOf(database.source("select n from numbers")),
    Fault,
  );
  assert(fault.message.endsWith(": the database is locked"), fault.message);
  assertEquals(
    fault.mistakes[0]?.hint,
    "wait until no other program writes to it, or set its journal mode to WAL",
  );
  other.exec("rollback");
});

Deno.test("sqliteOf() takes a path for a path, whatever SQLite would make of it", async () => {
  for (const path of [":memory:", "file::memory:", ""]) {
    const query = "select 1";
    const fault = await assertRejects(() => inputsOf({ kind: "sqlite", path, query }), Fault);
    assertEquals(fault.message, `Cannot read inputs ${JSON.stringify(path)}: no such file`);
  }
});

Deno.test("sqliteOf() opens the file that a relative path leads to, though it look like a URI", async () => {
  await using database = await Database.of(numbers(3));
  await Deno.copyFile(database.path, join(database.folder, "file:rows.db"));
  database.change("drop table numbers");
  const before = Deno.cwd();
  Deno.chdir(database.folder);
  try {
    const query = "select count(*) as count from numbers";
    const [row] = await inputsOf({ kind: "sqlite", path: "file:rows.db", query });
    assertEquals(Object(row).count, 3);
  } finally {
    Deno.chdir(before);
  }
});

Deno.test("sqliteOf() makes a fault of a text that it cannot give as it is, after the rows before it", async () => {
  await using database = await Database.of(`
    create table texts (id integer, "a ""b""" text);
    insert into texts values (1, 'é' || char(65533)), (2, x'00'), (3, null),
      (4, 'a' || char(0) || 'b'), (5, cast(x'61ff' as text)), (6, cast(x'efbfbdf09f' as text));
  `);
  const query = (ids: string) =>
    `select *, count(*) over () from texts where id in (${ids}) order by id desc;`;
  const all = { "count(*) over ()": 3 };
  assertEquals(await database.rows(query("1, 2, 3")), [
    { id: 3, 'a "b"': null, ...all },
    { id: 2, 'a "b"': new Uint8Array(1), ...all },
    { id: 1, 'a "b"': "é\uFFFD", ...all },
  ]);
  for (const [id, claim] of [[4, "has a NUL"], [5, "is not UTF-8"], [6, "is not UTF-8"]] as const) {
    assertEquals(
      await database.fault(query(`1, 9, ${id}`)),
      `the text in row 1, column "a \\"b\\"" ${claim}, expected one without; ` +
        "cast(… as blob) gives its bytes",
    );
  }
});

Deno.test("sqliteOf() checks texts of wide rows, and of rows that are computed with others", async () => {
  await using database = await Database.of("create table t (a); insert into t values ('\uFFFD')");
  const wide = Array.from({ length: 500 }, (_, i) => `a || ${i} as c${i}`);
  const [row] = await database.rows(`with t2 as (select ${wide} from t) select * from t2 -- all`);
  assertEquals(Object.keys(row as object).length, 500);
  assertEquals(Object.values(row as object).at(-1), "\uFFFD499");
});
