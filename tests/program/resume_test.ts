import { assertEquals, assertStringIncludes } from "@std/assert";
import { Folder, type Printed } from "../support/program.ts";
import { steady } from "../support/kept_text.ts";
import { until } from "../support/shared_folder.ts";
import { interrupted, journalled, journals, ran, run } from "./resumed_run.ts";

/** A script that notes its input, fails for those that `fails` has, and waits where there is `hold-…`. */
const SCRIPT = `echo "$1" >> ran
while [ -e "hold-$1" ]; do sleep 0.01; done
echo "out $1"; ! grep -qsx "$1" fails`;

/** A folder with one task of these inputs. */
function folderWith(
  inputs: readonly unknown[],
  more: object = {},
  files: Record<string, string> = {},
): Folder {
  const folder = new Folder({ "deno.json": "{}", "ran": "", ...files });
  write(folder, inputs, more);
  return folder;
}

/** Writes the tasks file again. */
function write(folder: Folder, inputs: readonly unknown[], more: object = {}): void {
  const it = { shell: SCRIPT, inputs, jobs: 1, ...more };
  folder.write("fanfold.json", JSON.stringify({ tasks: { it } }));
}

/** What ran from here on; what has been noted before is forgotten. */
function newlyRan(folder: Folder): string[] {
  const notes = ran(folder);
  folder.write("ran", "");
  return notes;
}

function noted(folder: Folder, note: string): Promise<void> {
  return until(`note ${note}`, () => ran(folder).includes(note));
}

/** Has a run end by a signal while it holds a job, and all before it are in the journal. */
async function endedAt(folder: Folder, input: string, signal: Deno.Signal = "SIGKILL") {
  folder.write(`hold-${input}`, "");
  const isHeld = noted(folder, input).then(() =>
    until("the journal", () => journalled(folder).length === ran(folder).length - 1)
  );
  const printed = await interrupted(folder, isHeld, signal);
  Deno.removeSync(folder.at(`hold-${input}`));
  return printed;
}

function outOf(...inputs: readonly unknown[]): string {
  return inputs.map((input) => `out ${input}\n`).join("");
}

function seen({ code, stdout }: Printed, folder: Folder) {
  return { code, stdout, ran: newlyRan(folder).join(" ") };
}

for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
  Deno.test(`fanfold run --resume goes on with what ${signal} has ended`, async () => {
    using folder = folderWith([1, 2, 3]);
    await endedAt(folder, "2", signal);
    assertEquals(newlyRan(folder), ["1", "2"]);
    const again = await run(folder, "--resume");
    assertEquals(seen(again, folder), { code: 0, stdout: outOf(1, 2, 3), ran: "2 3" });
    assertEquals(journals(folder).length, 1);
  });
}

Deno.test("fanfold run --resume begins a new run where the last one has ended, or there is none", async () => {
  using folder = folderWith([1, 2]);
  for (const count of [1, 2]) {
    const printed = await run(folder, "--resume");
    assertEquals(seen(printed, folder), { code: 0, stdout: outOf(1, 2), ran: "1 2" });
    assertEquals(journals(folder).length, count);
  }
});

Deno.test("fanfold run --resume goes on with the run that has not ended, though a later one has", async () => {
  using folder = folderWith([1, 2, 3]);
  await endedAt(folder, "2");
  await run(folder);
  newlyRan(folder);
  const again = await run(folder, "--resume");
  assertEquals(seen(again, folder), { code: 0, stdout: outOf(1, 2, 3), ran: "2 3" });
  assertEquals(journals(folder).length, 2);
});

Deno.test("fanfold run --resume goes on with the run that was begun last, whatever the clock says", async () => {
  using folder = folderWith([1]);
  const ahead = "99990101-000000-aaaaaa";
  await run(folder);
  const [first = ""] = journals(folder);
  Deno.renameSync(first, first.replace(/[^/]*$/, `${ahead}.db`));
  write(folder, [2, 3]);
  await endedAt(folder, "3");
  newlyRan(folder);
  const again = await run(folder, "--resume");
  assertEquals(seen(again, folder), { code: 0, stdout: outOf(2, 3), ran: "3" });
  assertEquals(journals(folder).map((path) => path.includes(ahead)), [true, false]);
});

Deno.test("fanfold run --resume says that it begins anew behind a run that has ended with failures", async () => {
  using folder = folderWith([1, 2, 3], {}, { fails: "2\n" });
  await run(folder);
  const [id] = journals(folder).map((path) => path.replace(/^.*\/|\.db$/g, ""));
  const again = await run(folder, "--resume");
  assertEquals(
    again.stderr.split("\n")[0],
    `fanfold: run ${id} has ended, 1 job not well, so --resume begins anew; ` +
      "--resume-failed does that one again",
  );
  newlyRan(folder);
  const failed = await run(folder, "--resume-failed");
  assertEquals(seen(failed, folder), { code: 1, stdout: outOf(1, 2, 3), ran: "2" });
  folder.write("fails", "");
  await run(folder, "--resume-failed");
  assertEquals((await run(folder, "--resume")).stderr, "");
});

Deno.test("fanfold run --resume knows inputs that were reordered, and runs those that are new", async () => {
  using folder = folderWith(["a", "b", "c", "a", "z"]);
  await endedAt(folder, "z");
  newlyRan(folder);
  write(folder, ["new", "c", "a", "z", "a", "a", "b"]);
  const again = await run(folder, "--resume");
  const stdout = outOf("new", "c", "a", "z", "a", "a", "b");
  assertEquals(seen(again, folder), { code: 0, stdout, ran: "new z a" });
});

Deno.test("fanfold run --resume runs again only the task that imports what was changed", async () => {
  const source = (name: string) => `
import { appendFileSync } from "node:fs";
import { text } from "./${name}_text.ts";
export function ${name}(n: number) {
  appendFileSync("ran", "${name}" + n + "\\n");
  return text + n;
}`;
  using folder = new Folder({
    "deno.json": "{}",
    "ran": "",
    "one.ts": source("one"),
    "two.ts": source("two"),
    "one_text.ts": 'export const text = "1: ";\n',
    "two_text.ts": 'export const text = "2: ";\n',
    "hold-x": "",
  });
  const tasks = {
    one: { run: "./one.ts#one", inputs: [1, 2], jobs: 1 },
    two: { run: "./two.ts#two", inputs: [1, 2], jobs: 1 },
    last: { shell: SCRIPT, inputs: ["x"], needs: ["one", "two"] },
  };
  folder.write("fanfold.json", JSON.stringify({ tasks }));
  const isHeld = noted(folder, "x").then(() =>
    until("the journal", () => journalled(folder).length === 4)
  );
  await interrupted(folder, isHeld, "SIGKILL");
  newlyRan(folder);
  folder.write("two_text.ts", 'export const text = "two: ";\n');
  Deno.removeSync(folder.at("hold-x"));
  const again = await run(folder, "--resume");
  const stdout = "1: 1\n1: 2\ntwo: 1\ntwo: 2\nout x\n";
  assertEquals(seen(again, folder), { code: 0, stdout, ran: "two1 two2 x" });
});

Deno.test("fanfold run --resume takes any edit of a tasks file in TypeScript for one of its functions", async () => {
  const notes = 'appendFileSync("ran", `${n}\\n`)';
  const file = (word: string) => `
    import { defineTasks } from "fanfold";
    import { appendFileSync } from "node:fs"; // ${word}
    export default defineTasks({
      own: { run: (n: string) => ${notes}, inputs: ["own"] },
      named: { run: "./named.ts#named", inputs: ["named"] },
      command: { shell: 'echo "$1" >> ran', inputs: ["command"] },
      last: { shell: ${JSON.stringify(SCRIPT)}, inputs: ["x"], needs: ["own", "named", "command"] },
    });`;
  using folder = new Folder({
    "deno.json": "{}",
    "fanfold.ts": file("before"),
    "named.ts": `import { appendFileSync } from "node:fs";
      export const named = (n: string) => ${notes};`,
    "ran": "",
    "hold-x": "",
  });
  const isHeld = noted(folder, "x").then(() =>
    until("the journal", () => journalled(folder).length === 3)
  );
  await interrupted(folder, isHeld, "SIGKILL");
  assertEquals(newlyRan(folder).sort(), ["command", "named", "own", "x"]);
  Deno.removeSync(folder.at("hold-x"));
  folder.write("fanfold.ts", file("after"));
  const again = await run(folder, "--resume");
  assertEquals([again.code, again.stdout, newlyRan(folder)], [0, outOf("x"), ["own", "x"]]);
});

Deno.test("fanfold run --resume takes over failures, and --resume-failed repeats them", async () => {
  using folder = folderWith([1, 2, 3, 4], {}, { fails: "2\n3\n" });
  await endedAt(folder, "4");
  newlyRan(folder);
  const resumed = await run(folder, "--resume");
  assertEquals(seen(resumed, folder), { code: 1, stdout: outOf(1, 2, 3, 4), ran: "4" });
  assertStringIncludes(resumed.stderr, "4 jobs: 2 done, 2 failed");
  folder.write("fails", "3\n");
  const once = await run(folder, "--resume-failed");
  assertEquals(seen(once, folder), { code: 1, stdout: outOf(1, 2, 3, 4), ran: "2 3" });
  folder.write("fails", "");
  const twice = await run(folder, "--resume-failed");
  assertEquals(seen(twice, folder), { code: 0, stdout: outOf(1, 2, 3, 4), ran: "3" });
  assertEquals(journals(folder).length, 1);
});

Deno.test("fanfold run --resume of a halted run is halted by what had failed, and --resume-failed goes on", async () => {
  using folder = folderWith([1, 2, 3], { halt: "soon" }, { fails: "2\n" });
  const halted = await run(folder);
  assertEquals(seen(halted, folder), { code: 1, stdout: outOf(1, 2), ran: "1 2" });
  folder.write("fails", "");
  const again = await run(folder, "--resume");
  assertEquals([again.code, again.stdout.startsWith(outOf(1, 2))], [1, true]);
  newlyRan(folder);
  const on = await run(folder, "--resume-failed");
  assertEquals([on.code, on.stdout, newlyRan(folder)[0]], [0, outOf(1, 2, 3), "2"]);
});

Deno.test("fanfold run --resume of a run that another goes on with is refused, and harms nothing", async () => {
  using folder = folderWith([1, 2, 3]);
  await endedAt(folder, "2");
  folder.write("hold-3", "");
  const first = run(folder, "--resume");
  await noted(folder, "3");
  let refused: Printed | undefined;
  run(folder, "--resume").then((printed) => refused = printed);
  // Were it not refused, it would wait as well.
  await until("the end of the second", () => refused !== undefined);
  Deno.removeSync(folder.at("hold-3"));
  const { code, stdout, stderr } = refused as Printed;
  assertEquals([code, stdout, steady(stderr, folder.path)], [
    3,
    "",
    `fanfold: Cannot go on with run "RUN": found it under way for TIME, 2 of 3 jobs so far: 2 done
  hint: process PID is at it; fanfold show RUN tells how far it is, and without --resume a run begins anew
`,
  ]);
  assertEquals(seen(await first, folder), {
    code: 0,
    stdout: outOf(1, 2, 3),
    ran: "1 2 2 3",
  });
});

Deno.test("fanfold run begins a run of its own while another is under way", async () => {
  using folder = folderWith([1, 2]);
  folder.write("hold-2", "");
  const first = run(folder);
  await noted(folder, "2");
  newlyRan(folder);
  const second = run(folder);
  await noted(folder, "2");
  Deno.removeSync(folder.at("hold-2"));
  for (const { code, stdout } of [await first, await second]) {
    assertEquals([code, stdout], [0, outOf(1, 2)]);
  }
  assertEquals(journals(folder).length, 2);
});
