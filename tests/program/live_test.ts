import { assertEquals } from "@std/assert";
import { fanfold, Folder, MAIN, program } from "../support/program.ts";
import { SharedFolder } from "../support/shared_folder.ts";

/** Whether a program is there. */
async function has(name: string): Promise<boolean> {
  return (await program("sh", ["-c", `command -v ${name}`])).code === 0;
}

const FUNCTIONS = `
export async function f(n) {
  console.log("log " + n);
  if (n === 1) await new Promise((goOn) => setTimeout(goOn, 1e6));
  console.error("err " + n);
  return { n };
}
export const many = (n) => console.log(("line of " + n + "\\n").repeat(100_000) + "end");
`;

/** Reads stdout of fanfold until it holds all of these lines, in whatever order; then ends it by a signal. */
async function seen(args: readonly string[], cwd: string, lines: readonly string[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, ...args],
    cwd,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let text = "";
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const found = text.split("\n").slice(0, -1);
    if (lines.every((line) => found.includes(line))) break;
  }
  child.kill("SIGKILL");
  await child.status;
  return text.split("\n").slice(0, -1).toSorted();
}

Deno.test("fanfold each --live prints lines while their jobs and those before them run", async () => {
  using shared = new SharedFolder();
  const script = 'echo "$1 one"; printf "$1 open"; exec sleep 1000';
  const lines = ["a one", "b one", "c one"];
  const args = ["each", "--live", "-j3", "--shell", script, ":::", "a", "b", "c"];
  assertEquals(await seen(args, shared.path, lines), lines);
});

Deno.test("fanfold run --live prints what functions print while those before them run, and values as they end", async () => {
  for (const isolation of ["worker", "process"]) {
    using folder = new Folder({
      "m.js": FUNCTIONS,
      "fanfold.yaml": "tasks:\n" +
        ["a", "b"].map((name) =>
          `  ${name}: { run: ./m.js#f, jobs: 2, chunk: 1, isolation: ${isolation}, inputs: [1, 2] }\n`
        ).join(""),
    });
    const lines = ["a", "b"].flatMap((task) => [
      `${task}\t1\tlog 1`,
      `${task}\t2\tlog 2`,
      `${task}\t2\t{"n":2}`,
    ]).toSorted();
    const args = ["run", "--live", "--tag", "--jobs", "4", "--no-journal"];
    assertEquals(await seen(args, folder.path, lines), lines);
  }
});

Deno.test("fanfold --live keeps all lines of many jobs whole, of commands and functions", async () => {
  using folder = new Folder({ "m.js": FUNCTIONS });
  const inputs = ["1", "2", "3", "4"];
  const shell = 'yes "line of $1" | head -n 100000; printf end';
  for (
    const args of [["each", "--shell", shell], ["map", "./m.js#many"]]
  ) {
    const how = ["--live", "--tag", "-j4"];
    const { code, stdout, stderr } = await fanfold(
      [args[0] as string, ...how, ...args.slice(1), ":::", ...inputs],
      { cwd: folder.path },
    );
    assertEquals([code, stderr], [0, ""]);
    const counts = Map.groupBy(stdout.split("\n"), (line) => line);
    const found = [...counts].map(([line, all]) => [line, all.length]).toSorted();
    const wanted = inputs.flatMap((n) => [[`${n}\tend`, 1], [`${n}\tline of ${n}`, 100_000]]);
    assertEquals(found, [["", 1], ...wanted].toSorted());
  }
});

Deno.test("fanfold each --live tells of jobs and exits as without it", async () => {
  using folder = new Folder();
  const script = "echo out; echo err >&2; exit $1";
  const of = (...more: readonly string[]) =>
    fanfold(["each", "-j1", ...more, "--shell", script, ":::", "0", "3"], { cwd: folder.path });
  const bare = await of();
  assertEquals(await of("--live"), bare);
});

Deno.test("fanfold each --live prints all that each attempt at a job wrote", async () => {
  using folder = new Folder();
  // More than is read of it by the time that it has ended.
  const script = "yes line | head -n 200000; exit 3";
  const args = ["each", "--live", "--retries", "2", "--shell", script, ":::", "x"];
  const { code, stdout } = await fanfold(args, { cwd: folder.path });
  assertEquals([code, stdout === "line\n".repeat(600_000)], [1, true], `${stdout.length}`);
});

Deno.test("fanfold run --live --resume prints again what has ended before", async () => {
  using folder = new Folder({
    "fanfold.yaml": "tasks:\n  a: { shell: 'printf \"$1\"; exit $1', inputs: [0, 1], jobs: 1 }\n",
  });
  const first = await fanfold(["run", "--live"], { cwd: folder.path });
  const again = await fanfold(["run", "--live", "--resume-failed"], { cwd: folder.path });
  assertEquals([first.code, again.code], [1, 1]);
  assertEquals([first.stdout, again.stdout], ["0\n1\n", "0\n1\n"]);
});

Deno.test({
  name: "fanfold --live in a terminal tags several tasks and colours jobs, but not with NO_COLOR " +
    "(needs script, in Debian's bsdutils)",
  ignore: !await has("script"),
  fn: async () => {
    using folder = new Folder({
      "fanfold.yaml":
        "tasks:\n  a: { shell: echo it, inputs: [x] }\n  b: { shell: echo on, needs: [a] }\n",
    });
    const inTerminal = async (args: string, env: Record<string, string>) => {
      const line = `'${Deno.execPath()}' run -A '${MAIN}' ${args}`;
      const argv = ["-qefc", line, "/dev/null"];
      const { stdout } = await program("script", argv, { cwd: folder.path, env });
      return stdout.replaceAll("\r\n", "\n");
    };
    const [cyan, yellow, off] = ["\x1b[36m", "\x1b[33m", "\x1b[39m"];
    const coloured = { NO_COLOR: "" };
    assertEquals(
      await inTerminal("run --live --quiet", coloured),
      `${cyan}a\tx${off}\tit\n${yellow}b${off}\ton\n`,
    );
    assertEquals(await inTerminal("run --live --quiet", { NO_COLOR: "1" }), "a\tx\tit\nb\ton\n");
    const each = "each --live --quiet -j1 echo ::: 1 2";
    assertEquals(await inTerminal(each, coloured), `${cyan}1${off}\n${yellow}2${off}\n`);
    assertEquals(await inTerminal(`${each} | cat`, coloured), "1\n2\n");
    assertEquals(await inTerminal("run --live --quiet | cat", coloured), "it\non\n");
  },
});

Deno.test("fanfold run --live prints what was printed outside jobs, where the run is broken off, too", async () => {
  using folder = new Folder({
    "m.js": 'process.stderr.write("open"); export const f = (n) => n;',
    "rows.js": "export function* rows() { yield 1; throw new Error('no more'); }",
    "fanfold.yaml": "tasks:\n  a: { run: ./m.js#f, inputs: { module: ./rows.js#rows } }\n",
  });
  const { code, stderr } = await fanfold(["run", "--live", "--no-journal"], { cwd: folder.path });
  assertEquals([code, stderr.split("\n").filter((line) => line === "open")], [2, ["open"]], stderr);
});
