import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { fanfold, Folder, type Printed } from "../support/program.ts";
import { until } from "../support/shared_folder.ts";
import { interrupted, journalled, journals, ran, run } from "./resumed_run.ts";

/** Notes its input, waits where there is `hold-…`, and fails for what `fails` has. */
const SCRIPT = `echo "$1" >> ran
while [ -e "hold-$1" ]; do sleep 0.01; done
echo "out $1"; ! grep -qsx "$1" fails`;

const NOTES = `
import { appendFileSync } from "node:fs";
export function notes(n: number, { index }: { index: number }) {
  appendFileSync("ran", \`\${n}\\n\`);
  return [index, n];
}
`;

/** A folder with a task that starts the slowest of these first, one after the other. */
function folderWith(inputs: readonly unknown[], more: object = { shell: SCRIPT }): Folder {
  const it = { inputs, jobs: 1, order: "slowest", ...more };
  return new Folder({
    "deno.json": "{}",
    "ran": "",
    "notes.ts": NOTES,
    "fanfold.json": JSON.stringify({ tasks: { it } }),
  });
}

/** Has the latest run have taken so long with its inputs, in ms. */
function took(folder: Folder, times: Readonly<Record<string, number>>): void {
  using database = new DatabaseSync(journals(folder).at(-1) as string);
  const change = database.prepare("UPDATE jobs SET duration_ms = ? WHERE input = ?");
  for (const [input, ms] of Object.entries(times)) change.run(ms, input);
}

function seen({ code, stdout, stderr }: Printed, folder: Folder) {
  const notes = ran(folder).join(" ");
  folder.write("ran", "");
  return { code, stdout, stderr, ran: notes };
}

function outOf(...inputs: readonly number[]): string {
  return inputs.map((input) => `out ${input}\n`).join("");
}

const QUIET = { code: 0, stderr: "" };

Deno.test("fanfold run starts the slowest of earlier runs first, new ones before, and prints in input order", async () => {
  using folder = folderWith([1, 2, 3]);
  const stdout = outOf(1, 2, 3);
  assertEquals(seen(await run(folder), folder), { ...QUIET, stdout, ran: "1 2 3" });
  took(folder, { 1: 100, 2: 300, 3: 200 });
  assertEquals(seen(await run(folder), folder), { ...QUIET, stdout, ran: "2 3 1" });
  took(folder, { 1: 30, 2: 10, 3: 20 });
  const unkept = await run(folder, "--no-journal");
  assertEquals(seen(unkept, folder), { ...QUIET, stdout, ran: "1 3 2" });
  folder.write("fanfold.json", Deno.readTextFileSync(folder.at("fanfold.json")).replace("2", "4"));
  const changed = seen(await run(folder), folder);
  assertEquals(changed, { ...QUIET, stdout: outOf(1, 4, 3), ran: "4 1 3" });
});

Deno.test("fanfold run hands functions their own index, whatever starts first, in chunks or not", async () => {
  for (const chunk of [1, 2, "auto"]) {
    const action = { run: "./notes.ts#notes", chunk };
    using folder = folderWith([5, 6, 7, 8, 9], action);
    await run(folder);
    took(folder, { 5: 1, 6: 50, 7: 60, 8: 1, 9: 1 });
    folder.write("ran", "");
    const printed = seen(await run(folder, "--format", "json"), folder);
    const stdout = "[[0,5],[1,6],[2,7],[3,8],[4,9]]\n";
    assertEquals(printed, { ...QUIET, stdout, ran: "7 6 5 8 9" });
  }
});

Deno.test("fanfold run --resume goes on with the slowest that are left", async () => {
  using folder = folderWith([1, 2, 3, 4]);
  await run(folder);
  took(folder, { 1: 100, 2: 300, 3: 200, 4: 400 });
  folder.write("ran", "");
  folder.write("hold-2", "");
  const isHeld = until("note 2", () => ran(folder).includes("2"))
    .then(() => until("the journal", () => journalled(folder).length === 5));
  await interrupted(folder, isHeld, "SIGKILL");
  Deno.removeSync(folder.at("hold-2"));
  assertEquals(ran(folder), ["4", "2"]);
  folder.write("ran", "");
  const { code, stdout, ran: again } = seen(await run(folder, "--resume"), folder);
  assertEquals([code, stdout, again], [0, outOf(1, 2, 3, 4), "2 3 1"]);
});

Deno.test("fanfold run starts what failed before what is known, and is halted", async () => {
  using folder = folderWith([1, 2, 3], { shell: SCRIPT, halt: "soon,fail=1" });
  folder.write("fails", "3\n");
  await run(folder, "--halt", "never");
  took(folder, { 1: 100, 2: 300, 3: 200 });
  folder.write("ran", "");
  const { code, ran: started } = seen(await run(folder), folder);
  assertEquals([code, started], [1, "3"]);
});

Deno.test("fanfold run passes over runs that cannot be read", async () => {
  using folder = folderWith([1, 2]);
  await run(folder);
  took(folder, { 1: 100, 2: 300 });
  folder.write(".fanfold/runs/99990101-000000-aaaaaa.db", "no journal");
  folder.write("ran", "");
  assertEquals(seen(await run(folder), folder), { ...QUIET, stdout: outOf(1, 2), ran: "2 1" });
});

Deno.test("fanfold each --slowest-first knows the runs that are kept of the same command", async () => {
  using folder = new Folder({ ran: "" });
  const each = (...words: readonly string[]) =>
    fanfold(["each", "-j1", ...words, "--shell", SCRIPT, ":::", "1", "2", "3"], {
      cwd: folder.path,
    });
  const stdout = outOf(1, 2, 3);
  assertEquals(seen(await each("--slowest-first"), folder), { ...QUIET, stdout, ran: "1 2 3" });
  await each("--state-dir", ".fanfold");
  took(folder, { '"1"': 100, '"2"': 300, '"3"': 200 });
  folder.write("ran", "");
  assertEquals(seen(await each("--slowest-first"), folder), { ...QUIET, stdout, ran: "2 3 1" });
  const line = ["each", "-j1", "--slowest-first", "--shell", `${SCRIPT} `, ":::", "1", "2", "3"];
  const other = await fanfold(line, { cwd: folder.path });
  assertEquals(seen(other, folder), { ...QUIET, stdout, ran: "1 2 3" });
});

Deno.test("fanfold map --slowest-first knows the runs that are kept of the same function", async () => {
  using folder = folderWith([]);
  const map = (...words: readonly string[]) =>
    fanfold(["map", "-j1", ...words, "./notes.ts#notes", "--json", ":::", "1", "2", "3"], {
      cwd: folder.path,
    });
  await map("--state-dir", ".fanfold");
  took(folder, { 1: 100, 2: 300, 3: 200 });
  folder.write("ran", "");
  const stdout = "[0,1]\n[1,2]\n[2,3]\n";
  assertEquals(seen(await map("--slowest-first"), folder), { ...QUIET, stdout, ran: "2 3 1" });
});

Deno.test("fanfold plan tells that the slowest start first", async () => {
  using folder = folderWith([1]);
  const { stdout } = await fanfold(["plan"], { cwd: folder.path });
  assertEquals(stdout.split("\n").at(-2), "   the slowest first");
});

Deno.test("fanfold run refuses to start the slowest first within a window", async () => {
  using folder = folderWith([1], { shell: SCRIPT, order: undefined, window: 9 });
  assertEquals(await run(folder, "--slowest-first"), {
    code: 2,
    stdout: "",
    stderr: 'fanfold: Cannot combine --slowest-first and the "window" of task "it", ' +
      "for all inputs are read before the first of them starts\n",
  });
});
