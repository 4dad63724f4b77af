import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parseDocument } from "../../lib/tasks_file/format.ts";
import { findStrace, programPath } from "../../lib/learn/learner.ts";
import { fanfold, Folder, type Printed } from "../support/program.ts";

const MODULE = new URL("../../lib/mod.ts", import.meta.url).href;
const STRACE = await findStrace();
const NEEDS_STRACE = "path" in STRACE ? "" : ` (needs strace: apt-get install strace)`;
const NEEDS_CURL = programPath("curl") ? NEEDS_STRACE : ` (needs curl: apt-get install curl)`;

type Grants = Readonly<Record<string, true | readonly string[]>>;

/** A folder with a tasks file, and a folder for temporary files that is no parent of it. */
function project(files: Readonly<Record<string, string>>): Folder {
  return new Folder({ "tmp/.keep": "", ...files });
}

function run(folder: Folder, ...args: readonly string[]): Promise<Printed> {
  const env = { TMPDIR: folder.at("tmp"), NO_COLOR: "1" };
  return fanfold(["run", "--no-journal", ...args], { cwd: folder.path, env });
}

/** What the tasks file allows the task `it`. */
async function allowed(folder: Folder): Promise<Grants | "none" | undefined> {
  const document = await parseDocument("yaml", Deno.readTextFileSync(folder.at("fanfold.yaml")));
  const { tasks } = document as { tasks: Record<string, { permissions?: Grants | "none" }> };
  return tasks.it?.permissions;
}

/** Each way to leave out one element, or a kind that is allowed as a whole; with what is left out. */
function* withoutOne(grants: Grants): Iterable<[without: Grants, kind: string, element: string]> {
  for (const [kind, grant] of Object.entries(grants)) {
    if (grant === true) yield [{ ...grants, [kind]: [] }, kind, "true"];
    else {
      for (const element of grant) {
        yield [{ ...grants, [kind]: grant.filter((each) => each !== element) }, kind, element];
      }
    }
  }
}

/** A function was denied something, and it is told what allows it. */
function assertHints(stderr: string, kind: string, element: string): void {
  const [, hint = ""] = /hint: (.*)/.exec(stderr) ?? [];
  assertMatch(hint, new RegExp(`\\b${kind}: `), stderr);
  assertStringIncludes(hint, element, stderr);
}

/** A command was denied something, which it says itself. */
function assertSays(stderr: string, _: string, element: string): void {
  const denied = /^.*(?:permission denied|not permitted).*$/im.exec(stderr)?.[0] ?? "";
  assertStringIncludes(denied, element, stderr);
}

/**
 * Learns, and looks that what was learnt is enough, and no element of it too much.
 *
 * @param failing Exit code where one is left out.
 */
async function assertLearns(
  folder: Folder,
  wanted: Grants,
  names: (stderr: string, kind: string, element: string) => void = assertHints,
  failing = 1,
): Promise<void> {
  const file = folder.at("fanfold.yaml");
  const learning = await run(folder, "it", "--learn", "--write");
  assertEquals(learning.code, 0, learning.stderr);
  assertEquals(await allowed(folder), wanted, learning.stderr);
  const held = await run(folder, "it");
  assertEquals([held.code, held.stdout], [0, learning.stdout], held.stderr);
  const text = Deno.readTextFileSync(file);
  for (const [without, kind, element] of withoutOne(wanted)) {
    const document = await parseDocument("yaml", text) as { tasks: { it: object } };
    const it = { ...document.tasks.it, permissions: without };
    folder.write("fanfold.json", JSON.stringify({ ...document, tasks: { it } }));
    const { code, stderr } = await run(folder, "it", "-f", "fanfold.json");
    assertEquals(code, failing, `without ${kind} ${element}: ${stderr}`);
    names(stderr, kind, element);
  }
}

const TREE = {
  "tree/a/one": "1",
  "tree/a/two": "2",
  "tree/b/three": "3",
};

Deno.test("fanfold run --learn --write has checksums of a tree pass, with nothing more than they take", async () => {
  using folder = project({
    ...TREE,
    "sums.ts": `import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
export const sum = (path: string) =>
  createHash("sha256").update(readFileSync(path)).digest("hex");
`,
    "fanfold.yaml": `tasks: # of the tree
  it:
    run: ./sums.ts#sum
    inputs: { files: "tree/*/*" }
    permissions: { read: [tree, secrets], env: true } # too much
`,
  });
  await assertLearns(folder, { read: ["tree/a/one", "tree/a/two", "tree/b/three"] });
  assertStringIncludes(Deno.readTextFileSync(folder.at("fanfold.yaml")), "tasks: # of the tree\n");
});

Deno.test("fanfold run --learn --write has a converter pass that starts a program, with nothing more than it takes", async () => {
  using folder = project({
    ...TREE,
    "out/.keep": "",
    "convert.ts": `import { execFileSync } from "node:child_process";
export async function convert(path: string) {
  const text = await Deno.readTextFile(path);
  const part = await Deno.makeTempFile();
  await Deno.writeTextFile(part, text);
  const { stdout } = await new Deno.Command("sort", { args: [part] }).output();
  await Deno.remove(part);
  const name = execFileSync("basename", [path], { env: {} }).toString().trim();
  await Deno.writeFile(\`out/\${name}\`, stdout);
  return Deno.env.get("LANG_OF_OUTPUT") ?? "none";
}
`,
    "fanfold.yaml": `tasks:
  it: { run: "./convert.ts#convert", inputs: { files: "tree/*/*" }, env: { OWN: "1" } }
`,
  });
  await assertLearns(folder, {
    read: ["tree/a/one", "tree/a/two", "tree/b/three"],
    write: ["out/one", "out/three", "out/two", "tmp"],
    // Deno itself looks after the second as it starts programs for Node.
    env: ["LANG_OF_OUTPUT", "NODE_V8_COVERAGE"],
    run: ["basename", "sort"],
  });
});

Deno.test("fanfold run --learn --write has a task pass that fetches from a server, with nothing more than it takes", async () => {
  const server = Deno.serve({ port: 0, hostname: "localhost", onListen: () => {} }, ({ url }) => {
    const { pathname, port } = new URL(url);
    return pathname === "/moved"
      ? Response.redirect(`http://127.0.0.1:${port}/page`)
      : new Response(`page ${pathname}`);
  });
  const { port } = server.addr;
  try {
    using folder = project({
      "fetch.ts": `export const text = async (url: string) => await (await fetch(url)).text();`,
      "fanfold.yaml": `tasks:
  it:
    run: ./fetch.ts#text
    inputs: ["http://localhost:${port}/a", "http://localhost:${port}/moved"]
`,
    });
    await assertLearns(folder, { net: [`127.0.0.1:${port}`, `localhost:${port}`] });
  } finally {
    await server.shutdown();
  }
});

Deno.test({
  name:
    `fanfold run --learn --write has checksums by a command pass, with nothing more than they take${NEEDS_STRACE}`,
  ignore: NEEDS_STRACE !== "",
  fn: async () => {
    using folder = project({
      ...TREE,
      "fanfold.yaml": `tasks:
  it: { command: [sha256sum], inputs: { files: "tree/*/*" } }
`,
    });
    await assertLearns(folder, { read: ["tree/a/one", "tree/a/two", "tree/b/three"] }, assertSays);
  },
});

Deno.test({
  name:
    `fanfold run --learn --write has a script pass that starts programs, with nothing more than it takes${NEEDS_STRACE}`,
  ignore: NEEDS_STRACE !== "",
  fn: async () => {
    using folder = project({
      ...TREE,
      "out/.keep": "",
      "fanfold.yaml": `tasks:
  it:
    shell: |
      set -e
      part=$(mktemp)
      sort "$1" > "$part"
      name=$(basename "$1")
      cp "$part" "out/$name"
      rm "$part"
    inputs: { files: "tree/*/*" }
    env: { TMPDIR: tmp }
`,
    });
    await assertLearns(folder, {
      read: ["tmp", "tree/a/one", "tree/a/two", "tree/b/three"],
      write: ["out", "tmp"],
      run: ["basename", "cp", "mktemp", "rm", "sort"],
    }, assertSays);
  },
});

Deno.test({
  name:
    `fanfold run --learn --write has a command pass that fetches from a server, with nothing more than it takes${NEEDS_CURL}`,
  ignore: NEEDS_CURL !== "",
  fn: async () => {
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      () => new Response("page"),
    );
    const { port } = server.addr;
    try {
      using folder = project({
        "fanfold.yaml": `tasks:
  it: { command: [curl, -qsS, --noproxy, "*", "http://127.0.0.1:${port}/{}"], inputs: [a, b] }
`,
      });
      await assertLearns(folder, { net: [`*:${port}`] }, (stderr) => {
        assertMatch(stderr, new RegExp(`port ${port}\\b`));
      });
    } finally {
      await server.shutdown();
    }
  },
});

Deno.test({
  name:
    `fanfold run --learn --write has a command pass that reads what it makes anew each time${NEEDS_STRACE}`,
  ignore: NEEDS_STRACE !== "",
  async fn() {
    using folder = project({
      "out/.keep": "",
      "fanfold.yaml": `tasks:
  it:
    shell: rm -rf out/it && mkdir out/it && echo 1 > out/it/a && cat out/it/a
`,
    });
    await assertLearns(
      folder,
      { read: ["out"], write: ["out"], run: ["cat", "mkdir", "rm"] },
      () => {},
    );
  },
});

Deno.test("fanfold run --learn takes nothing for a function's own that its slot does, and says so of tasks without needs", async () => {
  using folder = project({
    "nothing.ts": `export const init = () => {};
export const nothing = (input: unknown) => {
  console.log(input);
  if (input === 2) throw new Error("as wanted");
};
`,
    "fanfold.yaml": `tasks:
  it: { run: "./nothing.ts#nothing", init: "./nothing.ts#init", inputs: [1, 2], memory: 500M }
`,
  });
  const { code, stderr } = await run(folder, "it", "--learn");
  assertEquals(code, 1);
  assertStringIncludes(stderr, `task "it" has needed no more than this\n  permissions: none\n`);
});

Deno.test("fanfold run --learn --write has a function pass that imports JSON and text", async () => {
  using folder = project({
    "it.ts": `import n from "./data/n.json" with { type: "json" };
      export const it = async (a: number) =>
        a + n + Number((await import("./one.txt", { with: { type: "text" } })).default);`,
    "data/n.json": "10",
    "one.txt": "1",
    "fanfold.yaml": "tasks:\n  it: { run: ./it.ts#it, inputs: [100] }\n",
  });
  await assertLearns(folder, { read: ["data/n.json", "one.txt"] }, assertHints, 2);
});

Deno.test("fanfold run --learn looks into Workers of functions, and says that it cannot see the programs that they start", async () => {
  using folder = project({
    "w.ts": `postMessage(Deno.readTextFileSync("data"));`,
    "data": "1",
    "m.ts": `export const one = () =>
  new Promise((resolve) => {
    const worker = new Worker(new URL("./w.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => {
      worker.terminate();
      resolve(data);
    };
  });
`,
    "fanfold.yaml": `tasks:
  it: { run: "./m.ts#one" }
`,
  });
  const { code, stdout, stderr } = await run(folder, "it", "--learn");
  assertEquals([code, stdout], [0, "1\n"], stderr);
  assertStringIncludes(stderr, "\n    read: [data, w.ts]\n");
  assertStringIncludes(stderr, `of task "it": it starts Workers; programs that these start cannot`);
});

Deno.test("fanfold run --learn follows functions to other folders, whichever way they go there", async () => {
  using folder = project({
    "a/b/data": "1",
    "m.ts": `import process from "node:process";
export function one() {
  Deno.chdir("a");
  process.chdir("b");
  return Deno.readTextFileSync("data");
}
`,
    "fanfold.yaml": `tasks:
  it: { run: "./m.ts#one" }
`,
  });
  await assertLearns(folder, { read: ["a"] });
});

Deno.test("fanfold run --learn counts files that are not there for functions, which are denied before", async () => {
  using folder = project({
    "m.ts": `export function missing() {
  try {
    Deno.readTextFileSync("missing.txt");
  } catch (thrown) {
    return thrown.name;
  }
}
`,
    "fanfold.yaml": `tasks:
  it: { run: "./m.ts#missing" }
`,
  });
  const { stdout, stderr } = await run(folder, "it", "--learn", "--write");
  assertEquals(stdout, "NotFound\n", stderr);
  assertEquals(await allowed(folder), { read: ["missing.txt"] });
});

Deno.test("fanfold run --learn says what it sets aside, what was not needed and what cannot be learnt", async () => {
  using folder = project({
    "m.ts": `export const one = () => Deno.readTextFileSync("m.ts").length;`,
    "fanfold.yaml": `tasks:
  it: { run: "./m.ts#one", permissions: { read: [m.ts, other], env: [HOME], net: true } }
`,
  });
  const { code, stderr } = await run(folder, "--learn");
  assertEquals(code, 0, stderr);
  assertEquals(
    stderr,
    `fanfold: this run may do anything: the permissions of "it" are set aside
fanfold: task "it" has needed no more than this
  permissions:
    read: [m.ts]
fanfold: task "it" has not needed
  read other
  net of anything
  env HOME
fanfold: other inputs and other ways through the code may need more than this run did
`,
  );
});

Deno.test({
  name:
    `fanfold run --learn runs commands in the environment that they are held to, and keeps what env lists${NEEDS_STRACE}`,
  ignore: NEEDS_STRACE !== "",
  fn: async () => {
    using folder = project({
      "fanfold.yaml": `tasks:
  it:
    shell: echo "$LISTED, $OTHER, $OWN"; ls / > /dev/null
    env: { OWN: "3" }
    permissions: { env: [LISTED] }
`,
    });
    const { code, stdout, stderr } = await fanfold(["run", "--learn", "--write", "--no-journal"], {
      cwd: folder.path,
      env: { LISTED: "1", OTHER: "2", NO_COLOR: "1" },
    });
    assertEquals([code, stdout], [0, "1, , 3\n"], stderr);
    assertEquals(await allowed(folder), { read: ["/"], env: ["LISTED"], run: ["ls"] });
    assertStringIncludes(stderr, `of task "it": to list / takes leave to read all that is in it\n`);
  },
});

Deno.test("fanfold run --learn --write leaves the file alone where not every job ended well", async () => {
  const text = `tasks:
  it: { run: "./m.ts#fail" }
`;
  using folder = project({
    "m.ts": `export const fail = () => { throw new Error("no"); };`,
    "fanfold.yaml": text,
  });
  const { code, stderr } = await run(folder, "--learn", "--write");
  assertEquals([code, Deno.readTextFileSync(folder.at("fanfold.yaml"))], [1, text]);
  assertStringIncludes(
    stderr,
    `fanfold: nothing was written into "fanfold.yaml": not every job ended well\n`,
  );
});

Deno.test("fanfold run --learn --write refuses a file that has changed since, and one that is a program", async () => {
  const task = (run: string) => `tasks:\n  it: { run: "./m.ts#${run}" }\n`;
  using folder = project({
    "m.ts": `export const change = () => Deno.writeTextFileSync("fanfold.yaml", "changed");
export const one = () => 1;
`,
    "fanfold.yaml": task("change"),
    "other.ts": `import { defineTasks } from "${MODULE}";
export default defineTasks({ it: { run: "./m.ts#one" } });
`,
  });
  const changed = await run(folder, "--learn", "--write");
  assertEquals([changed.code, Deno.readTextFileSync(folder.at("fanfold.yaml"))], [2, "changed"]);
  const cannot = `fanfold: Cannot write permissions into "fanfold.yaml"`;
  assertStringIncludes(changed.stderr, `${cannot}: it has changed while the tasks were run\n`);
  const script = Deno.readTextFileSync(folder.at("other.ts"));
  const program = await run(folder, "--learn", "--write", "-f", "other.ts");
  assertEquals([program.code, Deno.readTextFileSync(folder.at("other.ts"))], [0, script]);
  assertStringIncludes(program.stderr, `\n  permissions: "none"\n`);
  assertStringIncludes(program.stderr, `nothing was written into "other.ts": it is a program\n`);
  assertEquals([...Deno.readDirSync(folder.path)].filter(({ name }) => name.endsWith(".tmp")), []);
});

Deno.test("fanfold run --learn --write runs nothing where the file is read-only, and keeps its owner", async () => {
  const text = "tasks:\n  it: { run: ./m.ts#one }\n";
  using folder = project({ "m.ts": "export const one = () => 1;", "fanfold.yaml": text });
  const file = folder.at("fanfold.yaml");
  Deno.chmodSync(file, 0o444);
  const { code, stdout, stderr } = await run(folder, "--learn", "--write");
  assertEquals([code, stdout, Deno.readTextFileSync(file)], [2, "", text]);
  assertEquals(
    stderr,
    'fanfold: Cannot write permissions into "fanfold.yaml": it is read-only\n' +
      "  hint: without --write, what is learnt is told only\n",
  );
  Deno.chmodSync(file, 0o640);
  const [uid, gid] = Deno.uid() === 0 ? [12, 34] : [Deno.uid() ?? 0, Deno.gid() ?? 0];
  Deno.chownSync(file, uid, gid);
  assertEquals((await run(folder, "--learn", "--write")).code, 0);
  const written = Deno.statSync(file);
  assertEquals([written.uid, written.gid, (written.mode ?? 0) & 0o777], [uid, gid, 0o640]);
  assertStringIncludes(Deno.readTextFileSync(file), "permissions: none");
});

Deno.test("fanfold run --learn says where to get strace, and learns the rest, where there is none", async () => {
  using folder = project({
    "m.ts": "export const one = () => 1;",
    "fanfold.yaml": `tasks:
  command: { command: [/bin/true] }
  it: { run: "./m.ts#one" }
`,
  });
  const env = { PATH: folder.path, NO_COLOR: "1" };
  const args = ["run", "--no-journal", "--learn", "--write"];
  const { code, stderr } = await fanfold(args, { cwd: folder.path, env });
  assertEquals(code, 0, stderr);
  assertStringIncludes(
    stderr,
    `fanfold: what commands access cannot be learnt, for there is no strace: install it, by apt-get install strace for example
  nothing will be told of "command"
`,
  );
  assertEquals(await allowed(folder), "none");
  assert(!Deno.readTextFileSync(folder.at("fanfold.yaml")).includes("[/bin/true], permissions"));
});

Deno.test("fanfold run --write goes with --learn, and --learn with no run that goes on or is locked", async () => {
  using folder = project({ "fanfold.yaml": "tasks: { it: { command: [echo] } }\n" });
  const alone = await run(folder, "--write");
  assertEquals(
    [alone.code, alone.stderr.split("\n")[0]],
    [2, "fanfold: Cannot read --write: it goes with --learn only"],
  );
  const args = ["run", "--learn", "--resume"];
  const resumed = await fanfold(args, { cwd: folder.path });
  assertEquals(resumed.code, 2);
  assertMatch(resumed.stderr, /Cannot combine --learn and --resume: nothing is learnt of jobs/);
  const locked = await run(folder, "--locked", "--learn");
  assertEquals(locked, {
    code: 2,
    stdout: "",
    stderr: "fanfold: Cannot combine --learn and --locked: to learn, tasks are held to nothing\n",
  });
});
