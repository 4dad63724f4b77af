import { assertEquals, assertMatch } from "@std/assert";
import { fanfold, Folder } from "../support/program.ts";

const MODULE = `
export const double = (n: unknown) => Number(n) * 2;
export const show = (input: unknown) => JSON.stringify(input);
export const add = (a: number, b: number) => a + b;
export const pow = (a: number, b: number) => a ** b;
export const five = 5;
`;

function folderWithModule(files: Record<string, string> = {}): Folder {
  return new Folder({ "m.ts": MODULE, ...files });
}

/** What `map` prints for these arguments. */
async function printed(folder: Folder, args: string[], stdin = ""): Promise<string> {
  const { code, stdout, stderr } = await fanfold(["map", ...args], { cwd: folder.path, stdin });
  assertEquals([code, stderr], [0, ""]);
  return stdout;
}

Deno.test("fanfold map calls a function with each input, wherever it stands", async () => {
  using folder = folderWithModule({ "n": "5\n6\n" });
  assertEquals(await printed(folder, ["./m.ts#double", ":::", "1", "2"]), "2\n4\n");
  assertEquals(await printed(folder, ["./m.ts#double", "::::", "n"]), "10\n12\n");
  assertEquals(await printed(folder, ["./m.ts#double", "-a", "n"]), "10\n12\n");
  assertEquals(await printed(folder, ["-0", "./m.ts#double"], "7\0" + "8\0"), "14\n16\n");
  assertEquals(await printed(folder, ["./m.ts#double"], "3"), "6\n");
  const options = ["--isolation", "process", "-j", "1", "--format", "json"];
  assertEquals(await printed(folder, ["./m.ts#double", ...options, ":::", "1"]), "[2]\n");
});

Deno.test("fanfold map gives texts, lists, records and what JSON says, as the options ask", async () => {
  using folder = folderWithModule({ "p.csv": 'name,age\nA,"1"\n"B\nC",2\n' });
  const show = async (args: string[], stdin = "") =>
    (await printed(folder, ["./m.ts#show", ...args], stdin)).trim().split("\n");
  assertEquals(await show([":::", "a b", '"']), ['"a b"', '"\\""']);
  assertEquals(await show([":::", "a", "b", ":::", "1"]), ['["a","1"]', '["b","1"]']);
  assertEquals(await show(["-n", "2", ":::", "a", "b", "c"]), ['["a","b"]', '["c"]']);
  assertEquals(await show(["-C", "-"], "a - b\n"), ['["a","b"]']);
  assertEquals(await show(["--csv"], "a,b\n"), ['["a","b"]']);
  const records = ['{"name":"A","age":"1"}', '{"name":"B\\nC","age":"2"}'];
  assertEquals(await show(["--csv", "--header", ":", "::::", "p.csv"]), records);
  assertEquals(await show(["--header", ":", ":::", "x", "1"]), ['{"x":"1"}']);
  assertEquals(await show(["--json"], '{"a":[1]}\nnull\n"x"\n'), ['{"a":[1]}', "null", '"x"']);
  assertEquals(await show(["--json", ":::", "1", ":::", "[2]"]), ["[1,[2]]"]);
  assertEquals(await show(["--json", "--csv", "--header", ":"], "a,b\n1,true\n"), [
    '{"a":1,"b":true}',
  ]);
});

Deno.test("fanfold map --spread calls with a list, --fold joins what comes of it", async () => {
  using folder = folderWithModule();
  const pow = ["./m.ts#pow", "--json", "--spread"];
  const inputs = [":::", "2", "3", ":::", "1", "2"];
  assertEquals(await printed(folder, [...pow, ...inputs]), "2\n4\n3\n9\n");
  assertEquals(await printed(folder, [...pow, "--fold", "./m.ts#add", ...inputs]), "18\n");
  folder.write(
    "slow.ts",
    "export const first = (x: string) => new Promise((end) => setTimeout(end, x === 'a' ? 300 : 0, x));" +
      "export const join = (so: string, far: string) => so + far;",
  );
  const unordered = ["./slow.ts#first", "-u", "-j", "2", "--fold", "./slow.ts#join", ":::"];
  assertEquals(await printed(folder, [...unordered, "a", "b", "c"]), "abc\n");
});

Deno.test("fanfold map --tag has the input in front of values and of what is printed", async () => {
  using folder = folderWithModule({
    "t.ts": 'export const t = (x: string) => { console.log("p\\nq"); return `v${x}`; };',
  });
  const stdout = await printed(folder, ["./t.ts#t", "--tag", ":::", "a", "b"]);
  assertEquals(stdout, "a\tp\na\tq\na\tva\nb\tp\nb\tq\nb\tvb\n");
});

Deno.test("fanfold map gives functions hostile text as it is", async () => {
  using folder = folderWithModule();
  const texts = [
    "a\0b".replace("\0", ""),
    "'",
    '"',
    "$(touch x)",
    "-rf",
    "{}",
    "{1}",
    "{{",
    "🧨 é",
  ];
  const values = await printed(folder, ["./m.ts#show", ":::", ...texts]);
  assertEquals(values.trim().split("\n").map((line) => JSON.parse(line)), texts);
  const read = await printed(folder, ["./m.ts#show"], "nul\0in\r\n" + "x".repeat(2_000_000));
  const [nul = "", long = ""] = read.split("\n").map((line) => line && JSON.parse(line));
  assertEquals([nul, long.length], ["nul\0in\r", 2_000_000]);
  const { code, stderr } = await fanfold(["map", "./m.ts#show", "::::", "bytes"], {
    cwd: (Deno.writeFileSync(folder.at("bytes"), new Uint8Array([0xff])), folder.path),
  });
  assertEquals(code, 2);
  assertMatch(stderr, /bytes": line 1 is not UTF-8\n/);
});

Deno.test("fanfold map has a job died whose process a signal without a name has ended", async () => {
  using folder = new Folder({
    "k.ts": `export const kill = async (x: string) => {
      const args = ["-c", "kill -40 " + Deno.pid];
      if (x === "b") await new Deno.Command("sh", { args }).output().then(() => new Promise(() => {}));
      return x;
    };`,
  });
  const args = ["map", "./k.ts#kill", "--isolation", "process", ":::", "a", "b", "c"];
  const { code, stdout, stderr } = await fanfold(args, { cwd: folder.path });
  assertEquals([code, stdout], [1, "a\nc\n"]);
  assertMatch(
    stderr,
    /^fanfold: task "map", job 2, input "b" died: its process was killed by signal 40\n/,
  );
});

const MISTAKES: readonly (readonly [args: string[], message: string])[] = [
  [[], "Cannot run fanfold map: wanted one function as MODULE#EXPORT, found none"],
  [["./m.ts#double", "x"], "Cannot run fanfold map: wanted one function as MODULE#EXPORT, found"],
  [["m.ts#double"], 'Cannot run fanfold map: "MODULE#EXPORT" names "m.ts#double", wanted a module'],
  [["./m.ts#duble"], 'Cannot run fanfold map: "MODULE#EXPORT" names "./m.ts#duble", which the'],
  [["./m.ts#five"], 'Cannot run fanfold map: "MODULE#EXPORT" names "./m.ts#five", found a number'],
  [["./no.ts#five"], 'Cannot run fanfold map: "MODULE#EXPORT" names "./no.ts#five", found no such'],
  [
    ["./m.ts#double", "--fold", "./m.ts#ad"],
    'Cannot run fanfold map: "--fold" names "./m.ts#ad", which the module does not export',
  ],
  [["./m.ts#double", "--json", ":::", "{"], 'Cannot read the input "{" as JSON: '],
  [
    ["./m.ts#double", "--json", ":::", "1", '{"a":[9007199254740993]}'],
    'Cannot read the input "{\\"a\\":[9007199254740993]}" as JSON: found 9007199254740993, which no ' +
    "number holds exactly\n  hint: put it in quotes to keep what is written\n",
  ],
  [
    ["./m.ts#double", "--json", ":::", "[".repeat(100_000)],
    `Cannot read the input "${
      "[".repeat(58)
    }… as JSON: found lists or records that are nested deeper`,
  ],
  [["./m.ts#show", "--header", ":", ":::", "a", ":::", "a"], 'Cannot name two columns "a"'],
  [
    ["./m.ts#show", "--header", ":", "-C", ",", ":::", "a,b", "1"],
    'Cannot read the input ["1"]: found 1 column, wanted 2 as in the header',
  ],
];

Deno.test("fanfold map exits 2 and names what is wrong with its arguments", async () => {
  using folder = folderWithModule();
  for (const [args, message] of MISTAKES) {
    const { code, stderr } = await fanfold(["map", ...args], { cwd: folder.path });
    assertEquals([code, stderr.slice(0, message.length + 9)], [2, `fanfold: ${message}`]);
  }
});

Deno.test("fanfold map says which function a wrong name may stand for", async () => {
  using folder = folderWithModule({ "one.ts": "export const only = (n: string) => n;\n" });
  const hintOf = async (...args: string[]) => {
    const { code, stdout, stderr } = await fanfold(["map", ...args], { cwd: folder.path });
    assertEquals([code, stdout], [2, ""]);
    const [, hint = ""] = stderr.trimEnd().split("\n  hint: ");
    return hint;
  };
  const several = '"./m.ts#add", "./m.ts#double", "./m.ts#pow" or "./m.ts#show"';
  assertEquals(await hintOf("m.ts", ":::", "1"), `name one of its functions: ${several}`);
  assertEquals(await hintOf("./m.ts", ":::", "1"), `name one of its functions: ${several}`);
  assertEquals(await hintOf("one.ts", ":::", "1"), 'did you mean "./one.ts#only"?');
  assertEquals(await hintOf("m.ts", "double", ":::", "1"), 'did you mean "./m.ts#double"?');
  assertEquals(await hintOf("./m.ts#add", "1"), "inputs stand behind :::");
  assertEquals(await hintOf("m#double", ":::", "1"), 'did you mean "./m.ts#double"?');
  assertEquals(await hintOf("./m.ts#add", "--fold", "m.ts:add"), 'did you mean "./m.ts#add"?');
  assertEquals(
    await hintOf("x#y", ":::", "1"),
    'there is no file "./x"; a package is named like "npm:x#y"',
  );
});

Deno.test("fanfold map and run refuse an address of a module that is none, wherever it stands", async () => {
  using folder = new Folder({ "n.ts": "export const f = () => 1;" });
  const wanted = {
    file: 'the address of a file, like "file:///home/ada/numbers.ts"',
    http: "an address that can be read",
  };
  const addresses = ["file:///%ff", "file://host/x.ts", "file:///a%2Fb.ts", "http:"];
  for (const address of addresses) {
    const name = `${address}#f`;
    const end = `wanted ${address === "http:" ? wanted.http : wanted.file}`;
    const map = await fanfold(["map", name, ":::", "1"], { cwd: folder.path });
    const [message] = map.stderr.split("\n");
    const said = `fanfold: Cannot run fanfold map: "MODULE#EXPORT" names "${name}", ${end}`;
    assertEquals([map.code, message], [2, said]);
    const [run, inputs] = ["./n.ts#f", { module: name }];
    const b = { run, init: name, fold: name, inputs };
    folder.write("fanfold.json", JSON.stringify({ tasks: { a: { run: name, inputs: [1] }, b } }));
    const { code, stderr } = await fanfold(["run"], { cwd: folder.path });
    const told = stderr.split("\n").filter((line) => line.startsWith("fanfold: "));
    assertEquals([code, told.length, told.filter((line) => !line.endsWith(end))], [2, 4, []]);
  }
});
