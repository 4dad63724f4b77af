import { assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { fanfold, Folder, MAIN, type Printed, program } from "../support/program.ts";

const QUERY = "select a from t";

/** Every source that names a file. */
const NAMING: Readonly<Record<string, (path: string) => object>> = {
  lines: (path) => ({ lines: path }),
  csv: (path) => ({ csv: path }),
  tsv: (path) => ({ tsv: path }),
  ndjson: (path) => ({ ndjson: path }),
  json: (path) => ({ json: path }),
  sqlite: (path) => ({ sqlite: path, query: QUERY }),
  files: (path) => ({ files: path }),
};

/** A folder of a tasks file that runs a command first, and then one for the inputs of each source. */
function folderWith(inputs: Readonly<Record<string, object>>, files: Record<string, string> = {}) {
  const tasks = Object.fromEntries(
    Object.entries(inputs).map(([name, source]) => [name, { command: ["true"], inputs: source }]),
  );
  return new Folder({
    ...files,
    // One value on a line, so that each has a line of its own.
    "fanfold.json": JSON.stringify(
      { tasks: { first: { command: ["touch", "ran"] }, ...tasks } },
      null,
      1,
    ),
  });
}

const named = (path: string) =>
  Object.fromEntries(Object.entries(NAMING).map(([kind, of]) => [kind, of(path)]));

/** Runs fanfold as somebody who is held to the permissions of files, which root is not. */
function unprivileged(args: readonly string[], { path }: Folder): Promise<Printed> {
  const command = [Deno.execPath(), "run", "-A", MAIN, ...args];
  const drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"];
  const [name = "", ...rest] = Deno.uid() === 0 ? [...drop, ...command] : command;
  return program(name, rest, { cwd: path });
}

/** What is told of each task, by its name: the reason, and the value of which line is pointed at. */
function mistakes(folder: Folder, stderr: string): Record<string, [reason: string, value: string]> {
  const told = stderr.matchAll(
    /^fanfold: Cannot read inputs .* of task "(\w+)": (.*)\n {2}at (.*):(\d+):(\d+)$/gm,
  );
  return Object.fromEntries(Array.from(told, ([, task, reason, file, line, column]) => {
    const text = Deno.readTextFileSync(String(file)).split("\n")[Number(line) - 1] ?? "";
    assertEquals(file, folder.at("fanfold.json"));
    return [task, [reason, text.slice(Number(column) - 1).replace(/,$/, "")]];
  }));
}

const COMMANDS = ["check", "plan", "run"];

/** What all commands tell in the same way, having run no job. */
async function toldByAll(
  folder: Folder,
  start = (args: readonly string[], { path }: Folder) => fanfold(args, { cwd: path }),
): Promise<string> {
  const told = new Set<string>();
  for (const command of COMMANDS) {
    const { code, stdout, stderr } = await start([command], folder);
    assertEquals([code, stdout], [2, ""], stderr);
    told.add(stderr);
  }
  const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
  assertEquals(["ran", ".fanfold"].filter((name) => names.includes(name)), []);
  const [stderr = "", ...others] = told;
  assertEquals(others, []);
  return stderr;
}

const NO_FILE = "no such file";
const IS_FOLDER = "it is a folder, expected a file";

for (const [state, reason] of [["none", NO_FILE], ["folder", IS_FOLDER]] as const) {
  Deno.test(`fanfold check, plan and run tell of every source at once: ${reason}`, async () => {
    using folder = folderWith(named(state), { "folder/in": "" });
    const expected = Object.fromEntries(
      Object.keys(NAMING).map((kind) => [kind, [reason, JSON.stringify(state)]]),
    );
    assertEquals(mistakes(folder, await toldByAll(folder)), expected);
  });
}

Deno.test("fanfold check, plan and run tell of files that the system keeps away", async () => {
  using folder = folderWith(named("kept/in"), { "kept/in": "", "closed": "" });
  folder.write(
    "fanfold.json",
    JSON.stringify(
      {
        tasks: {
          first: { command: ["touch", "ran"] },
          ...Object.fromEntries(
            Object.entries({
              ...named("kept/in"),
              ...Object.fromEntries(
                ["lines", "csv", "json", "sqlite"].map((
                  kind,
                ) => [`${kind}_`, NAMING[kind]!("closed")]),
              ),
              search: { files: "kept/*" },
            }).map(([name, inputs]) => [name, { command: ["true"], inputs }]),
          ),
        },
      },
      null,
      1,
    ),
  );
  Deno.chmodSync(folder.at("closed"), 0);
  Deno.chmodSync(folder.at("kept"), 0);
  try {
    const told = mistakes(folder, await toldByAll(folder, unprivileged));
    const denied = Object.values(told).filter(([reason]) => reason === "permission denied");
    assertEquals([Object.keys(told).length, denied.length], [12, 12]);
  } finally {
    Deno.chmodSync(folder.at("kept"), 0o700);
  }
});

Deno.test("fanfold check, plan and run tell of what is no database, of queries, and of parts of sources", async () => {
  using folder = folderWith({
    text: { sqlite: "text", query: QUERY },
    query: { sqlite: "rows.db", query: "selekt a" },
    table: {
      zip: { a: [1], b: { product: [[1], { sqlite: "rows.db", query: "select a from u" }] } },
    },
    names: { sqlite: "rows.db", query: "select a, a from t", take: 1 },
    patterns: { files: ["*", "[z-a]"], exclude: "[y-a]" },
  }, { text: "no database".repeat(100) });
  {
    using database = new DatabaseSync(folder.at("rows.db"));
    database.exec("create table t (a)");
  }
  assertEquals(mistakes(folder, await toldByAll(folder)), {
    text: ["file is not a database", '"text"'],
    query: ['near "selekt": syntax error', '"selekt a"'],
    table: ["no such table: u", '"select a from u"'],
    names: ['two columns are called "a", expected a name for each', '"select a, a from t"'],
    // The last of two: a task has one entry here.
    patterns: ["characters out of order in [y-a]", '"[y-a]"'],
  });
});

Deno.test("fanfold check, plan and run tell where in its file a source cannot be read", async () => {
  using folder = folderWith({
    header: { csv: "twice.csv" },
    row: { csv: "ragged.csv" },
    list: { json: "object.json" },
    value: { ndjson: "text.ndjson" },
  }, {
    "twice.csv": "a,a\n",
    "ragged.csv": "a,b\n1\n",
    "object.json": "\n{}",
    "text.ndjson": "hello\n",
  });
  const stderr = await toldByAll(folder);
  assertEquals(
    [...stderr.matchAll(/ of task "(\w+)": (.*)\n {2}at .*\/(.*)$/gm)].map((found) =>
      found.slice(1).join(" ")
    ),
    [
      'header two columns are named "a", wanted a name for each twice.csv:1',
      "row row has 1 field, wanted 2 as in the header ragged.csv:2",
      "list found an object, wanted a list object.json:2",
      "value line 1 is no JSON: unexpected token 'h' text.ndjson:1",
    ],
  );
});

Deno.test("fanfold each and map tell of every file behind :::: that cannot be read, and run nothing", async () => {
  using folder = new Folder({ "m.ts": "export const one = () => 1;", "in/it": "", "here": "a\n" });
  const at = (name: string) => folder.at(name);
  const stderr = [
    [at("none"), NO_FILE],
    [at("in"), IS_FOLDER],
    [at("here/it"), `${NO_FILE}, for a part of its path is no folder`],
  ].map(([path, reason]) => `fanfold: Cannot read inputs "${path}": ${reason}\n  at ${path}\n`);
  for (const command of [["each", "touch", "ran"], ["map", "./m.ts#one"]]) {
    for (const options of [[], ["--csv"], ["--header", ":"], ["--resume"]]) {
      const inputs = [":::", "x", "::::", "none", "here", "in", "none", "::::+", "here/it"];
      const [name = "", ...rest] = command;
      const printed = await fanfold([name, ...options, ...rest, ...inputs], { cwd: folder.path });
      assertEquals(printed, { code: 2, stdout: "", stderr: stderr.join("") });
    }
  }
  const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort();
  assertEquals(names, ["here", "in", "m.ts"]);
});

Deno.test({
  name: "fanfold check and plan do not wait for a named pipe, and run reads it " +
    "(needs mkfifo: apt-get install coreutils)",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using folder = folderWith({ lines: { lines: "pipe" } });
    assertEquals((await program("mkfifo", [folder.at("pipe")])).code, 0);
    for (const command of ["check", "plan"]) {
      const { code, stderr } = await fanfold([command], { cwd: folder.path });
      assertEquals([code, stderr], [0, ""]);
    }
    const task = { command: ["echo", "got"], inputs: { lines: "pipe" } };
    folder.write("fanfold.json", JSON.stringify({ tasks: { task } }));
    const script = 'seq 2 > pipe & "$@"; wait';
    for (const line of [["run"], ["each", "echo", "got", "::::", "pipe"]]) {
      const args = ["-c", script, "sh", Deno.execPath(), "run", "-A", MAIN, ...line];
      const { code, stdout } = await program("sh", args, { cwd: folder.path });
      assertEquals([code, stdout], [0, "got 1\ngot 2\n"]);
    }
  },
});

Deno.test("a task that needs others may read what they make, in whatever state that was before", async () => {
  const tasks = {
    make: {
      shell: "printf 'a,b\\n1,2\\n' > made.csv; rm -r in; echo x > in; mkdir out; touch out/y",
    },
    table: { command: ["echo", "{a}-{b}"], inputs: { csv: "made.csv" }, needs: "make" },
    lines: { command: ["echo"], inputs: { lines: "in" }, needs: "make" },
    files: { command: ["echo"], inputs: { files: "out/y" }, needs: ["table"] },
    values: {
      command: ["echo"],
      inputs: { zip: [{ from: "lines" }, { lines: "in" }] },
      needs: "make",
    },
  };
  using folder = new Folder({ "fanfold.json": JSON.stringify({ tasks }), "in/it": "" });
  const check = await fanfold(["check"], { cwd: folder.path });
  const yet = [
    ["table", "made.csv", NO_FILE],
    ["lines", "in", IS_FOLDER],
    ["files", "", NO_FILE],
    ["values", "in", IS_FOLDER],
  ].map(([task, path, reason]) => {
    const file = path === "" ? "out/y" : folder.at(String(path));
    return [task, `"${file}": ${reason}`] as const;
  });
  assertEquals([check.code, check.stderr], [
    0,
    yet.map(([task, what]) => `fanfold: task "${task}" cannot read its inputs yet: ${what}\n`).join(
      "",
    ),
  ]);
  const planned = await fanfold(["plan"], { cwd: folder.path });
  assertEquals(planned.code, 0);
  assertEquals(
    [...planned.stdout.matchAll(/ {3}not yet: (.*)/g)].map(([, what]) => what),
    yet.map(([, what]) => what),
  );
  const { code, stdout } = await fanfold(["run"], { cwd: folder.path });
  assertEquals([code, stdout.split("\n").filter((line) => line !== "")], [0, [
    "1-2",
    "x",
    "out/y",
    "x x",
  ]]);
});

Deno.test("fanfold run looks at the tasks to be run only, and says how a task gets what another makes", async () => {
  using folder = folderWith({ it: { lines: "none" } });
  assertEquals((await fanfold(["run", "first"], { cwd: folder.path })).code, 0);
  const { code, stderr } = await fanfold(["run", "it"], { cwd: folder.path });
  assertEquals(code, 2);
  assertStringIncludes(stderr, '  hint: if another task makes it, name that task in "needs"\n');
});

Deno.test("fanfold list does not look at what sources name", async () => {
  using folder = folderWith(named("none"));
  const { code, stdout, stderr } = await fanfold(["list"], { cwd: folder.path });
  assertEquals([code, stdout.split("\n").length, stderr], [0, Object.keys(NAMING).length + 2, ""]);
});

Deno.test("fanfold says what to do where a source is a URL", async () => {
  const fetched = "  hint: files are read, and no URLs: fetch it to a file before, or to stdin";
  for (
    const [url, hint] of [
      ["https://fanfold.invalid/x.csv", fetched],
      ["s3://bucket/x", fetched],
      ["file:///none", "  hint: write the path without file://"],
      ["https:x", '  hint: if another task makes it, name that task in "needs"'],
    ] as const
  ) {
    using folder = folderWith(named(url));
    const { code, stderr } = await fanfold(["check"], { cwd: folder.path });
    const hints = stderr.split("\n").filter((line) => line.startsWith("  hint"));
    assertEquals([code, hints], [2, Array(Object.keys(NAMING).length).fill(hint)], url);
    const each = await fanfold(["each", "echo", "::::", url], { cwd: folder.path });
    assertEquals([each.code, each.stderr.split("\n").includes(hint)], [2, !url.endsWith(":x")]);
  }
});

Deno.test("fanfold tells of sources that cannot be read beside all else that is wrong in a tasks file", async () => {
  using folder = new Folder({
    "fanfold.yaml": [
      "tasks:",
      "  a: { command: [echo], inputs: { lines: none } }",
      "  b: { comand: [echo], inputs: { lines: none } }",
      "  c: { command: [echo], inputs: { csv: none }, needs: d }",
      "  e: { run: ./m.ts#one, inputs: { json: none } }",
      "  f: { command: [echo], inputs: { product: [[1], { tsv: none }] } }",
      "",
    ].join("\n"),
  });
  const { code, stderr } = await fanfold(["check"], { cwd: folder.path });
  assertEquals(code, 2);
  const places = [...stderr.matchAll(/^ {2}at .*fanfold\.yaml:(\d+:\d+)$/gm)].map(([, at]) => at);
  assertEquals(places, ["2:42", "3:8", "4:55", "5:13", "6:57"]);
});

Deno.test("fanfold run and plan refuse two tasks that read stdin, which check takes for two to be run apart", async () => {
  const tasks = {
    a: { command: ["echo"], inputs: { stdin: "lines" } },
    b: { command: ["echo"], inputs: { product: [["x"], { csv: "-" }] } },
  };
  using folder = new Folder({ "fanfold.json": JSON.stringify({ tasks }) });
  const stderr =
    'fanfold: Cannot run tasks "a" and "b" together: both read stdin, which can be read once\n' +
    "  hint: run them one at a time, or have one read a file\n";
  for (const command of ["run", "plan"]) {
    assertEquals(await fanfold([command], { cwd: folder.path, stdin: "x\n" }), {
      code: 2,
      stdout: "",
      stderr,
    });
  }
  assertEquals((await fanfold(["check"], { cwd: folder.path })).code, 0);
  const one = await fanfold(["run", "a"], { cwd: folder.path, stdin: "x\n" });
  assertEquals([one.code, one.stdout], [0, "x\n"]);
});
