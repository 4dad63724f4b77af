import { assertEquals, assertMatch } from "@std/assert";
import { fanfold, Folder } from "../support/program.ts";

const FUNCTIONS = `
export function leaves(input: string) {
  if (input === "bad") Deno.exit(3);
  return input;
}
`;

/** What is told, with each time as TIME, in lines. */
function timeless(stderr: string): string[] {
  return stderr.replaceAll(/\b\d[\d.]* (?:ms|s)\b/g, "TIME").trimEnd().split("\n");
}

for (const isolation of ["worker", "process"]) {
  Deno.test(`fanfold map --verbose says what became of each ${isolation}, before the verdict`, async () => {
    using folder = new Folder({ "f.ts": FUNCTIONS });
    const args = ["map", "./f.ts#leaves", "--isolation", isolation, "-j1", "--verbose"];
    const { code, stdout, stderr } = await fanfold([...args, ":::", "bad", "good"], {
      cwd: folder.path,
    });
    const [head, ...lines] = timeless(stderr);
    assertEquals([code, stdout, head], [1, "good\n", "fanfold: the slowest jobs:"]);
    assertEquals(lines.slice(0, 2).toSorted(), [
      '  TIME  task "map", job 2, input "good"',
      '  TIME (died)  task "map", job 1, input "bad"',
    ]);
    assertEquals(lines.slice(2, 7), [
      "fanfold: slots: 2 opened, 1 lost (job died)",
      '  after TIME  task "map", slot 1 opened: no other is open',
      `  after TIME  task "map", slot 1 lost: job 1 died: its ${isolation} ended with exit code 3`,
      '  after TIME  task "map", slot 1 opened again: no other is open',
      `fanfold: task "map", job 1, input "bad" died: its ${isolation} ended with exit code 3`,
    ]);
    assertEquals(lines.at(-1), "fanfold: 2 jobs: 1 done, 1 died");
  });
}

Deno.test("fanfold each --verbose names the slowest commands; these have no slots that open", async () => {
  using folder = new Folder();
  const args = ["each", "-j1", "--verbose", "sh", "-c", "true", ":::", "a\x1b[2Jb"];
  const { code, stdout, stderr } = await fanfold(args, { cwd: folder.path });
  assertEquals([code, stdout, timeless(stderr)], [0, "", [
    "fanfold: the slowest jobs:",
    '  TIME  task "each", job 1, input "a\\u001b[2Jb"',
  ]]);
});

Deno.test("fanfold run --verbose tells nothing where no job has run, and more than --quiet may", async () => {
  const task = { command: ["true"], inputs: [1] };
  using folder = new Folder({ "fanfold.json": JSON.stringify({ tasks: { a: task } }) });
  const run = (...args: readonly string[]) => fanfold(["run", ...args], { cwd: folder.path });
  const none = await run("b", "--verbose");
  assertEquals([none.code, none.stderr.includes("slowest")], [2, false]);
  const both = await run("--verbose", "--quiet");
  assertEquals([both.code, both.stderr], [2, "fanfold: Cannot combine --verbose and --quiet\n"]);
  const short = await run("-v");
  assertEquals(short.code, 2);
  assertMatch(short.stderr, /hint: --verbose says at the end/);
});
