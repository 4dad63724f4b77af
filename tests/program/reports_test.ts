import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fanfold, Folder, MAIN } from "../support/program.ts";
import { withoutIds } from "../support/kept_text.ts";
import { until } from "../support/shared_folder.ts";

const FORMATS = { junit: "junit", trace: "trace", report: "html" } as const;

const TASKS = {
  "fanfold.yaml": `tasks:
  odd:
    shell: 'echo "out $1"; echo "oops $1" >&2; test "$1" != 3'
    inputs: [1, 2, 3]
    jobs: 1
  after:
    command: [echo, "{}"]
    needs: [odd]
    inputs: [1]
`,
};

/** The text of a report in a file of the folder. */
function read(folder: Folder, name: string): string {
  return Deno.readTextFileSync(folder.at(name));
}

/** The names of what is in the folder, but for where runs are kept. */
function namesIn(folder: Folder): readonly string[] {
  return [...Deno.readDirSync(folder.path)].map(({ name }) => name)
    .filter((name) => name !== ".fanfold").sort();
}

/** Jobs that have all begun, the first of which has ended: each writes the name of a file, and waits. */
const WAITING = 'echo; touch "began $1"; test "$1" = 1 || exec sleep 1000';

interface Started extends AsyncDisposable {
  readonly child: Deno.ChildProcess;
}

/** fanfold with one job that has ended and one that goes on. */
async function halfway(folder: Folder, ...options: readonly string[]): Promise<Started> {
  const argv = ["each", "-j1", ...options, "--state-dir", ".fanfold", "--shell", WAITING];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, ...argv, ":::", "1", "2"],
    cwd: folder.path,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await until("the second job has begun", () => namesIn(folder).includes("began 2"));
  return {
    child,
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await child.status;
    },
  };
}

async function shown(folder: Folder, format: string): Promise<string> {
  const { code, stdout, stderr } = await fanfold(["show", "last", "--format", format], {
    cwd: folder.path,
  });
  assertEquals([code, stderr], [0, ""]);
  return stdout;
}

Deno.test("fanfold run --junit, --trace and --report write what show prints of the run", async () => {
  using folder = new Folder(TASKS);
  const files = Object.keys(FORMATS).flatMap((name) => [`--${name}`, `${name}.out`]);
  const { code } = await fanfold(["run", ...files], { cwd: folder.path });
  assertEquals(code, 1);
  for (const [name, format] of Object.entries(FORMATS)) {
    assertEquals(read(folder, `${name}.out`), await shown(folder, format));
  }
  assertEquals(namesIn(folder), ["fanfold.yaml", "junit.out", "report.out", "trace.out"]);
  const xml = read(folder, "junit.out").replaceAll(/ time(stamp)?="[^"]*"/g, "");
  assertEquals(
    withoutIds(xml),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="fanfold RUN" tests="4" failures="1" errors="0">
  <testsuite name="odd" tests="3" failures="1" errors="0" skipped="0">
    <testcase name="1" classname="odd"/>
    <testcase name="2" classname="odd"/>
    <testcase name="3" classname="odd">
      <failure message="task &quot;odd&quot;, job 3, input 3 failed: the command ended with exit code 1" type="Exit">task &quot;odd&quot;, job 3, input 3 failed: the command ended with exit code 1</failure>
      <system-out>out 3
</system-out>
      <system-err>oops 3
</system-err>
    </testcase>
  </testsuite>
  <testsuite name="after" tests="1" failures="0" errors="0" skipped="1">
    <testcase name="jobs that have not ended" classname="after"><skipped message="0 jobs have ended"/></testcase>
  </testsuite>
</testsuites>
`,
  );
});

Deno.test("fanfold each and map keep a journal for a report", async () => {
  using folder = new Folder({ "f.ts": "export const f = (text: string) => text.length;\n" });
  for (const command of [["each", "echo"], ["map", "./f.ts#f"]] as const) {
    const argv = [command[0], "--trace", "t.json", command[1], ":::", "a", "b"];
    assertEquals((await fanfold(argv, { cwd: folder.path })).code, 0);
    assertEquals(read(folder, "t.json"), await shown(folder, "trace"));
  }
});

Deno.test("fanfold each --joblog --resume --junit goes by the journal, of which the report is made", async () => {
  using folder = new Folder();
  const each = (...options: readonly string[]) => {
    const files = ["--joblog", "log", "--junit", "j.xml"];
    const argv = ["each", ...options, ...files, "--shell", 'test "$1" = a', ":::", "a", "b"];
    return fanfold(argv, { cwd: folder.path });
  };
  await each();
  const first = read(folder, "j.xml");
  assertStringIncludes((await each("--resume-failed")).stderr, "fanfold: goes on with run ");
  for (const xml of [first, read(folder, "j.xml")]) {
    assertEquals(xml.match(/<testcase name="[ab]"/g)?.length, 2);
  }
});

Deno.test("fanfold run tells of a report that cannot be written before any job runs", async () => {
  using folder = new Folder({ ...TASKS, "dir/x": "" });
  const { code: made } = await new Deno.Command("mkfifo", { args: [folder.at("pipe")] }).output();
  assertEquals(made, 0);
  const missing = JSON.stringify(folder.at("no"));
  const wrong = [
    [["--junit", "no/j.xml"], `Cannot open --junit "no/j.xml": there is no folder ${missing}`],
    [["--trace", "dir"], 'Cannot open --trace "dir": found a folder, wanted a file'],
    [
      ["--report", "pipe"],
      'Cannot open --report "pipe": found a pipe or a device, wanted a file',
    ],
    [
      ["--report", "-"],
      'Cannot read --report: found "-", wanted a file\n' +
      "  hint: fanfold show last --format html prints it",
    ],
    [
      ["--junit", "x", "--trace", "./x"],
      'Cannot write --junit and --trace to "./x"',
    ],
    [
      ["--junit", "x", "--no-journal"],
      "Cannot combine --junit and --no-journal: a report is made of the journal",
    ],
  ] as const;
  for (const [options, message] of wrong) {
    const { code, stdout, stderr } = await fanfold(["run", ...options], { cwd: folder.path });
    assertEquals([code, stdout, stderr], [2, "", `fanfold: ${message}\n`]);
  }
  const dry = await fanfold(["each", "--dry-run", "--junit", "x", "echo", ":::", "1"]);
  assertEquals(dry.stderr, "fanfold: Cannot combine --junit and --dry-run\n");
  assertEquals(namesIn(folder), ["dir", "fanfold.yaml", "pipe"]);
});

Deno.test("fanfold show refuses a report of less than a run", async () => {
  using folder = new Folder(TASKS);
  await fanfold(["run"], { cwd: folder.path });
  for (const [words, what] of [[["odd"], "a task"], [["--failed"], "--failed"]] as const) {
    const { code, stderr } = await fanfold(["show", "last", ...words, "--format", "html"], {
      cwd: folder.path,
    });
    assertEquals([code, stderr], [
      2,
      `fanfold: Cannot combine --format html and ${what}\n  hint: a report is one of a whole run\n`,
    ]);
  }
});

Deno.test("a report replaces a file in one step, behind a link too, and leaves its permissions", async () => {
  using folder = new Folder({ "old.xml": "old" });
  Deno.chmodSync(folder.at("old.xml"), 0o600);
  Deno.symlinkSync("old.xml", folder.at("link.xml"));
  {
    await using run = await halfway(folder, "--junit", "link.xml");
    assertEquals(read(folder, "old.xml"), "old");
    run.child.kill("SIGTERM");
    assertEquals((await run.child.status).code, 143);
  }
  assertEquals(Deno.lstatSync(folder.at("link.xml")).isSymlink, true);
  assertEquals(Deno.statSync(folder.at("old.xml")).mode! & 0o777, 0o600);
  assertStringIncludes(read(folder, "old.xml"), "</testsuites>");
  assertEquals(namesIn(folder), ["began 1", "began 2", "link.xml", "old.xml"]);
});

Deno.test("a report is written of a run that a signal has ended, and printed of one that was killed or goes on", async () => {
  const one = '<testcase name="1" classname="each"';
  const rest =
    '<testcase name="jobs that have not ended" classname="each"><skipped message="1 of 2 jobs have ended"/>';
  const some = rest.replace("1 of 2 jobs have", "1 job has");
  for (const signal of ["SIGINT", "SIGKILL"] as const) {
    using folder = new Folder();
    await using run = await halfway(folder, "--junit", "j.xml", "--report", "r.html");
    const [under, page] = [await shown(folder, "junit"), await shown(folder, "html")];
    for (const text of [one, rest]) assertStringIncludes(under, text);
    assertMatch(page, /under way for .*, 1 of 2 jobs so far: 1 done/);
    run.child.kill(signal);
    await run.child.status;
    const xml = await shown(folder, "junit");
    assertStringIncludes(xml, one);
    assert(xml.includes(some), xml);
    assertStringIncludes(await shown(folder, "html"), "interrupted after 1 job: 1 done");
    const written = ["began 1", "began 2", ...signal === "SIGINT" ? ["j.xml", "r.html"] : []];
    assertEquals(namesIn(folder), written);
    if (signal === "SIGINT") assertEquals(read(folder, "j.xml"), xml);
  }
});

Deno.test("a report that cannot be written in the end is told, with an exit code, and what was there stays", async () => {
  using folder = new Folder({ "out/j.xml": "old" });
  const argv = ["each", "--junit", "out/j.xml", "--shell", "mv out gone", ":::", "1"];
  const { code, stderr } = await fanfold(argv, { cwd: folder.path });
  const missing = JSON.stringify(folder.at("out"));
  assertStringIncludes(
    stderr,
    `fanfold: Cannot open --junit "out/j.xml": there is no folder ${missing}\n`,
  );
  assertEquals(code, 2);
  assertEquals(read(folder, "gone/j.xml"), "old");
});
