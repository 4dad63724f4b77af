import { assertEquals } from "@std/assert";
import { Folder, MAIN, withoutWaits } from "../support/program.ts";
import { until } from "../support/shared_folder.ts";

const MODULE = `
import { appendFileSync } from "node:fs";
export async function prints(n) {
  console.log("says " + n);
  // What is printed is told by a timer that is due before.
  await new Promise((goOn) => setTimeout(goOn, 20));
  appendFileSync(new URL("notes", import.meta.url), n + "\\n");
  if (n === 1 || n === 3) await new Promise(() => {});
  return "gives " + n;
}
`;

/** The first and the third job never end; the third starts when the second has ended, and waits behind the first. */
const TASKS = `tasks:
  worker: { run: ./m.js#prints, jobs: 2, rate: 1000/s, inputs: [1, 2, 3] }
  process: { run: ./m.js#prints, jobs: 2, rate: 1000/s, isolation: process, inputs: [1, 2, 3] }
  command:
    shell: 'echo "says $1"; echo "$1" >> notes; [ "$1" = 2 ] || exec sleep 1000'
    jobs: 2
    inputs: [1, 2, 3]
`;

const SAYS = "says 1\nsays 2\nsays 3\n";

function notesIn(folder: Folder): number {
  try {
    return Deno.readTextFileSync(folder.at("notes")).trim().split("\n").length;
  } catch {
    return 0;
  }
}

/** What a run prints on stdout that a signal ends once all of its jobs have printed. */
async function ended(folder: Folder, args: readonly string[], signal: Deno.Signal) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, "run", "--no-journal", ...args],
    cwd: folder.path,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  await until("all jobs", () => notesIn(folder) === 3);
  child.kill(signal);
  const { code, stdout, stderr } = await output;
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

for (const [task, given] of [["worker", "gives 2\n"], ["process", "gives 2\n"], ["command", ""]]) {
  Deno.test(`fanfold prints in order what jobs had written when a signal ended them, ${task}`, async () => {
    for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
      using folder = new Folder({ "m.js": MODULE, "fanfold.yaml": TASKS });
      const all = SAYS.replace("says 2\n", `says 2\n${given}`);
      const { stdout, stderr, ...how } = await ended(folder, [`${task}`], signal);
      assertEquals(
        [stdout, withoutWaits(stderr), how.code],
        [all, `fanfold: ended by ${signal} after 1 job: 1 done\n`, code],
      );
    }
  });

  Deno.test(`fanfold prints how all jobs had ended when a signal ended them, ${task}`, async () => {
    using folder = new Folder({ "m.js": MODULE, "fanfold.yaml": TASKS });
    const { stdout } = await ended(folder, [`${task}`, "--format", "ndjson"], "SIGINT");
    const kinds = stdout.trim().split("\n").map((line) => JSON.parse(line).kind);
    assertEquals(kinds, ["cancelled", "done", "cancelled"]);
  });
}
