import { assertEquals, assertStringIncludes } from "@std/assert";
import { Folder, MAIN } from "../support/program.ts";
import { until } from "../support/shared_folder.ts";

const WAITS = `export async function wait(n: number) {
  Deno.writeTextFileSync(\`out/\${n}\`, "");
  await new Promise(() => setInterval(() => {}, 1000));
}
`;

const TASKS = `tasks:
  it: { run: ./wait.ts#wait, inputs: [1], permissions: none } # it
`;

/** Starts to learn what a job needs that does not end, and waits until it is at work. */
async function learning(folder: Folder) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, "run", "--no-journal", "--learn", "--write"],
    cwd: folder.path,
    env: { TMPDIR: folder.at("tmp"), NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const seen = { stderr: "" };
  const gathering = (async () => {
    for await (const bytes of child.stderr) seen.stderr += new TextDecoder().decode(bytes);
  })();
  await until("the job", () => [...Deno.readDirSync(folder.at("out"))].length === 2);
  return { child, seen, gathering };
}

function project(): Folder {
  return new Folder({
    ...{ "fanfold.yaml": TASKS, "wait.ts": WAITS },
    ...{ "out/.keep": "", "tmp/.keep": "" },
  });
}

function assertNothingIsLeft(folder: Folder): void {
  assertEquals([...Deno.readDirSync(folder.at("tmp"))].map(({ name }) => name), [".keep"]);
}

Deno.test("fanfold run --learn tells what was learnt until SIGINT, writes none of it, and leaves nothing", async () => {
  using folder = project();
  const { child, seen, gathering } = await learning(folder);
  child.kill("SIGINT");
  assertEquals((await child.status).code, 130);
  await gathering;
  assertStringIncludes(
    seen.stderr,
    `
fanfold: task "it" has needed no more than this
  permissions:
    write: [out/1]
`,
  );
  assertStringIncludes(
    seen.stderr,
    'fanfold: nothing was written into "fanfold.yaml": the run has not come to its end\n',
  );
  assertEquals(Deno.readTextFileSync(folder.at("fanfold.yaml")), TASKS);
  assertNothingIsLeft(folder);
});

Deno.test("fanfold run --learn leaves nothing at a second SIGINT", async () => {
  using folder = project();
  folder.write(
    "fanfold.yaml",
    `tasks: { it: { shell: "trap '' INT TERM; touch out/1; while :; do sleep 1; done" } }\n`,
  );
  const { child, seen, gathering } = await learning(folder);
  child.kill("SIGINT");
  await until("the note", () => seen.stderr.includes("waiting for"));
  child.kill("SIGINT");
  assertEquals((await child.status).code, 130);
  await gathering;
  assertNothingIsLeft(folder);
});
