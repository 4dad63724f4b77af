import { assertEquals } from "@std/assert";
import { steady } from "../support/kept_text.ts";
import { fanfold, Folder } from "../support/program.ts";
import { until } from "../support/shared_folder.ts";
import { StartedProgram } from "../support/started_program.ts";

/** Writes what its input is, notes that it has, and waits until it may end. */
const WRITES = `printf '%s\\n' "out $1"; echo "err $1" >&2; : > "began-$2"
until [ -e go ]; do sleep 0.02; done; echo end`;

/** Tasks of jobs that write and wait, one that fails once they have, and one that writes nothing. */
const TASKS = {
  "fanfold.json": JSON.stringify({
    tasks: {
      waits: {
        shell:
          `[ "$1" = quiet ] && : > began-quiet && exec sleep 1000; set -- "$1" "$FANFOLD_INDEX"; ${WRITES}`,
        inputs: ["a", "\u001b[2Jb", "quiet"],
        jobs: 3,
      },
      fails: {
        shell: "until [ -e fail ]; do sleep 0.02; done; exit 3",
        inputs: [1],
        halt: "now",
        jobs: 1,
      },
    },
  }),
};

async function showLast(folder: Folder, ...args: readonly string[]) {
  const { code, stdout, stderr } = await fanfold(["show", "last", ...args], { cwd: folder.path });
  return { code, text: steady(stdout, folder.path), stderr };
}

/** A run of which all jobs have begun, and one with what has ended it. */
async function cutOff(folder: Folder, how: "SIGINT" | "halt"): Promise<string> {
  const args = ["run", "--grace", "100ms", "-j", "4"];
  await using started = new StartedProgram(args, { cwd: folder.path });
  const began = ["0", "1", "quiet"].map((name) => `began-${name}`);
  await until("all jobs have begun", () => {
    const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
    return began.every((name) => names.includes(name));
  });
  if (how === "SIGINT") started.child.kill("SIGINT");
  else Deno.writeTextFileSync(folder.at("fail"), "");
  return (await started.end()).stderr;
}

for (const how of ["SIGINT", "halt"] as const) {
  Deno.test(`fanfold show tells what jobs had written that were ended by ${how}`, async () => {
    using folder = new Folder(TASKS);
    const stderr = await cutOff(folder, how);
    assertEquals(stderr.includes("err a"), true, stderr);
    const { text } = await showLast(folder);
    const from = text.indexOf('task "waits"');
    assertEquals(text.slice(from, text.indexOf("\n\n", from)).split("\n"), [
      'task "waits", job 1, input "a" cancelled',
      "  | err a",
      "  all that it wrote: fanfold show RUN waits 1",
      'task "waits", job 2, input "\\u001b[2Jb" cancelled',
      "  | err b",
      "  all that it wrote: fanfold show RUN waits 2",
    ]);
    const job = await showLast(folder, "waits", "1");
    assertEquals(job.text.split("\n").filter((line) => /^(task|std| {2}\|)/.test(line)), [
      'task "waits", job 1: cancelled',
      ...["stdout:", "  | out a", "stderr:", "  | err a"],
    ]);
    const raw = await fanfold(["show", "last", "waits", "2", "--raw"], { cwd: folder.path });
    assertEquals([raw.stdout, raw.stderr], ["out \x1b[2Jb\n", "err \x1b[2Jb\n"]);
    assertEquals((await showLast(folder, "waits", "3")).code, 2);
    const { cancelled, tasks } = JSON.parse(
      (await fanfold(["show", "last", "--format", "json"], { cwd: folder.path })).stdout,
    );
    assertEquals(cancelled.map(({ index }: { index: number }) => index), [0, 1]);
    // They count nowhere.
    assertEquals(tasks[0].jobs, 0);
  });
}

Deno.test("fanfold retry does jobs again that were cancelled, and nothing of what they had written is left", async () => {
  using folder = new Folder({
    "fanfold.json": JSON.stringify({
      tasks: {
        waits: { shell: `set -- "$1" "$FANFOLD_INDEX"; ${WRITES}`, inputs: ["a", "b"], jobs: 2 },
      },
    }),
  });
  await using started = new StartedProgram(["run"], { cwd: folder.path });
  const names = () => [...Deno.readDirSync(folder.path)].map(({ name }) => name);
  await until("all have begun", () => ["began-0", "began-1"].every((it) => names().includes(it)));
  started.child.kill("SIGINT");
  assertEquals((await started.end()).code, 130);
  assertEquals((await showLast(folder, "waits", "1")).code, 0);
  Deno.writeTextFileSync(folder.at("go"), "");
  const { code, stdout, stderr } = await fanfold(["retry", "last"], { cwd: folder.path });
  assertEquals([code, stdout], [0, "out a\nend\nout b\nend\n"]);
  assertEquals(stderr.includes("0 of 2 jobs had ended"), true, stderr);
  const { text } = await showLast(folder);
  assertEquals([text.includes("cancelled"), text.includes("2 jobs: 2 done")], [false, true]);
});

Deno.test("fanfold show has all that a cancelled function had printed, however long", async () => {
  using folder = new Folder({
    "f.ts": `export async function prints(input: string, { signal }: { signal: AbortSignal }) {
      console.log("x".repeat(200_000));
      console.error("waits");
      Deno.writeTextFileSync("began", "");
      await new Promise((over) => signal.onabort = over);
      console.log("put away");
    }`,
  });
  const args = ["map", "./f.ts#prints", "--state-dir", ".fanfold", ":::", "a"];
  await using started = new StartedProgram(args, { cwd: folder.path });
  const names = () => [...Deno.readDirSync(folder.path)].map(({ name }) => name);
  await until("it has begun", () => names().includes("began"));
  started.child.kill("SIGINT");
  await started.end();
  const raw = await fanfold(["show", "last", "map", "1", "--raw"], { cwd: folder.path });
  assertEquals([raw.stdout, raw.stderr], [`${"x".repeat(200_000)}\nput away\n`, "waits\n"]);
});
