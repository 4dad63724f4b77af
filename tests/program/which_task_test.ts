import { assertEquals } from "@std/assert";
import { fanfold, Folder, MAIN, program } from "../support/program.ts";

const TASKS = {
  "fanfold.yaml": `tasks:
  odd:
    shell: 'echo "$1"; echo "oops" >&2; echo two'
    inputs: [1, { name: Ada }]
    jobs: 1
  single: { shell: 'echo one; echo two' }
  sum:
    run: ./numbers.ts#double
    inputs: [1, 2]
    fold: ./add.ts#add
    jobs: 1
`,
  "numbers.ts": `console.error("imported");
export const double = (n: number) => { console.log("at", n); return n * 2; };
`,
  "add.ts": "export const add = (a: number, b: number) => a + b;",
};

Deno.test("fanfold run --tag has the task, and the input of each job, in front of every line", async () => {
  using folder = new Folder(TASKS);
  const { code, stdout, stderr } = await fanfold(["run", "--tag"], { cwd: folder.path });
  assertEquals(code, 0);
  assertEquals(
    stdout,
    'odd\t1\t1\nodd\t1\ttwo\nodd\t{"name":"Ada"}\tAda\nodd\t{"name":"Ada"}\ttwo\n' +
      "single\tone\nsingle\ttwo\nsum\t1\tat 1\nsum\t2\tat 2\nsum\t6\n",
  );
  assertEquals(stderr.split("\n").toSorted(), [
    "",
    "odd\t1\toops",
    'odd\t{"name":"Ada"}\toops',
    "sum\timported",
  ]);
});

Deno.test("fanfold run refuses --tag with another format than text", async () => {
  using folder = new Folder(TASKS);
  for (const format of ["json", "ndjson", "csv", "none"]) {
    const args = ["run", "--tag", "--format", format];
    const { code, stderr } = await fanfold(args, { cwd: folder.path });
    const message = `fanfold: Cannot combine --tag and --format ${format}`;
    assertEquals([code, stderr], [2, `${message}\n  hint: tags go with --format text\n`]);
  }
});

const hasScript = await program("script", ["--version"]).then(() => true, () => false);

Deno.test({
  name:
    "fanfold run names tasks above what they print where a terminal shows it, and nowhere else (needs script)",
  ignore: !hasScript,
  fn: async () => {
    using folder = new Folder({
      "fanfold.yaml": `tasks:
  a: { shell: 'echo "out $1"; echo "err $1" >&2', inputs: [1, 2], jobs: 1 }
  silent: { shell: 'true' }
  b: { shell: 'printf open' }
  c: { shell: 'echo end' }
`,
    });
    const inTerminal = async (...args: readonly string[]) => {
      const line = `'${Deno.execPath()}' run -A '${MAIN}' ${args.join(" ")}`;
      const argv = ["-qefc", line, "/dev/null"];
      const { stdout } = await program("script", argv, { cwd: folder.path });
      return stdout.replaceAll("\r\n", "\n");
    };
    const lines = (await inTerminal("run", "--quiet")).split("\n");
    // The two streams of one job come as they are read.
    assertEquals(
      [
        lines.slice(0, 1),
        lines.slice(1, 3).toSorted(),
        lines.slice(3, 5).toSorted(),
        lines.slice(5),
      ],
      [
        ['fanfold: task "a"'],
        ["err 1", "out 1"],
        ["err 2", "out 2"],
        ['fanfold: task "b"', "open", 'fanfold: task "c"', "end", ""],
      ],
    );
    const bare = "out 1\nout 2\nopenend\n";
    assertEquals(await inTerminal("run", "--quiet", "2>/dev/null"), bare);
    assertEquals(await inTerminal("run", "--quiet", "2>&1", "|", "grep", "-c", "fanfold"), "0\n");
    assertEquals(await inTerminal("run", "--quiet", "c"), "end\n");
    assertEquals(await inTerminal("run", "--quiet", "b", "c", "--tag"), "b\topenc\tend\n");
    assertEquals(
      await inTerminal("run", "--quiet", "b", "c", "--format", "json"),
      '{"b":["open"],"c":["end"]}\n',
    );
    assertEquals((await fanfold(["run"], { cwd: folder.path })).stdout, bare);
  },
});
