import { assertEquals, assertMatch } from "@std/assert";
import { Folder, MAIN, type Printed, program } from "../support/program.ts";

const NAMES = ["read", "write", "env", "run", "sys", "ffi", "net"];

/** All but these. */
function without(...names: readonly string[]): readonly string[] {
  return NAMES.filter((name) => !names.includes(name)).map((name) => `--allow-${name}`);
}

function fanfoldWith(
  flags: readonly string[],
  args: readonly string[],
  folder: Folder,
): Promise<Printed> {
  const argv = ["run", "--no-prompt", ...flags, MAIN, ...args];
  return program(Deno.execPath(), argv, { cwd: folder.path });
}

function folderWithTasks(): Folder {
  return new Folder({
    "n.ts": "export const double = (n: number) => n * 2;",
    "fanfold.yaml": "tasks:\n  it: { run: ./n.ts#double, inputs: [4] }\n",
  });
}

const HINT = "  hint: fanfold has all permissions where Deno starts it with -A";

/** In front of the line that has all that it takes. */
const LINE = "  hint: what it takes in all: deno run --no-prompt --allow-";
const MAP = ["map", "./n.ts#double", "--json", ":::", "4"];

/** What is missing, and what it says first: `FOLDER` is the folder, `X` what it wants to do. */
const MISSING:
  readonly (readonly [flags: readonly string[], args: readonly string[], told: string])[] = [
    [[], ["run"], 'look for a tasks file: Requires read access to "FOLDER/fanfold.ts"'],
    [
      without("read"),
      ["list"],
      'look for a tasks file: Requires read access to "FOLDER/fanfold.ts"',
    ],
    [
      [],
      ["check", "-f", "fanfold.yaml"],
      'load tasks "fanfold.yaml": cannot read it, Requires read access to "FOLDER/fanfold.yaml"',
    ],
    [
      without("read"),
      MAP,
      'run fanfold map: "MODULE#EXPORT" names "./n.ts#double", found Requires read access to "FOLDER/n.ts"',
    ],
    [without("env"), ["runs"], 'read FANFOLD_STATE: Requires env access to "FANFOLD_STATE"'],
    [
      without("env"),
      ["show", "last"],
      'read FANFOLD_STATE: Requires env access to "FANFOLD_STATE"',
    ],
    [
      without("read"),
      ["runs"],
      'look for runs in ".fanfold/runs": Requires read access to ".fanfold/runs"',
    ],
    [
      without("read"),
      ["retry", "last"],
      'look for runs in ".fanfold/runs": Requires read access to ".fanfold/runs"',
    ],
  ];

/** What a run lacks, which is told with the line that has all that it takes. */
const LACKING:
  readonly (readonly [flags: readonly string[], args: readonly string[], told: string])[] = [
    [["--allow-read"], ["run"], "know where runs are kept: it takes --allow-env=FANFOLD_STATE"],
    [without("write"), ["run"], "keep the run: it takes --allow-write=FOLDER/.fanfold"],
    [
      without("write"),
      ["run", "--state-dir", "x"],
      "keep the run: it takes --allow-write=FOLDER/x",
    ],
    [without("write"), MAP, "hold output that has to wait: it takes --allow-write=TMP"],
    [
      without("run"),
      [...MAP.slice(0, 2), "--isolation", "process", ...MAP.slice(2)],
      'start task "map": it takes --allow-run',
    ],
    [without("run"), ["run", "--isolation", "process"], 'start task "it": it takes --allow-run'],
    [
      without("run"),
      ["each", "cat", ":::", "1"],
      'start task "each": it takes --allow-run=cat',
    ],
    [
      without("run"),
      ["each", "--shell", "date", ":::", "1"],
      'start task "each": it takes --allow-run=sh',
    ],
  ];

for (const [flags, args, told] of LACKING) {
  Deno.test(`fanfold ${args.join(" ")} with ${flags.join(" ")} says before any job what it takes`, async () => {
    using folder = folderWithTasks();
    const { code, stdout, stderr } = await fanfoldWith(flags, args, folder);
    const [message, ...more] = stderr.trimEnd().split("\n");
    const wanted = told.replace("FOLDER", folder.path).replace(
      "FANFOLD/",
      MAIN.replace("main.ts", ""),
    )
      .replace("TMP", Deno.env.get("TMPDIR") || "/tmp");
    assertEquals([code, stdout, message], [2, "", `fanfold: Cannot ${wanted}`]);
    const hint = more.at(-1) ?? "";
    assertEquals(hint.slice(0, LINE.length), LINE);
    assertEquals(hint.includes(`${MAIN} ${args[0]}`), true, hint);
  });
}

for (const [flags, args, told] of MISSING) {
  const [, name] = /Requires (\w+) access/.exec(told) ?? [];
  Deno.test(`fanfold ${args.join(" ")} with ${flags.join(" ") || "no permission"} says that it may not ${name}`, async () => {
    using folder = folderWithTasks();
    const { code, stdout, stderr } = await fanfoldWith(flags, args, folder);
    const [message = "", ...more] = stderr.trimEnd().split("\n");
    const start = `fanfold: Cannot ${
      told.replace("FOLDER", folder.path)
    }, run again with the --allow-${name} flag`;
    assertEquals([stdout, message.slice(0, start.length), more.at(-1)], ["", start, HINT]);
    assertEquals(code, /journal|look for runs/.test(told) ? 3 : 2);
  });
}

Deno.test("fanfold reads journals with the permissions that this takes, and no more", async () => {
  using folder = folderWithTasks();
  assertEquals((await fanfoldWith(["-A"], ["run"], folder)).code, 0);
  for (const flags of [["-A"], ["--allow-read", "--allow-env"], without("net"), without("write")]) {
    const { code, stdout, stderr } = await fanfoldWith(flags, ["runs"], folder);
    assertEquals([code, stderr], [0, ""], flags.join(" "));
    assertMatch(stdout, /^\S+ {2}\S+ \S+ {2}ended {2}1 done .*fanfold\.yaml: it\n$/);
  }
});

Deno.test("fanfold tells the place of a mistake where it may read nothing but the tasks file", async () => {
  using folder = new Folder({ "t.yaml": "tasks:\n  a: { shel: x }\n" });
  const flags = [`--allow-read=${folder.at("t.yaml")}`];
  const { code, stderr } = await fanfoldWith(flags, ["list", "-f", "t.yaml"], folder);
  assertEquals([code, stderr.split("\n")[1]], [2, `  at ${folder.at("t.yaml")}:2:8`]);
});

Deno.test("fanfold shows no trace, whatever permission is missing", async () => {
  using folder = folderWithTasks();
  const commands = [["run"], ["each", "echo", ":::", "1"], MAP, ["runs"]];
  const sets = [[], ["--allow-read"], ["--allow-read", "--allow-env"]];
  for (const name of NAMES) sets.push([...without(name)]);
  for (const flags of sets) {
    for (const args of commands) {
      const { code, stderr } = await fanfoldWith(flags, args, folder);
      const line = `${args.join(" ")} with ${flags.join(" ")}: ${stderr}`;
      assertEquals(/^(?!fanfold: | {2}(?!at file:)).+/m.exec(stderr)?.[0], undefined, line);
      assertEquals(code <= 3, true, `${code}: ${line}`);
    }
  }
});
