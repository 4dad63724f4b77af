import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { fanfold, Folder, MAIN, program } from "../support/program.ts";

const MODULE = `
type Row = { amount: string; note: string };
export const cents = ({ amount }: Row) => Math.round(Number(amount) * 100);
export const add = (a: number, b: number) => a + b;
export const price = (row: { id: number; price: number }) => row.id * row.price;
export const text = (x: { name: string; a: number; b: number }) => x.name + x.a + x.b;
`;

const ROWS = 1_000_000;

/** A table with quotes, separators and line ends in it, made without the library that reads it. */
function csvOf(rows: number): string {
  const lines = ["id,amount,note"];
  for (let id = 1; id <= rows; id++) {
    const amount = ((id * 7919) % 100_003) / 100;
    const note = id % 5 === 0 ? '"a ""b"", c\nd"' : `note ${id}`;
    lines.push(`${id},${amount},${note}`);
  }
  return `${lines.join("\n")}\n`;
}

const has = async (name: string, args: string[]) =>
  await program(name, args).then(() => true, () => false);
const hasSqlite = await has("sqlite3", ["--version"]);

Deno.test({
  name: "fanfold run sums a column of a million rows as sqlite3 does " +
    "(needs it: apt-get install sqlite3)",
  ignore: !hasSqlite,
  fn: async () => {
    using folder = new Folder({ "m.ts": MODULE, "data.csv": csvOf(ROWS) });
    const inputs = { csv: "data.csv" };
    const task = { run: "./m.ts#cents", inputs, fold: "./m.ts#add", initial: 0 };
    folder.write("fanfold.json", JSON.stringify({ tasks: { sum: task } }));
    const ours = await fanfold(["run"], { cwd: folder.path });
    const theirs = await program("sqlite3", [
      ":memory:",
      ".mode csv",
      ".import data.csv data",
      "select sum(cast(round(amount * 100) as integer)) from data",
    ], { cwd: folder.path });
    assertEquals(ours, { code: 0, stdout: theirs.stdout.replace("\r", ""), stderr: "" });
    const options = ["--csv", "--header", ":", "--fold", "./m.ts#add"];
    const mapped = await fanfold(["map", "./m.ts#cents", ...options, "::::", "data.csv"], {
      cwd: folder.path,
    });
    assertEquals(mapped, ours);
  },
});

Deno.test("fanfold run takes a hundred thousand rows of a database", async () => {
  using folder = new Folder({ "m.ts": MODULE });
  const database = new DatabaseSync(folder.at("shop.db"));
  database.exec(`
    create table items (id integer primary key, price integer);
    with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000)
    insert into items select i, i % 97 from n;
  `);
  const row = database.prepare("select sum(id * price) as sum from items").get();
  database.close();
  const query = "select id, price from items order by id";
  const task = {
    run: "./m.ts#price",
    inputs: { sqlite: "shop.db", query },
    fold: "./m.ts#add",
  };
  folder.write("fanfold.json", JSON.stringify({ tasks: { sum: task } }));
  const printed = await fanfold(["run"], { cwd: folder.path });
  assertEquals(printed, { code: 0, stdout: `${row?.sum}\n`, stderr: "" });
});

Deno.test("fanfold run takes every combination of three files and two ranges", async () => {
  using folder = new Folder({ "m.ts": MODULE, "in/c": "", "in/a": "", "in/b": "" });
  const product = {
    name: { files: "in/*" },
    a: { range: [1, 2] },
    b: { range: [5, 15], step: 5 },
  };
  const tasks = {
    function: { run: "./m.ts#text", inputs: { product } },
    command: { command: ["echo", "{name/}-{a}-{b}"], inputs: { product, skip: 1, take: 3 } },
  };
  folder.write("fanfold.json", JSON.stringify({ tasks }));
  const wanted = ["a", "b", "c"].flatMap((name) =>
    [1, 2].flatMap((a) => [5, 10, 15].map((b) => `in/${name}${a}${b}\n`))
  );
  const printed = await fanfold(["run"], { cwd: folder.path });
  const stdout = `${wanted.join("")}a-1-10\na-1-15\na-2-5\n`;
  assertEquals(printed, { code: 0, stdout, stderr: "" });
});

Deno.test("fanfold run gives files with hostile names as they are, to commands and functions", async () => {
  const names = ["-rf", "{}", "{1}", "{{", "$(touch x)", "`id`", "a;b", "'", '"', "\\", " ", "🧨 é"]
    .concat(["new\nline", "*", "~", "#"]);
  using folder = new Folder(Object.fromEntries(names.map((name) => [`in/${name}`, name])));
  const inputs = { files: "in/*" };
  folder.write("m.ts", "export const read = (path: string) => Deno.readTextFileSync(path);");
  const tasks = {
    read: { run: "./m.ts#read", inputs },
    command: { command: ["cat", "{}"], inputs },
    shell: { shell: 'cat "$1" "$INPUT"', inputs },
  };
  folder.write("fanfold.json", JSON.stringify({ tasks }));
  const { code, stdout } = await fanfold(["run", "--format", "json"], { cwd: folder.path });
  const sorted = names.toSorted();
  assertEquals([code, JSON.parse(stdout)], [0, {
    read: sorted,
    command: sorted,
    shell: sorted.map((name) => name + name),
  }]);
});

Deno.test({
  name: "fanfold map holds a window of 400 MB of inputs and values, and not all of them",
  // The peak of its memory is told in /proc.
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using folder = new Folder({
      "m.ts": `export const same = (line: string) => line;
        export const last = (_: number, line: string, index: number) => {
          if (index < 499_999) return 0;
          const status = Deno.readTextFileSync("/proc/self/status");
          return [line.length, Number(/VmHWM:\\s+(\\d+) kB/.exec(status)?.[1])];
        };`,
    });
    const script = `yes ${"x".repeat(800)} | head -n 500000 |
      "$0" run -A "$1" map ./m.ts#same --fold ./m.ts#last`;
    const args = ["-c", script, Deno.execPath(), MAIN];
    const { code, stdout, stderr } = await program("sh", args, { cwd: folder.path });
    assertEquals([code, stderr], [0, ""]);
    const [length, peakKb = NaN] = JSON.parse(stdout) as readonly number[];
    assert(peakKb > 0 && peakKb < 400_000, `${peakKb} kB`);
    assertEquals(length, 800);
  },
});
