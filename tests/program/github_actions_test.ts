import { assertEquals } from "@std/assert";
import { fanfold, Folder, MAIN, program } from "../support/program.ts";

const MODULE = `
export function bad(n) {
  if (n > 1) throw new Error("50%\\n::error::x\\n \\u00a0 ::error::y\\n##[error]z");
  return n;
}
`;

const TASKS = `tasks:
  a: { shell: 'printf "out $1"; echo "::warning::own" >&2', inputs: [1, 2], jobs: 1 }
  b: { run: ./m.js#bad, inputs: [1, 2], jobs: 1 }
  c: { shell: 'echo c; exit 3' }
`;

/** A run in GitHub Actions, in a folder of its workspace. */
function ran(folder: Folder, env: Record<string, string>, ...args: readonly string[]) {
  return fanfold([...args, "--no-journal"], { cwd: folder.at("sub"), env });
}

function folderOfTasks(): Folder {
  return new Folder({ "sub/m.js": MODULE, "sub/fanfold.yaml": TASKS });
}

/** The lines of GitHub Actions' documentation, as its runner reads them: behind any white space, the old ones anywhere. */
function commandsIn(text: string): readonly string[] {
  return text.split("\n").filter((line) => /^\s*::[^:]+::|##\[\w+\]/.test(line));
}

const CAUSE = 'task "b", job 2, input 2 failed: Error: 50%25%0A    \\::error::x%0A' +
  "     \u00a0 \\::error::y%0A    #\\#[error]z";

Deno.test("fanfold run tells GitHub Actions groups and causes, and nothing in the words of others", async () => {
  using folder = folderOfTasks();
  const env = { GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: folder.path };
  const { code, stdout, stderr } = await ran(folder, env, "run");
  assertEquals(code, 1);
  assertEquals(
    stdout,
    "::group::a\nout 1out 2\n::endgroup::\n::group::b\n1\n::endgroup::\n" +
      "::group::c\nc\n::endgroup::\n",
  );
  assertEquals(commandsIn(stderr), [
    "::warning::own",
    "::warning::own",
    `::error file=sub/m.js,line=3,col=20::${CAUSE}`,
    '::error::task "c", job 1 failed: the command ended with exit code 3',
  ]);
});

Deno.test("fanfold names files for GitHub Actions from where it is called, without a workspace", async () => {
  using folder = folderOfTasks();
  const env = { GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: "" };
  const { stdout, stderr } = await ran(folder, env, "run", "b");
  assertEquals(stdout, "1\n");
  assertEquals(commandsIn(stderr), [`::error file=m.js,line=3,col=20::${CAUSE}`]);
});

Deno.test("fanfold groups for GitHub Actions neither data, nor tagged lines, nor live ones", async () => {
  using folder = folderOfTasks();
  const env = { GITHUB_ACTIONS: "true" };
  const of = async (...args: readonly string[]) =>
    (await ran(folder, env, "run", ...args)).stdout.split("\n").toSorted();
  const tagged = ["", "a\t1\tout 1a\t2\tout 2b\t1\t1", "c\tc"];
  assertEquals(await of("--tag"), tagged);
  assertEquals(await of("--live"), ["", "a\t1\tout 1", "a\t2\tout 2", "b\t1\t1", "c\tc"]);
  assertEquals(await of("--format", "json"), [
    "",
    '{"a":["out 1","out 2"],"b":[1,null],"c":[null]}',
  ]);
});

Deno.test("fanfold tells GitHub Actions nothing in a file, and nothing to others", async () => {
  using folder = folderOfTasks();
  const script = `cd sub; "$0" run -A "$@" run --no-journal > ../out 2>/dev/null; cat ../out`;
  const { stdout } = await program("sh", ["-c", script, Deno.execPath(), MAIN], {
    cwd: folder.path,
    env: { GITHUB_ACTIONS: "true" },
  });
  assertEquals(stdout, "out 1out 21\nc\n");
  for (const value of ["", "false"]) {
    const bare = await ran(folder, { GITHUB_ACTIONS: value }, "run");
    assertEquals([bare.stdout, /^::error/m.test(bare.stderr)], ["out 1out 21\nc\n", false]);
    assertEquals(bare.stderr.includes("\n    ::error::x\n"), true);
  }
});

Deno.test("fanfold each --tag begins no command of GitHub Actions with an input", async () => {
  using folder = new Folder();
  const args = ["each", "--tag", "echo", "x{#}", ":::", "::error::a", "b"];
  const { stdout } = await fanfold(args, { cwd: folder.path, env: { GITHUB_ACTIONS: "true" } });
  assertEquals(stdout, "\\::error::a\tx1\nb\tx2\n");
});

Deno.test("fanfold run --tag and --live begin no command of GitHub Actions with a task or an input", async () => {
  using folder = new Folder({
    "fanfold.yaml":
      'tasks:\n  "::error::t": { command: [echo, "x{#}"], inputs: ["##[error]a", b] }\n' +
      "  c: { command: [echo, y] }\n",
  });
  const env = { GITHUB_ACTIONS: "true" };
  for (const how of ["--tag", "--live"]) {
    const { stdout } = await fanfold(["run", how, "--no-journal"], { cwd: folder.path, env });
    assertEquals(
      stdout.split("\n").toSorted(),
      ["", "\\::error::t\t#\\#[error]a\tx1", "\\::error::t\tb\tx2", "c\ty"].toSorted(),
    );
  }
});
