import { assert, assertEquals } from "@std/assert";
import { Folder } from "../support/folder.ts";
import { isAlive } from "../support/is_alive.ts";
import { SharedFolder, until } from "../support/shared_folder.ts";

const LIB = import.meta.resolve("../../lib/mod.ts");

/** Functions that leave a daemon, each started in another way. */
const FUNCTIONS = `import { spawn } from "node:child_process";
const daemon = ["sh", "-c", 'echo $$ >> notes; : > "$0"; exec sleep 1000'];
const args = (name) =>
  ["-c", 'setsid "$@" "$0" & until [ -e "$0" ]; do sleep 0.01; done', name, ...daemon];
export const byDeno = async () => {
  const streams = { stdin: "null", stdout: "null", stderr: "null" };
  await new Deno.Command("sh", { args: args("deno"), ...streams }).output();
};
export const byNode = () =>
  new Promise((over) => spawn("sh", args("node"), { stdio: "ignore" }).on("exit", over));
`;

/** What a program does with them. */
const WAYS = {
  Pool: `const pool = new Pool(url, { isolation, jobs: 1 });
await pool.apply("byDeno", []);
await pool.apply("byNode", []);
const end = () => pool.terminate();`,
  run: `const tasks = await loadTasks("fanfold.json");
const running = run(tasks);
await running.next();
await running.next();
const end = () => running.return();`,
};

const ENDS = {
  "terminates it": "await end();",
  "ends": "Deno.exit(0);",
  "gets SIGTERM": "Deno.kill(Deno.pid, 'SIGTERM');",
  "gets SIGKILL": "Deno.kill(Deno.pid, 'SIGKILL');",
};

for (const isolation of ["worker", "process"]) {
  for (const [way, does] of Object.entries(WAYS)) {
    Deno.test({
      name:
        `${way} leaves nothing that functions have started, ${isolation}, however its program ends`,
      ignore: Deno.build.os !== "linux",
      fn: async () => {
        for (const [how, end] of Object.entries(ENDS)) {
          using shared = new SharedFolder();
          const tasks = ["byDeno", "byNode"].map((name) => [name, {
            run: `./functions.ts#${name}`,
            isolation,
          }]);
          using folder = new Folder({
            "functions.ts": FUNCTIONS,
            "deno.json": "{}",
            "fanfold.json": JSON.stringify({ tasks: Object.fromEntries(tasks) }),
            "main.ts": `import { loadTasks, Pool, run } from "${LIB}";
const isolation = "${isolation}";
const url = new URL("./functions.ts", import.meta.url);
${does}
${end}`,
          });
          Deno.symlinkSync(`${shared.path}/notes`, folder.at("notes"));
          const child = new Deno.Command(Deno.execPath(), {
            args: ["run", "--quiet", "-A", "main.ts"],
            cwd: folder.path,
            stdin: "null",
          }).spawn();
          const { success } = await child.status;
          const pids = shared.notes.map(Number);
          assertEquals([success, pids.length], [!end.includes("SIG"), 2], how);
          assert(pids.every(Number.isInteger));
          for (const pid of pids) await until(`the end of ${pid}`, () => !isAlive(pid));
        }
      },
    });
  }
}
