import { assertEquals } from "@std/assert";
import { killTree, signalTree } from "../../lib/engines/system/process_tree.ts";
import { fanfold, Folder, MAIN } from "../support/program.ts";
import { until } from "../support/shared_folder.ts";

const FUNCTIONS = `
const { appendFileSync } = await import("node:fs");
const started = (name: string) => appendFileSync("started", name + "\\n");
export function fills(n: number) {
  const hoard: unknown[] = [];
  while (n === 2) hoard.push({ n, more: [n, n, n] });
  return n;
}
export function loops() {
  started("loops");
  for (;;);
}
export async function loopsOfAwaits() {
  started("loopsOfAwaits");
  for (;;) await null;
}
export async function loopsOfTimers() {
  started("loopsOfTimers");
  for (;;) await new Promise((goOn) => setTimeout(goOn, 0));
}
`;

for (const isolation of ["worker", "process"]) {
  Deno.test(`fanfold run contains a function that fills its heap, in a ${isolation}`, async () => {
    using folder = new Folder({ "deno.json": "{}", "functions.ts": FUNCTIONS });
    const task = {
      run: "./functions.ts#fills",
      isolation,
      inputs: [0, 1, 2, 3, 4, 5, 6],
      chunk: 7,
    };
    folder.write("fanfold.json", JSON.stringify({ tasks: { it: { ...task, jobs: 1 } } }));
    const env = { DENO_V8_FLAGS: "--max-old-space-size=64" };
    const { code, stdout, stderr } = await fanfold(["run", "--no-journal"], {
      cwd: folder.path,
      env,
    });
    assertEquals([code, stdout], [1, "0\n1\n3\n4\n5\n6\n"]);
    const told = stderr.split("\n").filter((line) => line.startsWith("fanfold: "));
    const died = `task "it", job 3, input 2 died: its ${isolation} reached the limit of its heap`;
    assertEquals(told.map((line) => line.replace(/, \d+ MiB$/, "")), [
      `fanfold: ${died}`,
      "fanfold: 7 jobs: 6 done, 1 died",
    ]);
  });
}

Deno.test({
  name: "fanfold run that is asked to end does so, whatever loops for ever in it",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const loops = ["loops", "loopsOfAwaits", "loopsOfTimers"];
    const functions = ["worker", "process"].flatMap((isolation) =>
      loops.map((name) => [`${isolation}-${name}`, { run: `./functions.ts#${name}`, isolation }])
    );
    const command = { shell: "echo command >> started; while :; do :; done" };
    const tasks = Object.fromEntries([...functions, ["command", command]]);
    using folder = new Folder({
      "deno.json": "{}",
      "functions.ts": FUNCTIONS,
      "fanfold.json": JSON.stringify({ tasks }),
      started: "",
    });
    const marks = { FANFOLD_TEST: crypto.randomUUID() };
    using _ = { [Symbol.dispose]: () => killTree([], marks) };
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, "run", "-j", "7"],
      cwd: folder.path,
      env: marks,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const lines = () => Deno.readTextFileSync(folder.at("started")).split("\n");
    await until("all tasks", () => lines().length > Object.keys(tasks).length);
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 143);
    await until("the end of all", () => signalTree([], marks, "SIGCONT").length === 0);
  },
});
