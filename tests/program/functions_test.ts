import { assertEquals } from "@std/assert";
import { withoutIds } from "../support/kept_text.ts";
import { fanfold, Folder, MAIN } from "../support/program.ts";

const LOUD = `
console.log("imported");
export function start() {
  console.log("started");
}
export function double(n: number) {
  console.log("log of", n);
  console.error("error of", n);
  return n * 2;
}
`;

for (const isolation of ["worker", "process"]) {
  Deno.test(`fanfold run prints what a function prints before its value, in a ${isolation}`, async () => {
    using folder = new Folder({ "loud.ts": LOUD });
    const task = { run: "./loud.ts#double", init: "./loud.ts#start", inputs: [1, 2, 3], jobs: 1 };
    folder.write("fanfold.json", JSON.stringify({ tasks: { it: { ...task, isolation } } }));
    const errors = "imported\nstarted\nerror of 1\nerror of 2\nerror of 3\n";
    const text = await fanfold(["run"], { cwd: folder.path });
    assertEquals(text, {
      code: 0,
      stdout: "log of 1\n2\nlog of 2\n4\nlog of 3\n6\n",
      stderr: errors,
    });
    const json = await fanfold(["run", "--format", "json"], { cwd: folder.path });
    assertEquals([json.code, json.stdout], [0, "[2,4,6]\n"]);
    const sorted = (text: string) => text.split("\n").sort();
    assertEquals(sorted(json.stderr), sorted(`${errors}log of 1\nlog of 2\nlog of 3\n`));
  });
}

for (const isolation of ["worker", "process"]) {
  Deno.test(`fanfold run prints at once what a busy function prints at its turn, in a ${isolation}`, async () => {
    const source = `import { existsSync } from "node:fs";
      export function works(n: number) {
        console.log("works at", n);
        while (!existsSync("go-" + n));
        return n;
      }`;
    using folder = new Folder({ "works.ts": source });
    const task = { run: "./works.ts#works", inputs: [1, 2], jobs: 1, isolation };
    folder.write("fanfold.json", JSON.stringify({ tasks: { it: task } }));
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, "run"],
      cwd: folder.path,
      stdin: "null",
      stdout: "piped",
    }).spawn();
    let stdout = "";
    for await (const bytes of child.stdout) {
      stdout += new TextDecoder().decode(bytes);
      const [, n] = /works at (\d)\n$/.exec(stdout) ?? [];
      if (n) folder.write(`go-${n}`, "");
    }
    assertEquals([(await child.status).code, stdout], [0, "works at 1\n1\nworks at 2\n2\n"]);
  });
}

Deno.test("fanfold run takes the functions of a TypeScript tasks file from it, in every slot", async () => {
  const file = `
    import { defineTasks } from "fanfold";
    console.log("read by", typeof Deno.args === "object");
    const add = (sum: number, n: number) => sum + n;
    export default defineTasks({
      worker: { run: (n) => n * n, inputs: [1, 2, 3], fold: add, initial: 0 },
      process: { run: (n) => n * n, inputs: () => [4, 5], isolation: "process", chunk: 1 },
      pair: { run: (a: number, b: number) => a ** b, args: [2, 10] },
    });
  `;
  using folder = new Folder({ "fanfold.ts": file });
  const { code, stdout } = await fanfold(["run"], { cwd: folder.path });
  assertEquals([code, stdout], [0, "14\n16\n25\n1024\n"]);
});

Deno.test("fanfold run has functions of a TypeScript tasks file see no variables of the runner", async () => {
  const file = `
    import { defineTasks } from "fanfold";
    let changed = "no";
    const inputs = () => {
      changed = "by the runner";
      return [1, 2];
    };
    export default defineTasks({
      worker: { run: () => changed, inputs },
      process: { run: () => changed, inputs, isolation: "process" },
      runner: { command: ["echo"], inputs: () => [changed] },
    });
  `;
  using folder = new Folder({ "fanfold.ts": file });
  const { code, stdout } = await fanfold(["run", "-j", "1"], { cwd: folder.path });
  assertEquals([code, stdout], [0, "no\n".repeat(4) + "by the runner\n"]);
});

Deno.test("fanfold run gathers what a function's child prints in a process, and not in a worker", async () => {
  const source = `
    export async function hasChild(name: string) {
      await new Deno.Command("echo", { args: ["a child in", name] }).spawn().status;
    }
  `;
  using folder = new Folder({ "child.ts": source });
  for (const isolation of ["worker", "process"]) {
    const task = { run: "./child.ts#hasChild", inputs: [isolation], isolation };
    folder.write("fanfold.json", JSON.stringify({ tasks: { it: task } }));
    const { stdout, stderr } = await fanfold(["run", "--format", "json"], { cwd: folder.path });
    const line = `a child in ${isolation}\n`;
    const wanted = isolation === "worker" ? [`${line}[null]\n`, ""] : ["[null]\n", line];
    assertEquals([stdout, stderr], wanted);
  }
});

Deno.test("fanfold run goes on when jobs throw, exit and leave rejections, and exits 1", async () => {
  const source = `
    export async function unruly(n: number) {
      if (n === 1) throw new RangeError("one", { cause: new Error("below") });
      if (n === 2) Deno.exit(0);
      if (n === 3) Promise.reject(new Error("three"));
      if (n === 4) return () => n;
      await new Promise((done) => setTimeout(done, 1));
      return n;
    }
  `;
  using folder = new Folder({ "unruly.ts": source });
  const task = { run: "./unruly.ts#unruly", inputs: { range: [0, 5] }, chunk: 6 };
  for (const [isolation, where] of [["worker", "worker"], ["process", "process"]]) {
    folder.write("fanfold.json", JSON.stringify({ tasks: { it: { ...task, isolation } } }));
    const { code, stdout, stderr } = await fanfold(["run"], { cwd: folder.path });
    assertEquals([code, stdout], [1, "0\n5\n"]);
    const lines = withoutIds(stderr).split("\n");
    const told = lines.filter((line) => line.startsWith("fanfold: "));
    assertEquals(told, [
      'fanfold: task "it", job 2, input 1 failed: RangeError: one, because: Error: below',
      `fanfold: task "it", job 3, input 2 died: its ${where} ended with exit code 0`,
      'fanfold: task "it", job 4, input 3 failed: Error: three',
      'fanfold: task "it", job 5, input 4 failed: DataCloneError: result is a function',
      "fanfold: 6 jobs: 2 done, 3 failed, 1 died",
      "fanfold: do again what failed with: fanfold retry RUN",
    ]);
  }
});

Deno.test("fanfold run prints results as jobs end with --unordered", async () => {
  const script =
    'until [ "$1" = 2 ] || [ -e done ]; do sleep 0.01; done; echo "$1"; [ "$1" = 1 ] || touch done';
  using folder = new Folder();
  const task = { shell: script, inputs: [1, 2], jobs: 2 };
  folder.write("fanfold.json", JSON.stringify({ tasks: { it: task } }));
  const { code, stdout } = await fanfold(["run", "--unordered"], { cwd: folder.path });
  assertEquals([code, stdout], [0, "2\n1\n"]);
});
