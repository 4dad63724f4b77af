import { assertEquals } from "@std/assert";
import { Folder, MAIN } from "../support/program.ts";
import { until } from "../support/shared_folder.ts";
import { StartedProgram } from "../support/started_program.ts";

const MODULE = `
import { writeFileSync } from "node:fs";
export const same = (input) => input;
export const note = () => writeFileSync("noted", "");
export const join = () => new Promise(() => setInterval(() => {}, 1000));
export async function* inputs() { yield 1; await join(); }
export const stream = () => new ReadableStream({ start: (to) => to.enqueue(1) });
export const opened = () => join();
`;

/** A module that does not come to its end, and one of which it cannot be seen without it what it exports. */
const ENDLESS = `await new Promise(() => setInterval(() => {}, 1000)); export const f = (x) => x;`;
const UNCLEAR = 'export * from "./endless.js";';

/** What does not settle: the tasks, and how it is named. */
const CASES = {
  "a fold": [
    { a: { run: "./m.js#same", inputs: [5, 6], fold: "./m.js#join" } },
    'the fold of task "a", at the value of job 2',
  ],
  "a generator of inputs": [
    { a: { run: "./m.js#same", inputs: { module: "./m.js#inputs" } } },
    'the next input of task "a"',
  ],
  "a stream of inputs": [
    { a: { run: "./m.js#same", inputs: { module: "./m.js#stream" } } },
    'the next input of task "a"',
  ],
  "a function that is to give inputs": [
    { a: { run: "./m.js#same", inputs: { module: "./m.js#opened" } } },
    'the next input of task "a"',
  ],
} as const;

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/** Runs the tasks of a case beside others until it says what is awaited, and asks it to end. */
async function ended(tasks: object, what: string, signal: keyof typeof SIGNALS): Promise<void> {
  // The last one runs when the one before has ended.
  const others = {
    b: { run: "./m.js#same", inputs: ["there"] },
    c: { run: "./m.js#note", needs: ["b"] },
  };
  using folder = new Folder({
    "deno.json": "{}",
    "m.js": MODULE,
    "fanfold.json": JSON.stringify({ tasks: { ...tasks, ...others } }),
  });
  const by = ["sh", "-c", 'exec "$0" "$@" > out', Deno.execPath(), "run", "-A", MAIN];
  await using program = new StartedProgram(["run", "--no-journal"], { cwd: folder.path, by });
  const line = `fanfold: still waiting for ${what}\n`;
  await program.wrote(line);
  await until("the last task", () => hasFile(folder, "noted"));
  program.child.kill(signal);
  const { code, stderr } = await program.end();
  const end = `fanfold: ended by ${signal}`;
  assertEquals([code, stderr.replace(/(?<=ended by [A-Z]+) .*/, "")], [
    SIGNALS[signal],
    `${line}${end}\n`,
  ]);
  assertEquals(Deno.readTextFileSync(folder.at("out")).split("\n").includes("there"), true);
}

function hasFile(folder: Folder, name: string): boolean {
  try {
    return Deno.statSync(folder.at(name)).isFile;
  } catch {
    return false;
  }
}

Deno.test({
  name:
    "fanfold says what it waits for that does not settle, ends at one signal, and prints what is there",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const signals = Object.keys(SIGNALS) as (keyof typeof SIGNALS)[];
    const all = Object.values(CASES).map(([tasks, what], i) =>
      ended(tasks, what, signals[i % signals.length] as keyof typeof SIGNALS)
    );
    for (const one of await Promise.allSettled(all)) {
      if (one.status === "rejected") throw one.reason;
    }
  },
});

Deno.test({
  name: "fanfold says what it waits for before it runs anything, and ends at one signal",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const tasks = JSON.stringify({ tasks: { a: { run: "./unclear.js#f", inputs: [1] } } });
    using folder = new Folder({
      "deno.json": "{}",
      "endless.js": ENDLESS,
      "unclear.js": UNCLEAR,
      "fanfold.json": tasks,
      "tasks.ts": ENDLESS,
    });
    const cases = [
      [["run"], 'the tasks file "fanfold.json" and its modules to be loaded'],
      [["list", "-f", "tasks.ts"], 'the tasks file "tasks.ts" and its modules to be loaded'],
      [["map", "./unclear.js#f", ":::", "1"], "./unclear.js to be imported"],
    ] as const;
    const ends = cases.map(async ([args, what]) => {
      await using program = new StartedProgram(args, { cwd: folder.path });
      const line = `fanfold: still waiting for ${what}\n`;
      await program.wrote(line);
      program.child.kill("SIGINT");
      assertEquals(await program.end(), {
        code: 130,
        stderr: `${line}fanfold: ended by SIGINT\n`,
      });
    });
    for (const end of await Promise.allSettled(ends)) {
      if (end.status === "rejected") throw end.reason;
    }
  },
});

Deno.test({
  name: "Pool says on stderr which call waits for an input that does not come",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const pool = `import { Pool } from "${new URL("../../lib/mod.ts", import.meta.url)}";
import { inputs } from "./m.js";
const pool = new Pool(new URL("./m.js", import.meta.url), { jobs: 1 });
await pool.map("same", inputs());
`;
    using folder = new Folder({ "deno.json": "{}", "m.js": MODULE, "pool.js": pool });
    const by = [Deno.execPath(), "run", "-A", folder.at("pool.js")];
    await using program = new StartedProgram([], { cwd: folder.path, by });
    const module = new URL(`file://${folder.at("m.js")}`);
    await program.wrote(
      `fanfold: still waiting for the next input of call "same", pool of ${module}\n`,
    );
  },
});
