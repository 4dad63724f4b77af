import { assertEquals, assertStringIncludes } from "@std/assert";
import { fanfold, Folder, MAIN } from "../support/program.ts";
import { isAlive } from "../support/is_alive.ts";
import { until } from "../support/shared_folder.ts";
import { StartedProgram } from "../support/started_program.ts";

/** It is looked into /proc; Windows has no such signals. */
const ignore = Deno.build.os !== "linux";

/** Notes that it is busy, and is for ever. */
const BUSY = `Deno.writeTextFileSync("busy", ""); for (;;);`;

const FUNCTIONS = `
export function* inputs() { yield 1; ${BUSY} }
export function* list() { yield 1; yield 2; }
export const join = () => { ${BUSY} };
export const same = (input) => input;
`;

const ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) " +
  "select max(i) as most from n";

/** What may keep the main thread busy, as it is named, with what is run and the stdin. */
const CASES: Record<string, { args: string[]; files?: Record<string, string>; stdin?: string }> = {
  'the inputs of task "a"': {
    args: ["run", "--no-journal"],
    files: {
      "fanfold.json": JSON.stringify({
        tasks: {
          a: { shell: "echo $$ > pid; exec sleep 991", inputs: { module: "./m.js#inputs" } },
        },
      }),
    },
  },
  'the fold of task "map"': {
    args: ["map", "./m.js#same", "--fold", "./m.js#join", ":::", "1", "2"],
  },
  'the tasks file "fanfold.ts"': { args: ["list"], files: { "fanfold.ts": BUSY } },
  'the query of task "a"': {
    args: ["run", "--no-journal"],
    files: {
      "fanfold.json": JSON.stringify({
        tasks: { a: { command: ["echo"], inputs: { sqlite: "empty.db", query: ENDLESS } } },
      }),
      "empty.db": "",
    },
  },
  "the expression of --colsep": {
    args: ["each", "--colsep", "(a+)+$", "echo"],
    stdin: `${"a".repeat(100)}b\n`,
  },
};

for (const [what, { args, files, stdin }] of Object.entries(CASES)) {
  Deno.test({
    name:
      `fanfold that is busy with ${what} says so when it is asked to end, and ends at the second signal`,
    ignore,
    fn: async () => {
      using folder = new Folder({ "deno.json": "{}", "m.js": FUNCTIONS, ...files });
      await using program = new StartedProgram(args, { cwd: folder.path, stdin: "piped" });
      const writer = program.child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(stdin ?? ""));
      await writer.close();
      if (`${args} ${JSON.stringify(files ?? {})}`.includes("m.js") || files?.["fanfold.ts"]) {
        await until("the note", () => hasFile(folder, "busy"));
      } else {
        await program.computed(1);
      }
      program.child.kill("SIGINT");
      await program.wrote("ask again");
      program.child.kill("SIGINT");
      const { code, stderr } = await program.end();
      assertEquals(code, 130);
      assertEquals(
        stderr,
        `fanfold: asked to end by SIGINT, and busy with ${what}; ask again to end at once\n` +
          "fanfold: ended at once by a second signal, SIGINT\n",
      );
      if (hasFile(folder, "pid")) {
        const pid = Number(Deno.readTextFileSync(folder.at("pid")));
        await until("the end of the command", () => !isAlive(pid));
      }
    },
  });
}

Deno.test({
  name:
    "fanfold that is busy passes the first signal on to commands, and kills them after their grace",
  ignore,
  fn: async () => {
    const script = `trap "echo > asked-$1" TERM
      echo $$ > "pid-$1"; while :; do sleep 0.05; done`;
    const a = { shell: script, grace: "100ms", inputs: { module: "./m.js#inputs" } };
    using folder = new Folder({
      "deno.json": "{}",
      "m.js": FUNCTIONS,
      "fanfold.json": JSON.stringify({ tasks: { a } }),
    });
    await using program = new StartedProgram(["run", "--no-journal"], { cwd: folder.path });
    await until("the note", () => hasFile(folder, "busy") && hasFile(folder, "pid-1"));
    program.child.kill("SIGTERM");
    await until("the request", () => hasFile(folder, "asked-1"));
    const pid = Number(Deno.readTextFileSync(folder.at("pid-1")));
    await until("the end of the command", () => !isAlive(pid));
    program.child.kill("SIGHUP");
    assertEquals((await program.end()).code, 129);
  },
});

Deno.test({
  name:
    "fanfold that is busy ends commands when their time is over, and none that has ended in time",
  ignore,
  fn: async () => {
    // The inputs come to their end when the slow command was asked to end, long after the quick one's time.
    const script = `if [ "$1" = quick ]; then echo in time; exit; fi
      trap "echo > asked; exit" TERM
      sleep 1000 & wait`;
    const inputs = `import { existsSync } from "node:fs";
      export function* inputs() {
        yield "quick";
        yield "slow";
        while (!existsSync("asked"));
      }`;
    const a = { shell: script, timeout: "700ms", inputs: { module: "./inputs.js#inputs" } };
    using folder = new Folder({
      "deno.json": "{}",
      "inputs.js": inputs,
      "fanfold.json": JSON.stringify({ tasks: { a } }),
    });
    const args = ["run", "--no-journal", "--format", "ndjson", "-j", "2"];
    const { code, stdout, stderr } = await fanfold(args, { cwd: folder.path });
    const rows = stdout.trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(rows.map(({ input, kind }) => [input, kind]), [
      ["quick", "done"],
      ["slow", "timed-out"],
    ]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "timed-out: it took longer than 700 ms");
  },
});

Deno.test({
  name:
    "fanfold that is busy knows afterwards which functions took too long, and ends those that still do",
  ignore,
  fn: async () => {
    // The inputs keep the thread busy until the first has ended, and each time after that as long as may be.
    const functions = `import { existsSync, writeFileSync } from "node:fs";
      const busy = (ms) => { for (const end = Date.now() + ms; Date.now() < end;); };
      export async function* inputs() {
        yield "slow";
        while (!existsSync("started-slow")) await new Promise((goOn) => setTimeout(goOn, 5));
        while (!existsSync("ended-slow"));
        yield "quick";
        yield "endless";
        while (!existsSync("started-endless")) await new Promise((goOn) => setTimeout(goOn, 5));
        for (let i = 0; i < 5; i++) {
          busy(600);
          await new Promise((goOn) => setTimeout(goOn));
        }
      }
      export async function waits(what) {
        writeFileSync("started-" + what, "");
        if (what === "endless") for (;;);
        if (what === "slow") await new Promise((goOn) => setTimeout(goOn, 1500));
        writeFileSync("ended-" + what, "");
      }`;
    const rules = { isolation: "process", timeout: "1s", jobs: 1 };
    const a = { run: "./f.js#waits", ...rules, inputs: { module: "./f.js#inputs" } };
    const tasks = JSON.stringify({ tasks: { a } });
    using folder = new Folder({ "deno.json": "{}", "f.js": functions, "fanfold.json": tasks });
    const args = ["run", "--no-journal", "--format", "ndjson"];
    const { code, stdout } = await fanfold(args, { cwd: folder.path });
    const rows = stdout.trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(rows.map(({ input, kind }) => [input, kind]), [
      ["slow", "timed-out"],
      ["quick", "done"],
      ["endless", "timed-out"],
    ]);
    assertEquals(code, 1);
  },
});

Deno.test({
  name: "fanfold whose stderr nobody reads ends at the second signal",
  ignore,
  fn: async () => {
    using folder = new Folder();
    // The pipe is full before it starts, and has no reader but the program itself.
    const full = `mkfifo pipe; exec 9<>pipe
      dd if=/dev/zero of=pipe oflag=nonblock bs=4096 count=1000 2>/dev/null
      exec "$0" "$@" 2>pipe`;
    const by = ["sh", "-c", full, Deno.execPath(), "run", "-A", MAIN];
    const script = `trap "echo > asked" INT TERM; echo > started; while :; do sleep 0.05; done`;
    const args = ["each", "--shell", script, ":::", "1"];
    await using program = new StartedProgram(args, { cwd: folder.path, by });
    await until("the command", () => hasFile(folder, "started"));
    program.child.kill("SIGINT");
    // Of two signals that are there at once, nobody knows which is heard first.
    await until("the request", () => hasFile(folder, "asked"));
    program.child.kill("SIGTERM");
    assertEquals((await program.end()).code, 143);
  },
});

function hasFile(folder: Folder, name: string): boolean {
  try {
    return Deno.statSync(folder.at(name)).isFile;
  } catch {
    return false;
  }
}
