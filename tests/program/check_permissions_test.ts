import { assertEquals, assertMatch } from "@std/assert";
import { fanfold, Folder, type Printed, program } from "../support/program.ts";

const BEFORE = `
defaults: { permissions: { read: [data/x] } }
tasks:
  fetch: { command: [curl], permissions: { net: ["*:443"], read: [data], write: [out] } }
  set: { run: ./e.ts#f, permissions: mine }
  common: { shell: x }
  free: { shell: x, permissions: none }
`;

const NOW = `
defaults: { permissions: { read: [data, ../x] } }
tasks:
  fetch:
    command: [curl]
    permissions:
      net:
        - "*:443"
        - "*:80"
      read: true
      write: [., out/a, /y]
      commands: best-effort
  set: { run: ./e.ts#f, permissions: mine }
  common: { shell: x }
  free: { shell: x, permissions: none, inputs: { module: ./e.ts#f }, fold: ./e.ts#g }
  new: { run: ./e.ts#f, permissions: { env: [A], run: [git, ./t] } }
  none: { run: ./e.ts#f, permissions: none }
`;

function mine(...read: readonly string[]): string {
  return JSON.stringify({ permissions: { mine: { read } } });
}

/** Does something that leaves a trace, wherever it is run. */
const LOUD = 'Deno.writeTextFileSync("ran", ""); export const { f, g } = { f: () => [], g: 1 };';

const git = async (folder: string, ...args: readonly string[]) => {
  const own = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"];
  const printed = await program("git", [...own, "-C", folder, ...args]);
  assertEquals(printed.code, 0, printed.stderr);
};

/** A repository of which the first commit has one set of files, and the working tree another. */
async function repository(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): Promise<Folder> {
  const folder = new Folder(before);
  await git(folder.path, "init", "--quiet");
  await git(folder.path, "add", "-A");
  await git(folder.path, "commit", "--quiet", "-m", "before");
  await git(folder.path, "branch", "base");
  for (const [name, text] of Object.entries(now)) folder.write(name, text);
  return folder;
}

/** Runs it, and looks that nothing was run that a tasks file names, and that nothing is left. */
async function check(folder: Folder, cwd: string, ...args: readonly string[]): Promise<Printed> {
  using tmp = new Folder();
  const printed = await fanfold(["check", ...args], { cwd, env: { TMPDIR: tmp.path } });
  assertEquals([...Deno.readDirSync(tmp.path)], []);
  for (const place of new Set([cwd, folder.path])) {
    assertEquals([...Deno.readDirSync(place)].some(({ name }) => name === "ran"), false);
  }
  return printed;
}

const hasGit = await program("git", ["--version"]).then(() => true, () => false);

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `${name} (needs git: apt-get install git)`, ignore: !hasGit, fn });
}

test("fanfold check --permissions tells what tasks may do more than in a revision, by task and line", async () => {
  using folder = await repository(
    { "sub/fanfold.yaml": BEFORE, "sub/e.ts": LOUD, "deno.json": mine("a") },
    { "sub/fanfold.yaml": NOW, "deno.json": mine("a", "b") },
  );
  const { code, stdout, stderr } = await check(folder, folder.at("sub"), "--permissions", "base");
  assertEquals([code, stderr], [1, ""]);
  assertEquals(stdout.split("\n"), [
    'fanfold.yaml:9  task "fetch": net +*:80',
    'fanfold.yaml:10  task "fetch": read +anything',
    'fanfold.yaml:11  task "fetch": write +. +/y',
    'fanfold.yaml:12  task "fetch": commands +best-effort, and are started where they cannot be held to all of it',
    `fanfold.yaml:13  task "set": read +${folder.at("b")}`,
    `fanfold.yaml:2  task "common": read +data +${folder.at("x")}`,
    'fanfold.yaml:15  task "free": the function for its inputs runs in fanfold itself, held to no permissions',
    'fanfold.yaml:15  task "free": its fold runs in fanfold itself, held to no permissions',
    'fanfold.yaml:16  task "new", which is new: env +A',
    'fanfold.yaml:16  task "new", which is new: run +git +t',
    "",
  ]);
  // The other way round there is less.
  await git(folder.path, "add", "-A");
  await git(folder.path, "commit", "--quiet", "-m", "now");
  folder.write("sub/fanfold.yaml", BEFORE);
  folder.write("deno.json", mine("a"));
  const less = await check(folder, folder.at("sub"), "--permissions", "HEAD");
  assertEquals([less.code, less.stderr], [0, ""]);
  assertMatch(less.stdout, /fanfold\.yaml: tasks may do nothing more than in HEAD:sub\/fanfold/);
});

test("fanfold check --permissions tells of tasks that are held to nothing any more", async () => {
  using folder = await repository(
    {
      "fanfold.json": JSON.stringify({
        tasks: { a: { shell: "x", permissions: "none" }, b: { shell: "x" } },
      }),
    },
    {
      "fanfold.json":
        '{ "tasks": {\n"a": { "shell": "x" },\n"b": { "shell": "x" },\n"c": { "shell": "x" }\n} }',
    },
  );
  const { code, stdout } = await check(folder, folder.path, "--permissions", "HEAD");
  assertEquals([code, stdout.split("\n")], [1, [
    'fanfold.json:2  task "a": may do anything, for it has no "permissions" any more',
    'fanfold.json:4  task "c", which is new: may do anything',
    "",
  ]]);
});

test("fanfold check --permissions takes all for more where the revision has no such file, and finds one by another name", async () => {
  const tasks = "tasks: { a: { shell: x, permissions: { read: [d] } } }";
  using folder = await repository({ "old/tasks.yaml": tasks }, { "new.yaml": tasks });
  const all = await check(folder, folder.path, "-f", "new.yaml", "--permissions", "base");
  assertEquals(all, {
    code: 1,
    stdout: 'new.yaml:1  task "a", which is new: read +d\n',
    stderr: "fanfold: there is no base:new.yaml, so all that tasks may do is more\n",
  });
  const others = ["base:old/tasks.yaml", "base:./old/tasks.yaml", "old/tasks.yaml"];
  for (const base of others) {
    const { code, stderr } = await check(
      folder,
      folder.path,
      ...["-f", "new.yaml", "--permissions", base],
    );
    assertEquals([code, stderr], [0, ""], base);
  }
  const here = ["-f", "../new.yaml", "--permissions", "base:./tasks.yaml"];
  assertEquals((await check(folder, folder.at("old"), ...here)).code, 0);
});

test("fanfold check --permissions --format tells the same as data", async () => {
  using folder = await repository(
    { "fanfold.yaml": "tasks: { a: { shell: x, permissions: none } }" },
    { "fanfold.yaml": "tasks: { a: { shell: x, permissions: { read: [d], net: true } } }" },
  );
  const args = ["--permissions", "HEAD", "--format"];
  const json = await check(folder, folder.path, ...args, "json");
  const common = { file: folder.at("fanfold.yaml"), line: 1, task: "a", isNew: false };
  assertEquals([json.code, JSON.parse(json.stdout)], [1, [
    { ...common, column: 47, kind: "read", more: "d" },
    { ...common, column: 51, kind: "net" },
  ]]);
  assertEquals((await check(folder, folder.path, "--permissions", "HEAD:fanfold.yaml")).code, 1);
  await git(folder.path, "commit", "--quiet", "-am", "now");
  assertEquals((await check(folder, folder.path, ...args, "json")).stdout, "[]\n");
});

test("fanfold check --permissions says what is wrong with what it compares with", async () => {
  using folder = await repository(
    { "fanfold.yaml": "tasks: { a: { shel: x } }", "e.ts": LOUD },
    { "fanfold.yaml": "tasks: { a: { shell: x } }" },
  );
  const cases: readonly (readonly [args: readonly string[], told: RegExp])[] = [
    [
      ["--permissions", "HEAD"],
      /^fanfold: Cannot load tasks "fanfold\.yaml": unknown key "shel"[^]*at HEAD:fanfold\.yaml:1:15/,
    ],
    [
      ["--permissions", "nope"],
      /^fanfold: Cannot compare with "nope": there is no such file, and git knows no such revision\n/,
    ],
    [
      ["--permissions=--help"],
      /^fanfold: Cannot compare with "--help": there is no such file, and git knows/,
    ],
    [
      ["--permissions", ":x"],
      /^fanfold: Cannot compare with ":x": there is no such file, and git knows/,
    ],
    [
      ["--permissions", "e.ts"],
      /^fanfold: Cannot compare the permissions of "e\.ts": it is code\n/,
    ],
    [
      ["--permissions", "HEAD:e.ts"],
      /^fanfold: Cannot compare the permissions of "e\.ts": it is code\n/,
    ],
    [
      ["-f", "e.ts", "--permissions", "HEAD"],
      /^fanfold: Cannot compare the permissions of "\S+e\.ts": it is code\n/,
    ],
    ...["HEAD:", "HEAD:.", "HEAD:/etc/passwd", "HEAD:../x", "HEAD:../../x"].map((base) =>
      [
        ["--permissions", base],
        /^fanfold: Cannot compare with "HEAD:\S*": "\S*" is no file of the repository, wanted REVISION:PATH\n$/,
      ] as const
    ),
    [["--format", "json"], /^fanfold: Cannot read --format: it goes with --permissions only\n/],
  ];
  for (const [args, told] of cases) {
    const { code, stdout, stderr } = await check(folder, folder.path, ...args);
    assertEquals([code, stdout], [2, ""], args.join(" "));
    assertMatch(stderr, told);
  }
  using outside = new Folder({ "fanfold.yaml": "tasks: { a: { shell: x } }" });
  const { code, stderr } = await check(outside, outside.path, "--permissions", "HEAD");
  assertEquals(code, 2);
  assertMatch(stderr, /there is no such file, and git says of "\S+": fatal: not a git repository/);
});

test("fanfold check --permissions knows the file of a folder that a link leads to, and says that a link is none", async () => {
  const tasks = "tasks: { a: { shell: x, permissions: { read: [d] } } }";
  using folder = await repository({ "sub/it.yaml": tasks }, {});
  using elsewhere = new Folder();
  Deno.symlinkSync(folder.at("sub"), elsewhere.at("to"));
  const through = ["-f", elsewhere.at("to/it.yaml"), "--permissions", "HEAD"];
  const same = await check(folder, elsewhere.path, ...through);
  assertEquals([same.code, same.stderr], [0, ""]);
  Deno.symlinkSync("sub/it.yaml", folder.at("link.yaml"));
  await git(folder.path, "add", "-A");
  await git(folder.path, "commit", "--quiet", "-m", "link");
  const link = await check(folder, folder.path, "-f", "link.yaml", "--permissions", "HEAD");
  assertEquals([link.code, link.stderr], [
    1,
    "fanfold: HEAD:link.yaml is a link, which is not followed, so all that tasks may do is more\n",
  ]);
});
