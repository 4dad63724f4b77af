import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { fanfold, Folder } from "../support/program.ts";

const MODULE = `export const same = (x: unknown) => x;
export const add = (a: number, b: number) => a + b;
export const fails = () => { throw new Error("no"); };
export function* none() {}
`;

const LINES = [["each", "echo"], ["each", "--dry-run", "echo"], ["map", "./m.ts#same"]];

/** What is told of each task, by its name. */
function notes(stderr: string): Record<string, string> {
  const told = stderr.matchAll(/^fanfold: task "(\w+)" has no inputs: (.*)$/gm);
  return Object.fromEntries(Array.from(told, ([, task, why]) => [task, why]));
}

Deno.test("fanfold run says of each task that has no inputs where it looked for them, and exits 0", async () => {
  const tasks = {
    list: [],
    range: { range: [3, 1] },
    files: { files: ["*.foo", "none/*"], exclude: "a" },
    lines: { lines: "empty" },
    nul: { lines: "empty", null: true },
    csv: { csv: "header.csv" },
    ndjson: { ndjson: "empty" },
    json: { json: "list.json" },
    sqlite: { sqlite: "rows.db", query: "select a\nfrom t" },
    module: { module: "./m.ts#none" },
    stdin: { stdin: "csv" },
    taken: { range: [1, 9], take: 0 },
    skipped: { list: [1, 2], skip: 2 },
    product: { product: { a: [1], b: { files: "*.foo" } } },
    zip: { zip: [[1], { lines: "empty" }] },
    batches: { list: [], batch: 5 },
    one: [1],
  };
  using folder = new Folder({
    "m.ts": MODULE,
    "empty": "",
    "header.csv": "a,b\n",
    "list.json": "[]",
    "fanfold.json": JSON.stringify({
      tasks: Object.fromEntries(
        Object.entries(tasks).map(([name, inputs]) => [name, { command: ["echo"], inputs }]),
      ),
    }),
  });
  {
    using database = new DatabaseSync(folder.at("rows.db"));
    database.exec("create table t (a)");
  }
  const { code, stdout, stderr } = await fanfold(["run", "--format", "json"], { cwd: folder.path });
  const values = Object.fromEntries(Object.keys(tasks).map((name) => [name, []]));
  assertEquals([code, JSON.parse(stdout)], [0, { ...values, one: ["1"] }]);
  const at = folder.path;
  assertEquals(notes(stderr), {
    list: "its list is empty",
    range: "found none in numbers from 3 to 1 by 1",
    files: `found none in files *.foo none/* of ${at} without a`,
    lines: `found none in lines of ${at}/empty`,
    nul: `found none in NUL-separated strings of ${at}/empty`,
    csv: `found none in rows of ${at}/header.csv`,
    ndjson: `found none in JSON values on the lines of ${at}/empty`,
    json: `found none in JSON values of ${at}/list.json`,
    sqlite: `found none in rows of ${at}/rows.db by "select a from t"`,
    module: `found none in what none of ${folder.url("m.ts")} gives`,
    stdin: "found none in rows of stdin",
    taken: "found none in numbers from 1 to 9 by 1, 0 of them",
    skipped: "found none in 2 inputs, without the first 2",
    product: `found none in every combination of a: 1 input, b: files *.foo of ${at}`,
    zip: `found none in 1 input, lines of ${at}/empty, in step`,
    batches: "its list is empty",
  });
  assertEquals(stderr.trim().split("\n").length, 16);
});

Deno.test("fanfold each and map say that there are no inputs, of whatever they are made", async () => {
  using folder = new Folder({ "m.ts": MODULE, "empty": "", "header": "name\n" });
  const found = (where: string) => `found none in ${where}`;
  const cases: readonly (readonly [inputs: readonly string[], why: string])[] = [
    [[], found("lines of stdin")],
    [[":::"], "its list is empty"],
    [["-n", "2", ":::"], "its list is empty"],
    [["-0", "::::", "empty"], found(`NUL-separated strings of ${folder.at("empty")}`)],
    [[":::", "a", "b", ":::"], found("every combination of 2 inputs, 0 inputs")],
    [
      [":::", "a", ":::+", ":::", "b"],
      found("every combination of (1 input, 0 inputs, in step), 1 input"),
    ],
    [["--csv", ":::"], found("rows of the command line")],
    [
      ["--header", ":", "::::", "header"],
      found(`lines of ${folder.at("header")} behind the header`),
    ],
  ];
  for (const [inputs, why] of cases) {
    for (const [name = "", ...rest] of LINES) {
      const at = inputs.findIndex((arg) => arg.startsWith(":::"));
      const [options, given] = at < 0 ? [inputs, []] : [inputs.slice(0, at), inputs.slice(at)];
      const args = [name, ...options, ...rest, ...given];
      const printed = await fanfold(args, { cwd: folder.path });
      const stderr = `fanfold: task "${name}" has no inputs: ${why}\n`;
      assertEquals(printed, { code: 0, stdout: "", stderr }, args.join(" "));
    }
  }
});

Deno.test("fanfold gives the fold of nothing for a task without inputs, and says so", async () => {
  const task = { run: "./m.ts#same", inputs: { range: [1, 0] }, fold: "./m.ts#add" };
  using folder = new Folder({
    "m.ts": MODULE,
    "fanfold.json": JSON.stringify({ tasks: { initial: { ...task, initial: 7 }, none: task } }),
  });
  const { code, stdout, stderr } = await fanfold(["run", "--format", "json"], { cwd: folder.path });
  assertEquals([code, JSON.parse(stdout), Object.keys(notes(stderr))], [
    0,
    { initial: 7, none: null },
    ["initial", "none"],
  ]);
});

Deno.test("fanfold run says once where values come from that are none, and nothing where jobs failed or were halted", async () => {
  const tasks = {
    none: { run: "./m.ts#same", inputs: [] },
    ofNone: { run: "./m.ts#same", inputs: { from: "none" } },
    ofThose: { run: "./m.ts#same", inputs: { product: [{ from: "ofNone" }, [1]] } },
    fails: { run: "./m.ts#fails", inputs: [1] },
    ofFailed: { run: "./m.ts#same", inputs: { from: "fails" } },
    one: { run: "./m.ts#same", inputs: [1] },
    rest: { run: "./m.ts#same", inputs: { from: "one", skip: 1 } },
  };
  using folder = new Folder({ "m.ts": MODULE, "fanfold.json": JSON.stringify({ tasks }) });
  const { code, stderr } = await fanfold(["run"], { cwd: folder.path });
  assertEquals([code, notes(stderr)], [1, {
    none: "its list is empty",
    rest: "found none in values of task one, without the first 1",
  }]);
  const halted = {
    fails: { ...tasks.fails, halt: "soon" },
    late: { run: "./m.ts#same", inputs: { from: "fails" } },
  };
  folder.write("fanfold.json", JSON.stringify({ tasks: halted }));
  const now = await fanfold(["run"], { cwd: folder.path });
  assertEquals([now.code, notes(now.stderr)], [1, {}]);
});
