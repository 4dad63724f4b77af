import { assertEquals, assertStringIncludes } from "@std/assert";
import { withoutIds } from "../support/kept_text.ts";
import { fanfold, Folder, MAIN, program } from "../support/program.ts";

/** A folder with these tasks, and with the program as `bin/fanfold`. */
function folderWith(tasks: Record<string, unknown>, files: Record<string, string> = {}): Folder {
  const folder = new Folder({
    "fanfold.json": JSON.stringify({ tasks }),
    "bin/fanfold": `#!/bin/sh\nexec '${Deno.execPath()}' run -A '${MAIN}' "$@"\n`,
    ...files,
  });
  Deno.chmodSync(folder.at("bin/fanfold"), 0o755);
  return folder;
}

/** The id of a run. */

/** A task whose one job fails. */
const NAMED = { run: "./named.ts#fails", inputs: [0] };

/** Ids of the runs that are kept in a folder, the latest first. */
async function runsIn(folder: Folder): Promise<string[]> {
  const { stdout } = await fanfold(["runs", "--format", "json"], { cwd: folder.path });
  return JSON.parse(stdout).map(({ id }: { readonly id: string }) => id);
}

/** Has a shell run the line that repeats the first cause. */
function repeated(folder: Folder, stderr: string) {
  const [, line = "echo there is none"] = /^ {2}repeat: (.*)$/m.exec(stderr) ?? [];
  const PATH = `${folder.at("bin")}:${Deno.env.get("PATH")}`;
  return program("bash", ["-c", line], { cwd: folder.path, env: { PATH } });
}

Deno.test("fanfold run tells the first cause with the end of its stderr and what repeats it", async () => {
  const shell = 'for i in 1 2 3 4 5 6 7; do echo "$1 $i" >&2; done; [ "$1" = ok ]';
  using folder = folderWith({ it: { shell, inputs: ["ok", "a\tb", "c"] } });
  const { code, stderr } = await fanfold(["run"], { cwd: folder.path });
  assertEquals([code, stderr.slice(stderr.indexOf("fanfold: ")).split("\n")], [1, [
    'fanfold: task "it", job 2, input "a\\tb" failed: the command ended with exit code 1',
    ...[3, 4, 5, 6, 7].map((i) => `  | a\tb ${i}`),
    "  repeat: INPUT=$'a\\011b' sh -c 'for i in 1 2 3 4 5 6 7; do echo \"$1 $i\" >&2; done; " +
    "[ \"$1\" = ok ]' sh $'a\\011b'",
    'fanfold: task "it", job 3, input "c" failed: the command ended with exit code 1',
    "fanfold: 3 jobs: 1 done, 2 failed",
    `fanfold: do again what failed with: fanfold retry ${(await runsIn(folder))[0]}`,
    "",
  ]]);
  const again = await repeated(folder, stderr);
  assertEquals([again.code, again.stderr.split("\n")[0]], [1, "a\tb 1"]);
});

for (const isolation of ["worker", "process"]) {
  Deno.test(`fanfold run repeats a job of a ${isolation} by fanfold map, as it was`, async () => {
    const source = `export function show(...inputs: unknown[]) {
      if (inputs.length === 3) throw new Error(JSON.stringify(inputs));
    }`;
    const inputs = [[1, 2], ["it's\n", { a: [null, 0.5] }, "-x"]];
    using folder = folderWith({
      it: { run: "./show.ts#show", inputs, spread: true, isolation },
    }, { "show.ts": source });
    const { code, stderr } = await fanfold(["run"], { cwd: folder.path });
    const reason = `failed: Error: ${JSON.stringify(inputs[1])}\n`;
    assertEquals(code, 1);
    assertStringIncludes(stderr, `job 2, input ${JSON.stringify(inputs[1])} ${reason}`);
    const again = await repeated(folder, stderr);
    assertEquals(again.code, 1);
    assertStringIncludes(again.stderr, `job 1, input ${JSON.stringify(inputs[1])} ${reason}`);
  });

  Deno.test(`fanfold run tells what a function in a ${isolation} printed before it failed`, async () => {
    const source = `export function read(name: string) {
      console.error("reading", name);
      if (name === "bad") throw new Error("no");
    }`;
    const task = { run: "./read.ts#read", inputs: ["good", "bad"], isolation };
    using folder = folderWith({ it: task }, { "read.ts": source });
    const { code, stderr } = await fanfold(["run"], { cwd: folder.path });
    assertEquals([code, stderr.split("\n").filter((line) => line.startsWith("  | "))], [1, [
      "  | reading bad",
    ]]);
  });
}

Deno.test("fanfold run repeats by its journal what no other command line can name", async () => {
  const tasks = { run: { ...NAMED, init: "./named.ts#start" } };
  using folder = folderWith(tasks, {
    "named.ts": "export const start = () => {};\n" +
      "export const fails = (n: unknown) => { throw new Error(`not ${n}`); };\n",
    "own.ts": `import { defineTasks } from "fanfold";
      const fails = (n: unknown) => { throw new Error(\`not \${n}\`); };
      export default defineTasks({
        own: { run: fails, inputs: [1] },
        process: { run: fails, inputs: [2], isolation: "process" },
      });`,
    "big.json": JSON.stringify({
      tasks: { big: { ...NAMED, inputs: { module: "./inputs.ts#bigints" } } },
    }),
    "none.json": JSON.stringify({
      tasks: { none: { ...NAMED, inputs: { module: "./inputs.ts#symbols" } } },
    }),
    "inputs.ts": "export const bigints = () => [5n];\nexport const symbols = () => [Symbol()];\n",
  });
  const first = async (...args: string[]) => {
    const { stderr } = await fanfold(["run", ...args], { cwd: folder.path });
    return [/^ {2}repeat: (.*)$/m.exec(stderr)?.[1], stderr] as const;
  };
  const lines: readonly (readonly [args: string[], line: string, reason: string])[] = [
    [[], "fanfold repro RUN run 1", 'task "run", job 1, input 0 failed: Error: not 0'],
    [["-f", "own.ts"], "fanfold repro RUN own 1", 'task "own", job 1, input 1 failed'],
    [["-f", "own.ts", "process"], "fanfold repro RUN process 1", "input 2 failed: Error: not 2"],
    [
      ["-f", "big.json", "--state-dir", "my runs"],
      "fanfold repro RUN big 1 --state-dir 'my runs'",
      "input 5 failed: Error: not 5",
    ],
  ];
  for (const [args, line, reason] of lines) {
    const [found, stderr] = await first(...args);
    assertEquals(withoutIds(found ?? ""), line);
    const again = await repeated(folder, stderr);
    assertEquals(again.code, 1);
    assertStringIncludes(again.stderr, reason);
  }
  const [run = ""] = await runsIn(folder);
  const [resumed] = await first("-f", "own.ts", "process", "--resume-failed");
  assertEquals(resumed, `fanfold repro ${run} process 1`);
  assertEquals((await first("-f", "own.ts", "--no-journal"))[0], undefined);
  assertEquals((await first("-f", "none.json"))[0], undefined);
});

Deno.test("fanfold run ends the same way every time when several jobs of several tasks fail", async () => {
  const shell = 'sleep "0.0$(($$ % 10))"; echo "$1" >&2; [ "$1" -lt 3 ]';
  using folder = folderWith({
    one: { shell, inputs: { range: [1, 8] }, jobs: 8 },
    two: { shell, inputs: { range: [1, 8] }, jobs: 8 },
  });
  const ends = new Set<string>();
  for (const options of [[], ["--unordered"]]) {
    for (let run = 0; run < 5; run++) {
      const { code, stderr } = await fanfold(["run", ...options], { cwd: folder.path });
      ends.add(`${code} ${withoutIds(stderr.slice(stderr.indexOf("fanfold: ")))}`);
    }
  }
  assertEquals(ends.size, 1);
  assertStringIncludes([...ends].join(), '1 fanfold: task "one", job 3, input 3 failed');
});

Deno.test("fanfold run indents what was thrown outside any job, if it has several lines", async () => {
  const source = 'export function leave() { Promise.reject(new Error("late\\nand more")); }';
  using folder = folderWith({ it: { run: "./leave.ts#leave" } }, { "leave.ts": source });
  const { code, stderr } = await fanfold(["run"], { cwd: folder.path });
  const told = 'fanfold: task "it", slot 1, outside any job: Error: late\n    and more\n' +
    "  at leave (leave.ts:1:42)\n";
  assertEquals([code, stderr], [0, told]);
});

Deno.test("fanfold each starts the verdict on a line of its own, and says nothing of a good end", async () => {
  const script = 'printf "$1" >&2; exit "$2"';
  const stderrOf = async (...args: string[]) =>
    (await fanfold(["each", "sh", "-c", script, "sh", "{1}", "{2}", ...args])).stderr.split("\n");
  const [said, told] = await stderrOf(":::", "no line end", ":::", "1");
  assertEquals([said, told?.slice(0, 20)], ["no line end", 'fanfold: task "each"']);
  const [line, next] = await stderrOf(":::", "line\\n", ":::", "1");
  assertEquals([line, next?.slice(0, 20)], ["line", 'fanfold: task "each"']);
  assertEquals(await stderrOf(":::", "no line end", ":::", "0"), ["no line end"]);
});

Deno.test("fanfold says that a fold has no result when a job did not end well, in each format", async () => {
  using folder = new Folder({
    "m.js": "export const odd = (n) => { if (n % 2) return n; throw new Error('even'); };\n" +
      "export const add = (a, b) => a + b;\n",
  });
  const none = 'fanfold: task "map" has no result: 1 of its 3 jobs did not end well';
  for (const [format, stdout] of [["text", ""], ["json", "null\n"], ["none", ""]]) {
    const args = ["map", "./m.js#odd", "--fold", "./m.js#add", "--json", "--format", `${format}`];
    const ended = await fanfold([...args, ":::", "1", "2", "3"], { cwd: folder.path });
    assertEquals([ended.code, ended.stdout], [1, stdout]);
    assertEquals(ended.stderr.split("\n").includes(none), true);
  }
});

Deno.test("fanfold run tells places as they are seen from where it is called", async () => {
  const source = 'export function fails() {\n  throw new Error("no");\n}\n';
  using folder = folderWith({ it: { run: "./sub/fails.ts#fails" } }, { "sub/fails.ts": source });
  const placeFrom = async (cwd: string) => {
    const { stderr } = await fanfold(["run", "--no-journal"], { cwd });
    return stderr.split("\n")[1];
  };
  assertEquals(await placeFrom(folder.path), "  at fails (sub/fails.ts:2:9)");
  assertEquals(await placeFrom(folder.at("sub")), "  at fails (fails.ts:2:9)");
  folder.write("beside/a.txt", "");
  const whole = `  at fails (${folder.at("sub/fails.ts")}:2:9)`;
  assertEquals(await placeFrom(folder.at("beside")), whole);
});
