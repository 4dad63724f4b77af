import { assertEquals } from "@std/assert";
import { fanfold, Folder } from "../support/program.ts";

/** Functions that print and then end, or are ended, in the same breath. */
const MODULE = `
function says() {
  for (let i = 1; i <= 10; i++) {
    console.log("out " + i);
    console.error("err " + i);
  }
  process.stdout.write("open");
}
export const spins = () => { says(); while (true); };
export const killed = () => { says(); process.kill(process.pid, "SIGKILL"); while (true); };
export const exits = () => { says(); Deno.exit(3); };
export const hoards = () => { says(); for (const all = []; ; ) all.push({ all }); };
export async function waits() { says(); await new Promise((never) => setTimeout(never, 1e9)); }
export async function halts(n) {
  const { existsSync, writeFileSync } = await import("node:fs");
  const said = new URL("said", import.meta.url);
  if (n === 1) {
    says();
    writeFileSync(said, "");
    while (true);
  }
  while (!existsSync(said)) await new Promise((goOn) => setTimeout(goOn, 2));
  throw new Error("enough");
}
`;

const LINES = Array.from({ length: 10 }, (_, i) => i + 1);
const OUT = LINES.map((i) => `out ${i}\n`).join("") + "open";
const ERR = LINES.map((i) => `err ${i}\n`).join("");

const SAYS = "for i in 1 2 3 4 5 6 7 8 9 10; do echo out $i; echo err $i >&2; done; printf open; ";

/** Tasks of one job each, by how it is ended, and the kind of its outcome. */
const TASKS: Readonly<Record<string, readonly [task: Record<string, unknown>, kind: string]>> = {
  "a time-out, in a command": [
    { shell: `${SAYS} exec sleep 1000`, timeout: "500ms" },
    "timed-out",
  ],
  "a time-out that it does not heed, in a command": [
    { shell: `trap "" TERM; ${SAYS} while :; do sleep 0.1; done`, timeout: "500ms", grace: "50ms" },
    "timed-out",
  ],
  "a signal, in a command": [{ shell: `${SAYS} kill -9 $$` }, "died"],
  "a time-out, in a function that waits": [{ run: "./m.js#waits", timeout: "1s" }, "timed-out"],
  "a time-out, in a function that loops": [{ run: "./m.js#spins", timeout: "1s" }, "timed-out"],
  "a signal, in a process": [{ run: "./m.js#killed", isolation: "process" }, "died"],
  "its own exit, in a process": [{ run: "./m.js#exits", isolation: "process" }, "died"],
  "its own exit, in a Worker": [{ run: "./m.js#exits" }, "died"],
  "a full heap, in a process": [{ run: "./m.js#hoards", memory: "100MB" }, "died"],
};

for (const [how, [task, kind]] of Object.entries(TASKS)) {
  Deno.test(`fanfold run prints and keeps all that a job wrote before the end by ${how}`, async () => {
    using folder = new Folder({
      "m.js": MODULE,
      "fanfold.json": JSON.stringify({ tasks: { a: task } }),
    });
    const run = (...args: readonly string[]) => fanfold(args, { cwd: folder.path });
    const { stdout, stderr } = await run("run");
    assertEquals(stdout, OUT);
    // Deno and V8 say something of their own behind it.
    assertEquals(stderr.slice(0, ERR.length), ERR);
    assertEquals(stderr.includes(` ${kind}: `), true, stderr);
    const kept = await run("show", "last", "a", "1", "--raw");
    assertEquals([kept.stdout, kept.stderr.slice(0, ERR.length)], [OUT, ERR]);
    assertEquals((await run("run", "--no-journal", "--live")).stdout, `${OUT}\n`);
  });
}

for (const isolation of ["worker", "process", "command"]) {
  Deno.test(`fanfold run prints all that a job wrote before the end by halt now, ${isolation}`, async () => {
    const shell = `[ $1 = 1 ] || { until [ -e said ]; do sleep 0.01; done; exit 1; }; ${SAYS} ` +
      "touch said; exec sleep 1000";
    const task = isolation === "command" ? { shell } : { run: "./m.js#halts", isolation, chunk: 1 };
    using folder = new Folder({
      "m.js": MODULE,
      "fanfold.json": JSON.stringify({
        tasks: { a: { ...task, inputs: [1, 2], jobs: 2, halt: "now,fail=1" } },
      }),
    });
    const { code, stdout, stderr } = await fanfold(["run"], { cwd: folder.path });
    assertEquals([code, stdout, stderr.slice(0, ERR.length)], [1, OUT, ERR]);
  });
}
