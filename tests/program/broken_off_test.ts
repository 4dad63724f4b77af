import { assertEquals } from "@std/assert";
import { withoutIds } from "../support/kept_text.ts";
import { fanfold, Folder, MAIN, program } from "../support/program.ts";

/** Runs a command line that was printed, by a shell that finds the program. */
function typed(line: string, folder: Folder) {
  folder.write("bin/fanfold", `#!/bin/sh\nexec '${Deno.execPath()}' run -A '${MAIN}' "$@"\n`);
  Deno.chmodSync(folder.at("bin/fanfold"), 0o755);
  const PATH = `${folder.at("bin")}:${Deno.env.get("PATH")}`;
  return program("sh", ["-c", line], { cwd: folder.path, env: { PATH } });
}

/** A first task that notes what it does, and one that needs it and reads a file. */
function folderWith(first: object): Folder {
  const inputs = { lines: "later.txt" };
  const tasks = {
    first: {
      shell: 'echo "$1" >> ran; echo "did $1"; [ ! -e "bad-$1" ]',
      inputs: [1, 2, 3],
      ...first,
    },
    later: { command: ["echo", "late"], inputs, needs: "first" },
  };
  return new Folder({ "fanfold.json": JSON.stringify({ tasks }) });
}

/** What a run prints, whatever its id. */
async function ran(args: readonly string[], { path: cwd }: Folder) {
  const printed = await fanfold(["run", ...args], { cwd });
  return { ...printed, steady: withoutIds(printed.stderr) };
}

const missing = (folder: Folder) =>
  `fanfold: Cannot read inputs "${folder.at("later.txt")}": no such file\n  at ${
    folder.at("later.txt")
  }\n`;

Deno.test("fanfold run tells what had ended when a later task cannot read its inputs, and what goes on", async () => {
  using folder = folderWith({});
  const broken = await ran([], folder);
  assertEquals([broken.code, broken.stdout, broken.steady], [
    2,
    "did 1\ndid 2\ndid 3\n",
    `${missing(folder)}fanfold: 3 jobs: 3 done\nfanfold: go on with: fanfold retry RUN\n`,
  ]);
  folder.write("later.txt", "a\n");
  const [, line = "false"] = /go on with: (.*)/.exec(broken.stderr) ?? [];
  const whole = await typed(line, folder);
  assertEquals([whole.code, whole.stdout], [0, "did 1\ndid 2\ndid 3\nlate a\n"]);
  // In no order: as many at a time as there are threads.
  assertEquals(Deno.readTextFileSync(folder.at("ran")).split("\n").sort().join(""), "123");
});

Deno.test("fanfold run says no more of a run that could not go on than it knows", async () => {
  using folder = folderWith({ inputs: [] });
  const none = await ran([], folder);
  assertEquals([none.code, none.stderr], [
    2,
    `fanfold: task "first" has no inputs: its list is empty\n${missing(folder)}`,
  ]);
  using other = folderWith({});
  const unkept = await ran(["--no-journal"], other);
  assertEquals([unkept.code, unkept.stderr], [2, `${missing(other)}fanfold: 3 jobs: 3 done\n`]);
});

Deno.test("fanfold run tells the causes of failures, and then what it could not go on for", async () => {
  using folder = new Folder({
    "fanfold.json": JSON.stringify({
      tasks: {
        fails: { shell: "exit 3", inputs: [1] },
        later: { command: ["cat"], inputs: { product: [{ from: "fails" }, [1]] } },
        gone: { command: ["echo"], inputs: { product: [[1], { module: "./m.ts#gone" }] } },
      },
    }),
    "m.ts": "export function* gone() { throw new Error('gone'); }",
  });
  const { code, steady } = await ran(["-j", "1"], folder);
  const lines = steady.split("\n").filter((line) => line.startsWith("fanfold: "));
  assertEquals([code, lines.length, ...[0, -2, -1].map((at) => lines.at(at))], [
    2,
    4,
    'fanfold: task "fails", job 1, input 1 failed: the command ended with exit code 3',
    "fanfold: 1 job: 0 done, 1 failed",
    "fanfold: go on, and do again what failed, with: fanfold retry RUN",
  ]);
});
