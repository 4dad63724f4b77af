import { assertEquals } from "@std/assert";
import { fanfold, Folder, MAIN } from "../support/program.ts";
import { until } from "../support/shared_folder.ts";

/** Generators that note when they are closed, and jobs that note that they run. */
const MODULE = `
import { appendFileSync } from "node:fs";
const note = (text) => appendFileSync(new URL("notes", import.meta.url), text + "\\n");
export const held = () => { note("runs"); return new Promise(() => {}); };
export const same = (n) => n;
export const throws = () => { throw new Error("no"); };
export function* numbers() {
  try { for (let n = 0;; n++) yield n; } finally { note("closed"); }
}
export async function* later() { yield* numbers(); }
export function refuses() {
  return {
    ...{ [Symbol.asyncIterator]() { return this; }, next: () => Promise.resolve({ done: false, value: 1 }) },
    return: () => Promise.reject(new Error("no return")),
  };
}
export const five = () => ({ [Symbol.iterator]: () => ({ next: () => 5 }) });
`;

function notesIn(folder: Folder): string[] {
  try {
    return Deno.readTextFileSync(folder.at("notes")).trim().split("\n");
  } catch {
    return [];
  }
}

for (
  const [how, inputs] of [
    ["a generator", "{ module: ./m.js#numbers }"],
    ["an asynchronous generator", "{ module: ./m.js#later }"],
    ["batches", "{ module: ./m.js#numbers, skip: 1, batch: 2 }"],
    ["a product", "{ product: [{ module: ./m.js#numbers }, [1]] }"],
    ["parts in step", "{ zip: [{ module: ./m.js#later }, { range: [1, 1000000] }] }"],
  ] as const
) {
  Deno.test(`fanfold closes the inputs of a run that a signal ends, ${how}`, async () => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      using folder = new Folder({
        "m.js": MODULE,
        "fanfold.yaml": `tasks:\n  a: { run: ./m.js#held, chunk: 1, inputs: ${inputs} }\n`,
      });
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", MAIN, "run", "--no-journal"],
        cwd: folder.path,
        stdout: "null",
        stderr: "null",
      }).spawn();
      await until("a job", () => notesIn(folder).includes("runs"));
      child.kill(signal);
      await child.status;
      assertEquals(notesIn(folder).filter((note) => note !== "runs"), ["closed"]);
    }
  });
}

Deno.test("fanfold closes the inputs of a run that has a fault, or is halted", async () => {
  for (
    const [task, code] of [
      ["run: ./m.js#same, init: ./m.js#throws", 2],
      ["run: ./m.js#throws, halt: now", 1],
      ['run: ./m.js#same, halt: "soon,success=3"', 0],
    ] as const
  ) {
    using folder = new Folder({
      "m.js": MODULE,
      "fanfold.yaml": `tasks:\n  a: { ${task}, inputs: { module: ./m.js#numbers } }\n`,
    });
    const ended = await fanfold(["run", "--no-journal"], { cwd: folder.path });
    assertEquals([ended.code, notesIn(folder)], [code, ["closed"]]);
  }
});

Deno.test("fanfold tells of inputs that are none, and leads with what went wrong first", async () => {
  using folder = new Folder({
    "m.js": MODULE,
    "fanfold.yaml": `tasks:
  five: { run: ./m.js#same, inputs: { module: ./m.js#five } }
  refuses: { run: ./m.js#same, init: ./m.js#throws, inputs: { module: ./m.js#refuses } }
`,
  });
  const { code, stderr } = await fanfold(["run", "five", "--no-journal"], { cwd: folder.path });
  assertEquals(
    [code, stderr],
    [
      2,
      'fanfold: Cannot read inputs of task "five" from ./m.js#five: TypeError: ' +
      "Iterator result 5 is not an object\n",
    ],
  );
  const refused = await fanfold(["run", "refuses", "--no-journal"], { cwd: folder.path });
  assertEquals(
    [refused.code, refused.stderr],
    [
      2,
      'fanfold: Cannot read inputs of task "refuses" from ./m.js#refuses: Error: no return\n' +
      "  at m.js:14:34\n" +
      '  |     return: () => Promise.reject(new Error("no return")),\n' +
      "  |                                  ^\n" +
      'fanfold: Cannot start task "refuses": its init ./m.js#throws failed: Error: no\n' +
      "  at m.js:6:37\n" +
      '  | export const throws = () => { throw new Error("no"); };\n' +
      "  |                                     ^\n",
    ],
  );
});
