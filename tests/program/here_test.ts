import { assertEquals } from "@std/assert";
import { Folder, MAIN, program } from "../support/program.ts";

const TASKS = "tasks: { it: { shell: 'echo $1', inputs: [1] } }\n";

/** Runs fanfold in a folder below, named by a word of bash. */
async function fanfoldIn(word: string, line: string, folder: Folder) {
  const script =
    `mkdir -p ${word} && cp *.* ${word} && cd ${word} && exec "$0" run -A "$1" ${line}`;
  const args = ["-c", script, Deno.execPath(), MAIN];
  return await program("bash", args, { cwd: folder.path });
}

Deno.test("fanfold refuses to work in a folder whose name is not UTF-8, and says which it is", async () => {
  using folder = new Folder({ "fanfold.yaml": TASKS, "n.ts": "export const f = () => 1;" });
  const stderr = `fanfold: Cannot work in the current folder: "${folder.path}/a\\xFF" is not UTF-8
  hint: call fanfold in another folder
`;
  const lines = [
    ...["run", "list", "check", "runs", "show last", "retry last", "compile", "each echo ::: 1"],
    ...["map ./n.ts#f ::: 1", `run -f '${folder.at("fanfold.yaml")}' --no-journal`],
  ];
  for (const line of lines) {
    const printed = await fanfoldIn("$'a\\xff'", line, folder);
    assertEquals(printed, { code: 2, stdout: "", stderr }, line);
  }
  for (const line of ["--version", "help run", "schema"]) {
    const { code, stderr } = await fanfoldIn("$'a\\xff'", line, folder);
    assertEquals([code, stderr], [0, ""], line);
  }
});

Deno.test("fanfold goes on where its folder is removed under it", async () => {
  using folder = new Folder({ "a.txt": "" });
  const jobs = "each -j1 sh -c 'rm -r \"$PWD\"; exit 1' ::: 1";
  const each = await fanfoldIn("gone", jobs, folder);
  assertEquals([each.code, each.stdout, each.stderr.split("\n")[0]], [
    1,
    "",
    'fanfold: task "each", job 1, input "1" failed: the command ended with exit code 1',
  ]);
  folder.write(
    "rm.ts",
    `export function f() {
    Deno.removeSync("${folder.at("gone")}", { recursive: true });
    throw new Error("no");
  }`,
  );
  for (const isolation of ["worker", "process"]) {
    const map = await fanfoldIn("gone", `map --isolation ${isolation} ./rm.ts#f ::: 1`, folder);
    assertEquals([map.code, map.stderr.split("\n")[0]], [
      1,
      'fanfold: task "map", job 1, input "1" failed: Error: no',
    ]);
  }
});

Deno.test("fanfold says that a variable which it reads is not UTF-8", async () => {
  using folder = new Folder({ "fanfold.yaml": TASKS });
  const script = `FANFOLD_STATE=$'\\xff' exec "$0" run -A "$1" "$2"`;
  for (const command of ["run", "runs"]) {
    const args = ["-c", script, Deno.execPath(), MAIN, command];
    assertEquals(await program("bash", args, { cwd: folder.path }), {
      code: 2,
      stdout: "",
      stderr: "fanfold: Cannot read FANFOLD_STATE: it is not UTF-8\n" +
        "  hint: --state-dir names the folder of runs, too\n",
    });
  }
});

Deno.test("fanfold ends as it would where stdin, stdout or stderr is closed, and HOME and TMPDIR lead nowhere", async () => {
  using folder = new Folder({ "fanfold.yaml": TASKS, "n.ts": "export const f = () => 1;" });
  const lines: readonly (readonly [line: string, code: number, stdout: string])[] = [
    ["run", 0, "1\n"],
    ["each echo ::: 1", 0, "1\n"],
    ["each false ::: 1", 1, ""],
    ["map ./n.ts#f ::: 1", 0, "1\n"],
    ["map --isolation process ./n.ts#f ::: 1", 0, "1\n"],
    ["nonsense", 2, ""],
  ];
  const env = { HOME: folder.at("none"), TMPDIR: folder.at("none"), DENO_DIR: await denoDir() };
  for (const [line, code, stdout] of lines) {
    const run = async (closed: string) => {
      const script = `exec "$0" run -A "$1" ${line} ${closed}`;
      const args = ["-c", script, Deno.execPath(), MAIN];
      const printed = await program("bash", args, { cwd: folder.path, env });
      return [printed.code, printed.stdout];
    };
    for (const closed of ["", "<&-", "2>&-", "<&- 2>&-"]) {
      assertEquals(await run(closed), [code, stdout], `${line} ${closed}`);
    }
    assertEquals(await run("<&- >&- 2>&-"), [code, ""], line);
  }
});

/** Where Deno keeps what it has fetched: without a HOME it does not know. */
async function denoDir(): Promise<string> {
  const { stdout } = await program(Deno.execPath(), ["info", "--json"]);
  return JSON.parse(stdout).denoDir;
}
