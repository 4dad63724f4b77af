import { assertEquals, assertStringIncludes } from "@std/assert";
import { fanfold, Folder, program } from "../support/program.ts";
import { until } from "../support/shared_folder.ts";
import { StartedProgram } from "../support/started_program.ts";

/** It is looked into /proc; Windows has no such pipes. */
const ignore = Deno.build.os !== "linux";

/** A folder with a pipe that nobody has opened. */
async function folderWithPipe(name: string): Promise<Folder> {
  const folder = new Folder();
  await program("mkfifo", [folder.at(name)]);
  return folder;
}

/** Command lines that wait for somebody to open the other end of a pipe. */
const WAITING: readonly (readonly [what: string, pipe: string, ...args: string[]])[] = [
  ["inputs", "pipe", "each", "-a", "pipe", "echo"],
  ["a header", "pipe", "each", "--header", ":", "-a", "pipe", "echo"],
  ["inputs to be shown", "pipe", "each", "--dry-run", "-a", "pipe", "echo"],
  ["a tasks file", "pipe.yaml", "run", "-f", "pipe.yaml"],
  ["a tasks file to be shown", "pipe.yaml", "list", "-f", "pipe.yaml"],
  ["a log to go on with", "pipe", "each", "--joblog", "pipe", "--resume", "echo", ":::", "1"],
  ["the reader of a log", "pipe", "each", "--joblog", "pipe", "echo", ":::", "1"],
  ["the reader of a log that is added to", "pipe", "each", "--joblog", "+pipe", "echo", ":::", "1"],
  ["the reader of a table", "pipe.csv", "each", "--results", "pipe.csv", "echo", ":::", "1"],
];

for (const [what, pipe, ...args] of WAITING) {
  Deno.test({
    name: `fanfold that waits at a pipe for ${what} ends when it is asked to`,
    ignore,
    fn: async () => {
      using folder = await folderWithPipe(pipe);
      await using runner = new StartedProgram(args, { cwd: folder.path });
      await until("the opening", () => isOpening(runner.child.pid));
      runner.child.kill("SIGINT");
      const { code, stderr } = await runner.end();
      const last = stderr.split("\n").at(-2)?.replace(" before any job had ended", "");
      assertEquals([code, last], [130, "fanfold: ended by SIGINT"]);
    },
  });
}

Deno.test({
  name: "fanfold each writes a log into a pipe as soon as that has a reader",
  ignore,
  fn: async () => {
    for (const option of ["pipe", "+pipe"]) {
      using folder = await folderWithPipe("pipe");
      const args = ["each", "--joblog", option, "echo", ":::", "1", "2"];
      const [{ code, stdout }, log] = await Promise.all([
        fanfold(args, { cwd: folder.path }),
        program("cat", [folder.at("pipe")]),
      ]);
      assertEquals([code, stdout], [0, "1\n2\n"]);
      assertEquals(log.stdout.split("\n").length, 4);
      assertStringIncludes(log.stdout, "Seq\tHost");
    }
  },
});

Deno.test({
  name: "fanfold each puts files of --results in the place of pipes",
  ignore,
  fn: async () => {
    using folder = new Folder();
    folder.write("out/1/a/old", "");
    for (const name of ["seq", "stdout", "stderr"]) {
      await program("mkfifo", [folder.at(`out/1/a/${name}`)]);
    }
    const args = ["each", "--results", "out", "echo", ":::", "a"];
    assertEquals((await fanfold(args, { cwd: folder.path })).code, 0);
    assertEquals(Deno.readTextFileSync(folder.at("out/1/a/stdout")), "a\n");
    assertEquals(Deno.readTextFileSync(folder.at("out/1/a/seq")), "1");
  },
});

Deno.test({
  name: "fanfold run says of a pipe that it is no database",
  ignore,
  fn: async () => {
    using folder = await folderWithPipe("pipe");
    const inputs = { sqlite: "pipe", query: "select 1" };
    folder.write("fanfold.json", JSON.stringify({ tasks: { a: { command: ["echo"], inputs } } }));
    const { code, stderr } = await fanfold(["run", "--no-journal"], { cwd: folder.path });
    assertEquals(code, 2);
    assertStringIncludes(stderr, "it is no regular file");
  },
});

/** Whether a thread of a process waits in `open` for the other end of a pipe. */
function isOpening(pid: number): boolean {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/task`)].some(({ name }) =>
      /wait_for_partner|fifo_open/.test(Deno.readTextFileSync(`/proc/${pid}/task/${name}/wchan`))
    );
  } catch {
    return false;
  }
}
