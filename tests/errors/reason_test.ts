import { assertEquals, assertRejects } from "@std/assert";
import { Fault } from "../../lib/fault.ts";
import { faultNotices } from "../../lib/cli/fault_text.ts";
import { JobError, Pool, Queue } from "../../lib/mod.ts";
import { causeOf, inFull } from "../../lib/output/notices.ts";
import { told as linesOf } from "../../lib/text/shown.ts";
import { placeOf, reason } from "../../lib/errors/reason.ts";
import { fanfold, Folder } from "../support/program.ts";

/** A module that goes wrong as it is imported, and what is said of it, with the place in the user's code. */
interface Broken {
  /** Files by their name; what is imported is `m.ts`. */
  readonly files: Readonly<Record<string, string>>;
  /** What follows "importing ./m.ts failed: ". */
  readonly why: string;
  /** `file:line:column`, and the text of that line; nothing is known where no error was thrown. */
  readonly at?: readonly [place: string, line: string];
}

const GOOD = "export const f = (n: number) => n;\n";

const IMPORTS: Readonly<Record<string, Broken>> = {
  "syntax": {
    files: { "m.ts": `${GOOD}const a = ;\n` },
    why: "SyntaxError: Expression expected",
    at: ["m.ts:2:11", "const a = ;"],
  },
  "syntax of a helper": {
    files: { "m.ts": `import "./sub/helper.ts";\n${GOOD}`, "sub/helper.ts": "\nlet x = 5 5;\n" },
    why: "SyntaxError: Expected a semicolon",
    at: ["sub/helper.ts:2:11", "let x = 5 5;"],
  },
  "early error": {
    files: { "m.ts": `${GOOD}return 5;\n` },
    why: "SyntaxError: Illegal return statement",
    at: ["m.ts:2:1", "return 5;"],
  },
  "throw": {
    files: { "m.ts": `${GOOD}function go() {\n  throw new TypeError("no");\n}\ngo();\n` },
    why: "TypeError: no",
    at: ["m.ts:3:9", '  throw new TypeError("no");'],
  },
  "throw in a helper": {
    files: { "m.ts": `import "./h.ts";\n${GOOD}`, "h.ts": `throw new RangeError("far");\n` },
    why: "RangeError: far",
    at: ["h.ts:1:7", 'throw new RangeError("far");'],
  },
  "rejected await": {
    files: { "m.ts": `${GOOD}await Promise.reject(new Error("late"));\n` },
    why: "Error: late",
    at: ["m.ts:2:22", 'await Promise.reject(new Error("late"));'],
  },
  "throw of a string": {
    files: { "m.ts": `${GOOD}throw "text";\n` },
    why: '"text" was thrown, which is no error',
  },
  "throw of undefined": {
    files: { "m.ts": `${GOOD}throw undefined;\n` },
    why: "undefined was thrown, which is no error",
  },
  "throw of an object": {
    files: { "m.ts": `${GOOD}throw { code: 3 };\n` },
    why: "{ code: 3 } was thrown, which is no error",
  },
  "throw of another realm": {
    files: { "m.ts": `import vm from "node:vm";\n${GOOD}vm.runInNewContext("null.x");\n` },
    why: "TypeError: Cannot read properties of null (reading 'x')",
    at: ["m.ts:3:4", 'vm.runInNewContext("null.x");'],
  },
  "throw after Error was replaced": {
    files: {
      "m.ts":
        `${GOOD}const E = Error;\nglobalThis.Error = class {} as never;\nthrow new E("own");\n`,
    },
    why: "Error: own",
    at: ["m.ts:4:7", 'throw new E("own");'],
  },
  "helper that is not there": {
    files: {
      "m.ts": `import "./sub/helper.ts";\n${GOOD}`,
      "sub/helper.ts": 'export * from "./none.ts";\n',
    },
    why: 'Module not found "./sub/none.ts"',
    at: ["sub/helper.ts:1:15", 'export * from "./none.ts";'],
  },
  "helper of another ending": {
    files: { "m.ts": `import "./h.js";\n${GOOD}`, "h.ts": "" },
    why:
      `Module not found "./h.js". Maybe change the extension to '.ts' or run with --sloppy-imports`,
    at: ["m.ts:1:8", 'import "./h.js";'],
  },
  "export that is not there": {
    files: { "m.ts": `${GOOD}import { g } from "./h.ts";\ng();\n`, "h.ts": "export {};\n" },
    why: "SyntaxError: The requested module './h.ts' does not provide an export named 'g'",
    at: ["m.ts:2:10", 'import { g } from "./h.ts";'],
  },
  "JSON": {
    files: {
      "m.ts": `import a from "./a.json" with { type: "json" };\nexport const f = () => a;\n`,
      "a.json": '{\n  "a": 1,\n}\n',
    },
    why:
      "SyntaxError: Expected double-quoted property name in JSON at position 12 (line 3 column 1)",
    at: ["a.json:3:1", "}"],
  },
  "no module": {
    files: { "m.ts": `import a from "./a.txt";\nexport const f = () => a;\n`, "a.txt": "" },
    why: "Expected a JavaScript or TypeScript module, but identified a Unknown module. " +
      "Importing these types of modules is currently not supported",
    at: ["m.ts:1:15", 'import a from "./a.txt";'],
  },
  "no such built-in module": {
    files: { "m.ts": `import "node:none";\n${GOOD}` },
    why: "No such built-in module: node:none",
    at: ["m.ts:1:8", 'import "node:none";'],
  },
};

/** The lines of a fault: its message, its place, and the line there with a mark. */
function faultLines(message: string, at?: readonly [place: string, line: string]): string {
  if (!at) return `fanfold: ${message}\n`;
  const [place, line] = at;
  const column = Number(place.split(":").at(-1));
  return `fanfold: ${message}\n  at ${place}\n  | ${line}\n  | ${" ".repeat(column - 1)}^\n`;
}

for (const isolation of ["worker", "process"] as const) {
  Deno.test(`a module that cannot be imported by a ${isolation} is named, and the place of what is wrong`, async () => {
    const told: Record<string, string> = {};
    const wanted: Record<string, string> = {};
    await Promise.all(
      Object.entries(IMPORTS).map(async ([name, { files, why, at }]) => {
        using folder = new Folder(files);
        await using pool = new Pool(new URL(folder.url("m.ts")), { isolation });
        const fault = await assertRejects(() => pool.apply("f", [1]), Fault);
        const lines = faultNotices(fault).flatMap((notice) => linesOf(notice));
        told[name] = inFolder(folder, `${lines.join("\n")}\n`);
        const message = `Cannot start pool of ./m.ts: importing ./m.ts failed: ${why}`;
        wanted[name] = faultLines(message, at);
      }),
    );
    assertEquals(told, wanted);
  });
}

/** A text as if it had been told in a folder. */
function inFolder(folder: Folder, text: string): string {
  return text.replaceAll(folder.url(""), "./").replaceAll(folder.at(""), "");
}

/** A function that fails, and what is told of it. */
const CALLS: Readonly<Record<string, readonly [body: string, ...told: string[]]>> = {
  "error": ['throw new TypeError("no");', "TypeError: no", "  at f (m.ts:2:7)"],
  "subclass": [
    'throw new class extends Error { override name = "HttpError" }("gone");',
    "HttpError: gone",
    "  at f (m.ts:2:7)",
  ],
  "aggregate": [
    'throw new AggregateError([new Error("a"), new AggregateError(["b"], "c")], "all");',
    "AggregateError: all",
    "    - Error: a, at m.ts:2:27",
    "    - AggregateError: c, at m.ts:2:43",
    '      - "b" was thrown, which is no error',
    "  at f (m.ts:2:7)",
  ],
  "aggregate of many": [
    'throw new AggregateError(Array.from({ length: 12 }, (_, i) => `${i}`), "all");',
    "AggregateError: all",
    ...Array.from({ length: 10 }, (_, i) => `    - "${i}" was thrown, which is no error`),
    "    - and 2 more",
    "  at f (m.ts:2:7)",
  ],
  "aggregate without a stack of its own": [
    'return Promise.any([Promise.reject(new Error("a"))]);',
    "AggregateError: All promises were rejected",
    "    - Error: a, at m.ts:2:36",
  ],
  "aggregate that is a cause": [
    'throw new Error("b", { cause: new AggregateError([new Error("a")], "c") });',
    "Error: b, because: AggregateError: c",
    "    - Error: a, at m.ts:2:51",
    "  at f (m.ts:2:7)",
  ],
  "suppressed error": [
    'using _ = { [Symbol.dispose]() { throw new Error("a"); } }; throw new Error("b");',
    "SuppressedError: An error was suppressed during disposal",
    "    - Error: a, at m.ts:2:40",
    "    - Error: b, at m.ts:2:67",
    "  at f (m.ts:2:61)",
  ],
  "circle of causes": [
    'const a = new Error("a"); a.cause = new Error("b", { cause: a }); throw a;',
    "Error: a, because: Error: b",
    "  at f (m.ts:2:11)",
  ],
  "exception": [
    'throw new DOMException("gone", "AbortError");',
    "AbortError: gone",
    "  at f (m.ts:2:7)",
  ],
  "another realm": [
    "vm.runInNewContext(\"throw new AggregateError([new Error('a')], 'b')\");",
    "AggregateError: b",
    "    - Error: a, at m.ts:2:4",
    "  at f (m.ts:2:4)",
  ],
  "like an error": [
    'throw { name: "Odd", message: "no", stack: "Odd: no\\n    at g (file:///x/y.ts:1:2)" };',
    "Odd: no",
    "  at g (/x/y.ts:1:2)",
  ],
  "unreadable": [
    "throw Object.defineProperty(new Error(), 'message', { get() { throw 1; } });",
    "Error: its message cannot be read",
    "  at f (m.ts:2:29)",
  ],
  "no stack": ['throw Object.assign(new Error("no"), { stack: undefined });', "Error: no"],
  "frames in the message": [
    'throw new Error("no\\n    at g (file:///x/y.ts:1:2)");',
    "Error: no",
    "        at g (file:///x/y.ts:1:2)",
    "  at f (m.ts:2:7)",
  ],
  "huge": [
    'throw new Error("x".repeat(100_000));',
    `Error: ${"x".repeat(1999 - 'task "f17", job 1, input 1 failed: Error: '.length)}…`,
    "  at f (m.ts:2:7)",
  ],
  "what is shared": [
    "(undefined as never as { put(value: unknown): void }).put(1);",
    "TypeError: Cannot read properties of undefined (reading 'put')",
    "  at f (m.ts:2:55)",
  ],
  "dynamic import": [
    'const name = "./none.ts"; await import(name);',
    'Module not found "./none.ts"',
    "  at f (m.ts:2:27)",
  ],
  "dynamic import of what is wrong": [
    'await import("./wrong.ts");',
    "SyntaxError: Expression expected",
    "  at wrong.ts:2:9",
  ],
  // The last one: of the slot that has it nobody else should have another.
  "Error replaced": [
    'const E = Error; globalThis.Error = class {} as never; throw new E("own");',
    "Error: own",
    "  at f (m.ts:2:62)",
  ],
};

for (const isolation of ["worker", "process"] as const) {
  Deno.test(`what a function in a ${isolation} throws is told with all that it says, and its place`, async () => {
    const functions = Object.values(CALLS).map(([body], i) =>
      `export ${body.includes("await") ? "async " : ""}function f${i}() {\n${body}\n}\n`
    );
    using folder = new Folder({
      "m.ts": `import vm from "node:vm";\nvoid vm;\n\n${functions.join("")}`,
      "wrong.ts": "\nlet a = ;\n",
    });
    await using pool = new Pool<Record<string, () => void>>(new URL(folder.url("m.ts")), {
      isolation,
      jobs: 1,
    });
    const told: Record<string, readonly string[]> = {};
    const wanted: Record<string, readonly string[]> = {};
    for (const [i, [name, [, first, ...more]]] of Object.entries(CALLS).entries()) {
      const [outcome] = await Array.fromAsync(pool.outcomes(`f${i}`, [1] as never));
      const cause = outcome && causeOf(outcome);
      // Each function takes three lines, and its body is the second of them.
      const inOwn = (line: string) =>
        line.replaceAll("m.ts:2:", `m.ts:${3 * i + 5}:`).replace("at f ", `at f${i} `);
      told[name] = cause
        ? linesOf(inFull(cause), "").map((line) => inFolder(folder, line))
        : ["done"];
      wanted[name] = [`task "f${i}", job 1, input 1 failed: ${first}`, ...more.map(inOwn)];
    }
    assertEquals(told, wanted);
  });
}

Deno.test("reason() tells of a download that failed why, in the words of the system", () => {
  const error = {
    name: "TypeError",
    message: "Import 'https://[::1]/x.ts' failed.\n" +
      "    0: error sending request for url (https://[::1]/x.ts): tcp connect error\n" +
      "    1: Connection refused (os error 111)\n" +
      "    at \x1b[36mfile:///a/m.ts\x1b[0m:\x1b[33m2\x1b[0m:\x1b[33m8\x1b[0m",
    fields: { code: "ERR_MODULE_NOT_FOUND" },
  };
  assertEquals(
    reason(error),
    "Import 'https://[::1]/x.ts' failed, because: Connection refused (os error 111)",
  );
  assertEquals(placeOf(error), { file: "/a/m.ts", line: 2, column: 8, within: undefined });
});

/** Code of the user on the main thread, and what is said of it. */
const ON_MAIN: Readonly<Record<string, readonly [task: string, what: string, ...at: string[]]>> = {
  "a generator": [
    "{ inputs: { module: ./m.ts#rows } }",
    'Cannot read inputs of task "it" from ./m.ts#rows: Error: a',
    "m.ts:1:48",
  ],
  "a generator of another realm": [
    "{ inputs: { module: ./m.ts#ofOther } }",
    'Cannot read inputs of task "it" from ./m.ts#ofOther: Error: b',
    "m.ts:3:42",
  ],
  "a generator that replaces Error": [
    "{ inputs: { module: ./m.ts#replacing } }",
    'Cannot read inputs of task "it" from ./m.ts#replacing: Error: c',
    "m.ts:4:93",
  ],
  "the errors of a generator": [
    "{ inputs: { module: ./m.ts#several } }",
    'Cannot read inputs of task "it" from ./m.ts#several: AggregateError: e\n' +
    '    - "d" was thrown, which is no error',
    "m.ts:5:36",
  ],
  "a generator whose module cannot be imported": [
    "{ inputs: { module: ./none.ts#f } }",
    'Cannot read inputs of task "it" from ./none.ts#f: importing ./none.ts failed: ' +
    'Module not found "./nowhere.ts"',
    "none.ts:1:8",
  ],
  "a fold": [
    "{ inputs: [1, 2], fold: ./m.ts#fold }",
    'Cannot fold the value of job 2 of task "it": Error: f',
    "m.ts:6:35",
  ],
  "a fold whose module cannot be imported": [
    "{ inputs: [1, 2], fold: ./none.ts#f }",
    'Cannot load the fold of task "it": importing ./none.ts failed: Module not found "./nowhere.ts"',
    "none.ts:1:8",
  ],
  "init in a worker": [
    "{ inputs: [1, 2], init: ./m.ts#init }",
    'Cannot start task "it": its init ./m.ts#init failed: Error: g',
    "m.ts:7:35",
  ],
  "init in a process": [
    "{ inputs: [1, 2], init: ./m.ts#init, isolation: process }",
    'Cannot start task "it": its init ./m.ts#init failed: Error: g',
    "m.ts:7:35",
  ],
  "init whose module cannot be imported": [
    "{ inputs: [1, 2], init: ./none.ts#f }",
    'Cannot start task "it": importing ./none.ts failed: Module not found "./nowhere.ts"',
    "none.ts:1:8",
  ],
};

Deno.test("fanfold run names the task and the place of what goes wrong in its inputs, its fold and its init", async () => {
  using folder = new Folder({
    "m.ts": [
      'export function* rows() { yield* [1, 2]; throw new Error("a"); }',
      'import vm from "node:vm";',
      "export function* ofOther() { yield 1; vm.runInNewContext(\"throw new Error('b')\"); }",
      "export function* replacing() { const E = Error; globalThis.Error = class {} as never; throw new E('c'); }",
      'export function* several() { throw new AggregateError(["d"], "e"); }',
      'export const fold = () => { throw new Error("f"); };',
      'export const init = () => { throw new Error("g"); };',
      "export function same<T>(value: T) { return value; }",
    ].join("\n"),
    "none.ts": `import "./nowhere.ts";\n${GOOD}export function f() {}\n`,
  });
  const told: Record<string, readonly string[]> = {};
  const wanted: Record<string, readonly string[]> = {};
  for (const [name, [task, what, place]] of Object.entries(ON_MAIN)) {
    folder.write("fanfold.yaml", `tasks: { it: ${task.replace("{", "{ run: ./m.ts#same,")} }\n`);
    const { stderr } = await fanfold(["run", "--no-journal"], {
      cwd: folder.path,
      env: { NO_COLOR: "1" },
    });
    told[name] = stderr.split(/\n {2}\| /, 1);
    wanted[name] = [`fanfold: ${what}\n  at ${place}`];
  }
  assertEquals(told, wanted);
});

Deno.test("fanfold check says where a module is wrong that it imports", async () => {
  using folder = new Folder({
    "m.ts": 'import { g } from "./h.ts";\nexport const f = g;\n',
    "h.ts": "export const g = ;\n",
    "fanfold.yaml": "tasks: { it: { run: ./m.ts#f } }\n",
  });
  const { stderr } = await fanfold(["check"], { cwd: folder.path });
  assertEquals(
    stderr.split("\n")[0],
    'fanfold: Cannot load tasks "fanfold.yaml": "run" of task "it" names "./m.ts#f", ' +
      "but importing the module fails: SyntaxError: Expression expected, at h.ts:1:18",
  );
  folder.write("fanfold.ts", 'import "./h.ts";\nexport default {};\n');
  const inScript = await fanfold(["check", "-f", "fanfold.ts"], { cwd: folder.path });
  assertEquals(
    inScript.stderr,
    'fanfold: Cannot load tasks "fanfold.ts": the module cannot be imported: SyntaxError: ' +
      "Expression expected\n  at h.ts:1:18\n  | export const g = ;\n  |                  ^\n",
  );
});

Deno.test("JobError says why and where, and names what is shared by its class", async () => {
  using folder = new Folder({
    "m.ts": "export function f() {\n  throw new AggregateError(['a'], 'b');\n}\n",
  });
  await using pool = new Pool(new URL(folder.url("m.ts")), { jobs: 1 });
  const queue = new Queue();
  const error = await assertRejects(() => pool.map("f", [{ queue }]), JobError);
  assertEquals(
    inFolder(folder, error.message),
    'task "f", job 1, input {"queue":Queue} failed: AggregateError: b ' +
      '["a" was thrown, which is no error], at m.ts:2:9',
  );
});
