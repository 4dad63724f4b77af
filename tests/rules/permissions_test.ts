import { assertEquals } from "@std/assert";
import type { Task } from "../../lib/job.ts";
import { isElement, KINDS } from "../../lib/rules/permissions.ts";
import { Sandbox } from "../tasks_file/sandbox.ts";

const NUMBERS = "export const double = (n: number) => n * 2;";
const RUN = "run: ./numbers.ts#double";
const NOTHING = Object.fromEntries(KINDS.map((kind) => [kind, false]));
const SETS = JSON.stringify({
  permissions: {
    data: { read: ["./data"], write: { allow: ["/out"] }, net: true, run: ["git", "./tool"] },
    most: { all: true, ffi: false },
    less: { read: { allow: true, deny: ["secret"] } },
    denies: { all: true, deny: { net: true } },
  },
});

async function load(task: string, defaults = "{}"): Promise<[Task, string]> {
  await using sandbox = await Sandbox.with({
    "numbers.ts": NUMBERS,
    "deno.json": SETS,
    "in/t.yaml": `defaults: ${defaults}\ntasks: { a: { ${task} } }`.replace("./n", "../n"),
  });
  const [loaded] = await sandbox.load("in/t.yaml");
  return [loaded as Task, sandbox.folder];
}

async function mistakes(task: string, defaults = "{}"): Promise<readonly string[]> {
  await using sandbox = await Sandbox.with({
    "numbers.ts": NUMBERS,
    "deno.json": SETS,
    "t.yaml": `tasks: { a: { ${task} } }\ndefaults: ${defaults}`,
  });
  return await sandbox.mistakes("t.yaml");
}

Deno.test("permissions are what is listed and nothing else, with paths of the tasks file", async () => {
  const said = "{ read: [x, /y, x], write: [], net: true, run: [git, ./t], env: [A] }";
  for (const action of [RUN, "command: [cat]"]) {
    const [task, folder] = await load(`${action}, permissions: ${said}`);
    assertEquals(task.permissions as object, {
      ...NOTHING,
      read: [`${folder}/in/x`, "/y"],
      net: true,
      run: ["git", `${folder}/in/t`],
      env: ["A"],
      isBestEffort: false,
    });
    assertEquals(task.isolation, "process");
  }
});

Deno.test("permissions of a task stand in the place of those of the defaults", async () => {
  const common = "{ permissions: { read: [x] } }";
  const [as, folder] = await load("shell: x", common);
  assertEquals(as.permissions?.read, [`${folder}/in/x`]);
  const [none] = await load("shell: x, permissions: none", common);
  assertEquals(none.permissions as object, { ...NOTHING, isBestEffort: false });
  const [other] = await load("shell: x, permissions: { write: true }", common);
  assertEquals(other.permissions as object, { ...NOTHING, write: true, isBestEffort: false });
  const [best] = await load("shell: x, permissions: { commands: best-effort }", common);
  assertEquals(best.permissions as object, { ...NOTHING, isBestEffort: true });
});

Deno.test("permissions may be a set of the deno.json above, whose paths start there", async () => {
  const [task, folder] = await load(`${RUN}, permissions: data`);
  assertEquals(task.permissions as object, {
    ...NOTHING,
    read: [`${folder}/data`],
    write: ["/out"],
    net: true,
    run: ["git", `${folder}/tool`],
    isBestEffort: false,
  });
  const [most] = await load(RUN, "{ permissions: most }");
  assertEquals(KINDS.filter((kind) => most.permissions?.[kind] !== true), ["ffi"]);
});

const bad = [
  ["shell: x, permissions: { read: data }", [
    '1:46 found "data" as "permissions.read" of task "a", wanted true, false or a list | did you mean ["data"]?',
  ]],
  ["shell: x, permissions: { reads: [x] }", [
    '1:40 unknown key "reads" in "permissions" of task "a" | did you mean "read"?',
  ]],
  ['shell: x, permissions: { env: ["A=B"] }', [
    '1:46 found "A=B" as "permissions.env[0]" of task "a", wanted the name of a variable',
  ]],
  ['shell: x, permissions: { run: ["a,b"] }', [
    '1:46 found "a,b" as "permissions.run[0]" of task "a", wanted a program, without a comma',
  ]],
  ["shell: x, permissions: { sys: true }", [
    '1:40 "permissions.sys" of task "a" is for functions, and it runs a command',
  ]],
  ['shell: x, permissions: { net: ["*:22", "b.org:88"] }', [
    '1:54 found "b.org:88" as "permissions.net" of task "a", wanted a port, "*:88", for a command is not held to hosts | with "commands: best-effort" beside it, it is held to what can be',
  ]],
  ['shell: x, permissions: { net: ["b.org:88"], commands: best-effort }, jobs: -1', [
    '1:90 found -1 as "jobs" of task "a", wanted a positive whole number, or "50%", "+1" or "-1" of the hardware threads | did you mean "-1", in quotes?',
  ]],
  [`${RUN}, permissions: { commands: best-effort }`, [
    '1:56 "permissions.commands" of task "a" is for commands, and it runs a function',
  ]],
  [`${RUN}, permissions: { net: [a.org, "*:443"] }`, [
    '1:69 found "*:443" as "permissions.net" of task "a", wanted a host, for a function is not held to ports of any host | say "host:443" for each host, or net: true',
  ]],
  [`${RUN}, permissions: { sys: [hostName] }`, [
    '1:62 found "hostName" as "permissions.sys[0]" of task "a", wanted a name of Deno, like hostname',
  ]],
  [`${RUN}, permissions: none, isolation: worker`, [
    '1:71 found "worker" as "isolation" of task "a", wanted "process", for "permissions" needs a process of its own',
  ]],
  ["shell: x, permissions: dat", [
    '1:38 found "dat" as "permissions" of task "a", wanted the name of a set in the "permissions" of deno.json | did you mean "data"?',
  ]],
  ["shell: x, permissions: less", [
    '1:38 found "less" as "permissions" of task "a", and the "read" of that set is more than true, false or a list',
  ]],
  ["shell: x, permissions: denies", [
    '1:38 found "denies" as "permissions" of task "a", and that set has "deny", which is no kind',
  ]],
  ["shell: x, permissions: 5", [
    '1:38 found 5 as "permissions" of task "a", wanted "none", the name of a set in deno.json, or a record like { read: [data] }',
  ]],
] as const;
for (const [task, expected] of bad) {
  Deno.test(`permissions that are wrong: ${task}`, async () => {
    assertEquals(await mistakes(task), expected);
  });
}

Deno.test("permissions of the defaults that a command cannot be held to are told of its task", async () => {
  assertEquals(await mistakes("shell: x", "{ permissions: { net: [h], sys: true } }"), [
    '1:10 found "h" as "permissions.net" of task "a", wanted a port, "*:443", for a command is not held to hosts | with "commands: best-effort" beside it, it is held to what can be',
  ]);
});

Deno.test("a set of permissions that cannot be is told of where no deno.json has any", async () => {
  await using sandbox = await Sandbox.with({
    "deno.json": "{}",
    "t.yaml": "tasks: { a: { shell: x, permissions: mine } }",
  });
  assertEquals(await sandbox.mistakes("t.yaml"), [
    `1:38 found "mine" as "permissions" of task "a", wanted "none" or a record, for the deno.json of ${sandbox.folder} has no "permissions"`,
  ]);
});

Deno.test("permissions of the defaults that a function cannot be held to are told of its task", async () => {
  assertEquals(await mistakes(RUN, '{ permissions: { net: ["*:80"] } }'), [
    '1:10 found "*:80" as "permissions.net" of task "a", wanted a host, for a function is not held to ports of any host | say "host:80" for each host, or net: true',
  ]);
});

const HOSTS = [
  ...["localhost", "b.org:80", "*.b.org", "*.b.org:1", "a_b", "B.ORG.", "1.2.3.4:65535", "[::1]"],
  ...["[::]:0", "[fe80::1:2]:80", "[1:2:3:4:5:6:7:8]", "xn--mnchen-3ya.de"],
];

const NO_HOSTS = [
  ...[
    "*",
    "a b",
    "a..b",
    ".a",
    "::1",
    "[::1",
    "[::g]",
    "[1::2::3]",
    "[1:2]",
    "[1:2:3:4:5:6:7:8:9]",
  ],
  ...[
    "a:",
    "a:65536",
    "a:*",
    ":80",
    "http://a",
    "a/b",
    "a,b",
    "a@b",
    "a%b",
    "*.*.b",
    "a*",
    "münchen.de",
  ],
];

Deno.test("lists of hosts have what Deno takes for one, and nothing else", async () => {
  for (const kind of ["net", "import"] as const) {
    assertEquals(HOSTS.filter((host) => !isElement(kind, host)), []);
    assertEquals([...NO_HOSTS, "*:*"].filter((host) => isElement(kind, host)), []);
  }
  assertEquals([isElement("net", "*:443"), isElement("import", "*:443")], [true, false]);
  for (const kind of ["net", "import"]) {
    const list = HOSTS.map((host) => host.replaceAll(",", ",,")).join(",");
    const args = ["run", "--no-prompt", `--allow-${kind}=${list}`, "data:text/javascript,0"];
    const { stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
    assertEquals(new TextDecoder().decode(stderr), "");
  }
});

Deno.test("lists of variables have names and beginnings, those of the system what Deno knows", async () => {
  const names = ["A", "a.b", "AWS_*", "*", "A*B", "A=B", "A,B", "A B", ""];
  assertEquals(names.filter((name) => isElement("env", name)), ["A", "a.b", "AWS_*"]);
  const parts = ["hostname", "osRelease", "cpus", "umask", "seteuid", "statfs", "Hostname", "all"];
  const known = parts.filter((name) => isElement("sys", name));
  assertEquals(known, parts.slice(0, -2));
  const args = ["run", "--no-prompt", `--allow-sys=${known.join(",")}`, "data:text/javascript,0"];
  const { stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  assertEquals(new TextDecoder().decode(stderr), "");
});
