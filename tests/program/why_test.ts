import { assertEquals } from "@std/assert";
import { withoutIds } from "../support/kept_text.ts";
import { fanfold, Folder } from "../support/program.ts";

const NUMBERS = `import { two } from "./two.ts";
export const double = (n: number) => {
  if (n === 3) throw new Error("not three");
  return n * two;
};
export const triple = (n: number) => n * 3;
`;

function tasks(double: string, place = "echo {#} {}"): string {
  const command = JSON.stringify(place.split(" "));
  return `tasks:
  double: ${double}
  place: { command: ${command}, inputs: [a, b] }
`;
}

/** A folder in which a run has ended. */
async function ran(): Promise<Folder> {
  const folder = new Folder({
    "fanfold.yaml": tasks("{ run: ./numbers.ts#double, inputs: [1, 2, 3] }"),
    "numbers.ts": NUMBERS,
    "two.ts": "export const two = 2;\n",
  });
  await fanfold(["run"], { cwd: folder.path });
  return folder;
}

async function why(folder: Folder, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await fanfold(["why", "last", ...args], { cwd: folder.path });
  assertEquals([code, stderr], [0, ""]);
  return stdout;
}

Deno.test("fanfold why says of a job that has ended that it is kept, and of one that failed how", async () => {
  using folder = await ran();
  assertEquals(
    await why(folder, "double", "2"),
    'task "double", job 2, input 2 is kept: it is done\n',
  );
  assertEquals(
    await why(folder, "double", "3"),
    `task "double", job 3, input 3 is kept by --resume: it failed: Error: not three
  --resume-failed does it again
`,
  );
});

Deno.test("fanfold why says which input is here now, and where that was before", async () => {
  using folder = await ran();
  folder.write(
    "fanfold.yaml",
    tasks("{ run: ./numbers.ts#double, inputs: [2, 9, 1, 1] }").replace("[a, b]", "[b, b]"),
  );
  assertEquals(
    await why(folder, "double", "1"),
    'task "double", job 1, input 2 is kept: it is done\n  it was job 2 before\n',
  );
  assertEquals(
    await why(folder, "double", "2"),
    `task "double", job 2, input 9 would be done: its input is another
  input 2 was here before
  no job with its input has ended
`,
  );
  assertEquals(
    await why(folder, "double", "4"),
    `task "double", job 4, input 1 would be done: its input comes more often than before
  its input was that of job 1; jobs before this one take over as many
`,
  );
  assertEquals(
    await why(folder, "place", "1"),
    `task "place", job 1, input "b" would be done: its input is another
  input "a" was here before
  its input was that of job 2, but the command depends on the position
`,
  );
});

Deno.test("fanfold why says what has changed in a task", async () => {
  using folder = await ran();
  folder.write("two.ts", "export const two = 1 + 1;\n");
  folder.write(
    "fanfold.yaml",
    tasks("{ run: ./numbers.ts#triple, env: { A: b }, inputs: [1, 7] }", "echo {#} x {}"),
  );
  assertEquals(
    await why(folder, "double", "1"),
    `task "double", job 1, input 1 would be done again: its task has changed
  function ./numbers.ts#double became ./numbers.ts#triple
  module ./two.ts was changed
  variable A of env is new
`,
  );
  assertEquals(
    await why(folder, "double", "2"),
    `task "double", job 2, input 7 would be done again: its task has changed
  function ./numbers.ts#double became ./numbers.ts#triple
  module ./two.ts was changed
  variable A of env is new
  input 2 was here before
  no job with its input has ended
`,
  );
  assertEquals(
    await why(folder, "place", "2"),
    `task "place", job 2, input "b" would be done again: its task has changed
  argv ["echo","{#}","{}"] became ["echo","{#}","x","{}"]
`,
  );
});

Deno.test("fanfold why knows a task again that is as it was in any session, from any folder", async () => {
  using folder = await ran();
  const file = Deno.readTextFileSync(folder.at("fanfold.yaml"));
  const show = await fanfold(["show", "last", "--format", "json"], { cwd: folder.path });
  folder.write("fanfold.yaml", file.replace('"{#}"', '"{#}","x"'));
  await fanfold(["run", `--resume=${JSON.parse(show.stdout).id}`], { cwd: folder.path });
  folder.write("fanfold.yaml", file);
  Deno.mkdirSync(folder.at("below"));
  const printed = await fanfold(["why", "last", "place", "1"], { cwd: folder.at("below") });
  const stdout = 'task "place", job 1, input "a" is kept: it is done\n';
  assertEquals(printed, { code: 0, stdout, stderr: "" });
});

Deno.test("fanfold why says that a job never ended, or is gone, and takes another tasks file", async () => {
  using folder = await ran();
  folder.write("more.yaml", tasks("{ run: ./numbers.ts#double, inputs: [1, 2, 3, 4] }"));
  folder.write("less.yaml", "tasks: { double: { run: ./numbers.ts#double, inputs: [1] } }");
  assertEquals(
    await why(folder, "double", "4", "-f", "more.yaml"),
    'task "double", job 4, input 4 would be done: it has never ended\n',
  );
  assertEquals(
    await why(folder, "double", "2", "-f", "less.yaml"),
    'task "double", job 2, input 2 is not there any more: its task has 1 input now\n',
  );
  assertEquals(
    await why(folder, "place", "2", "-f", "less.yaml"),
    `task "place" is not run any more: "${folder.at("less.yaml")}" has no such task\n`,
  );
});

Deno.test("fanfold why names the nearest task, and the jobs that there are", async () => {
  using folder = await ran();
  const faultOf = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await fanfold(["why", ...args], { cwd: folder.path });
    assertEquals(stdout, "");
    return [code, withoutIds(stderr)];
  };
  assertEquals(await faultOf("last", "duble", "1"), [
    2,
    'fanfold: Cannot find task "duble" in run RUN\n  hint: did you mean "double"?\n',
  ]);
  assertEquals(await faultOf("last", "double", "4"), [
    2,
    'fanfold: Cannot find job 4 of task "double": its jobs are 1 to 3\n',
  ]);
  assertEquals(await faultOf("last", "double", "0"), [
    2,
    'fanfold: Cannot read the number of a job: found "0", wanted 1, 2, 3…\n' +
    "  hint: jobs are counted from 1; the index that programs are given is one less\n",
  ]);
  assertEquals(await faultOf("last", "double"), [
    2,
    'fanfold: Cannot run fanfold why: found "last double", wanted RUN TASK JOB\n',
  ]);
});
