import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { withoutIds } from "../support/kept_text.ts";
import { fanfold, Folder, MAIN, program } from "../support/program.ts";
import { isAlive } from "../support/is_alive.ts";

/** A tasks file in YAML with one task. */
function tasksFile(task: Record<string, unknown>): string {
  return JSON.stringify({ tasks: { it: task } });
}

Deno.test("fanfold run passes every byte of a command through", async () => {
  using folder = new Folder();
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7 + (i >> 8)) & 255);
  Deno.writeFileSync(folder.at("bytes"), bytes);
  folder.write("fanfold.json", tasksFile({ command: ["cat", "bytes", "bytes"] }));
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, "run"],
    cwd: folder.path,
  }).output();
  assertEquals(code, 0);
  assertEquals(stdout, new Uint8Array([...bytes, ...bytes]));
});

Deno.test("fanfold run tells a missing program, folder and permission apart", async () => {
  using folder = new Folder({ "plain.txt": "no program" });
  folder.write(
    "fanfold.json",
    JSON.stringify({
      tasks: {
        program: { command: ["no-such-program"] },
        folder: { command: ["echo"], cwd: "no-such-folder" },
        permission: { command: ["./plain.txt"] },
      },
    }),
  );
  const { code, stdout, stderr } = await fanfold(["run"], { cwd: folder.path });
  assertEquals([code, stdout], [1, ""]);
  assertEquals(stderr.split("\n"), [
    'fanfold: task "program", job 1 failed: Cannot start "no-such-program": there is no such ' +
    "program on the PATH",
    "  repeat: no-such-program",
    'fanfold: task "folder", job 1 failed: Cannot start "echo": there is no folder ' +
    `"${folder.at("no-such-folder")}" to run it in`,
    'fanfold: task "permission", job 1 failed: Cannot start "./plain.txt": the file may not be ' +
    "executed, which chmod +x allows",
    "fanfold: 3 jobs: 0 done, 3 failed",
    "",
  ]);
});

Deno.test("fanfold run hints at a script for a shell line, and at a file of another system", async () => {
  using folder = new Folder({
    "fanfold.yaml": `
tasks:
  line: { command: ["wc -c < {}"], inputs: [fanfold.yaml] }
  record: { command: ["echo '{x}' {}"], inputs: [{ x: 1 }] }
  foreign: { command: [./foreign] }
  crlf: { command: [./crlf] }
`,
  });
  const head = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0];
  Deno.writeFileSync(folder.at("foreign"), new Uint8Array(head), { mode: 0o755 });
  Deno.writeTextFileSync(folder.at("crlf"), "#!/usr/bin/env sh\r\ntrue\r\n", { mode: 0o755 });
  const hintOf = async (task: string) => {
    const { code, stderr } = await fanfold(["run", task], { cwd: folder.path });
    assertEquals(code, 1);
    return /(?<=\n {2}hint: ).*/.exec(stderr)?.[0];
  };
  assertEquals(await hintOf("line"), `shell: 'wc -c < "$1"'`);
  assertEquals(await hintOf("record"), String.raw`shell: "echo ''\"$INPUT_x\"'' \"$INPUT\""`);
  const crlf = `the lines of "${folder.at("crlf")}" end in CRLF`;
  assertEquals(await hintOf("crlf"), `${crlf}, which its interpreter may not take`);
  const machine = `${Deno.build.os} on ${Deno.build.arch}`;
  const foreign = `"${folder.at("foreign")}" is no program for this machine, ${machine}`;
  if (Deno.build.os === "linux") assertEquals(await hintOf("foreign"), foreign);
});

Deno.test("fanfold run hands an input on as one argument, whatever is in it", async () => {
  const input = "$(touch x); \"' `touch y` \\ {} {1}\n-rf {} 🙂";
  using folder = new Folder();
  folder.write(
    "fanfold.json",
    JSON.stringify({
      tasks: {
        command: { command: ["printf", "%s|", "{}", "a{}b"], inputs: [input] },
        shell: { shell: 'printf "%s|" "$1" "$INPUT"', inputs: [input] },
        option: { command: ["printf", "%s|"], inputs: ["-rf"] },
      },
    }),
  );
  const { code, stdout, stderr } = await fanfold(["run", "--no-journal"], { cwd: folder.path });
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout, `${input}|a${input}b|${input}|${input}|-rf|`);
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["fanfold.json"]);
});

Deno.test("fanfold run holds 200 MB of output behind a slow reader in bounded memory", async () => {
  using folder = new Folder();
  const shell = "head -c 100000000 /dev/zero";
  folder.write("fanfold.json", tasksFile({ shell, inputs: [1, 2], jobs: 2 }));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, "run"],
    cwd: folder.path,
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let length = 0;
  let peakMb = 0;
  for await (const bytes of child.stdout) {
    // The reader looks at the memory of the program now and then, which makes it a slow one.
    if (length >> 22 !== (length + bytes.length) >> 22) {
      peakMb = Math.max(peakMb, residentMb(child.pid));
    }
    length += bytes.length;
  }
  assertEquals([length, (await child.status).code], [200_000_000, 0]);
  assert(peakMb > 0 && peakMb < 300, `${peakMb} MiB resident`);
});

/** Resident memory of a process, in MiB. */
function residentMb(pid: number): number {
  const { stdout } = new Deno.Command("ps", { args: ["-o", "rss=", "-p", String(pid)] })
    .outputSync();
  return Number(new TextDecoder().decode(stdout)) / 1024;
}

Deno.test("fanfold run says nothing and exits 141 when its reader goes", async () => {
  using folder = new Folder();
  folder.write("fanfold.json", tasksFile({ command: ["yes", "{}"], inputs: ["y", "n"] }));
  const child = new Deno.Command("sh", {
    args: ["-c", `{ "$0" run -A "$1" run; echo $? >&2; } | head -n 1`, Deno.execPath(), MAIN],
    cwd: folder.path,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { stdout, stderr } = await child.output();
  const text = new TextDecoder();
  assertEquals([text.decode(stdout), text.decode(stderr)], ["y\n", "141\n"]);
});

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test(`fanfold run ends with ${code} on ${signal}, and what it started ends too`, async () => {
    using folder = new Folder();
    folder.write("fanfold.json", tasksFile({ shell: "echo $$; sleep 1000 & echo $!; wait" }));
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, "run"],
      cwd: folder.path,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    let stdout = "";
    for await (const bytes of child.stdout) {
      stdout += new TextDecoder().decode(bytes);
      if (stdout.split("\n").length === 3) child.kill(signal);
    }
    assertEquals((await child.status).code, code);
    const stderr = withoutIds(await new Response(child.stderr).text());
    const told = `fanfold: ended by ${signal} before any job had ended`;
    assertStringIncludes(stderr, `${told}; go on with: fanfold retry RUN\n`);
    for (const pid of stdout.trim().split("\n")) assert(!isAlive(Number(pid)), `${pid} is alive`);
  });
}

Deno.test("fanfold run ends what a command has left running when it ends itself", async () => {
  using folder = new Folder();
  const shell = "setsid sleep 1000 > /dev/null 2>&1 & echo $! > daemon; echo started";
  folder.write("fanfold.json", tasksFile({ shell }));
  const printed = await fanfold(["run"], { cwd: folder.path });
  assertEquals(printed, { code: 0, stdout: "started\n", stderr: "" });
  const pid = Number(Deno.readTextFileSync(folder.at("daemon")));
  assert(pid > 0 && !isAlive(pid), `${pid} is alive`);
});

Deno.test("fanfold run folds what commands wrote, and prints it in their place", async () => {
  using folder = new Folder({
    "join.ts": "export const join = (so: string, far: string) => `${so}<${far}>`;",
  });
  const task = {
    shell: "echo v$1; echo e$1 >&2; exit $(($1 == $FAIL))",
    inputs: [1, 2, 3],
    fold: "./join.ts#join",
    initial: "",
  };
  folder.write("fanfold.json", tasksFile({ ...task, env: { FAIL: "0" } }));
  const values = "<v1><v2><v3>";
  const stderr = "e1\ne2\ne3\n";
  for (const [format, stdout] of [["text", `${values}\n`], ["json", `"${values}"\n`]] as const) {
    const printed = await fanfold(["run", "--format", format], { cwd: folder.path });
    assertEquals(printed, { code: 0, stdout, stderr });
  }
  const ndjson = await fanfold(["run", "--format", "ndjson"], { cwd: folder.path });
  const lines = ndjson.stdout.trim().split("\n").map((line) => JSON.parse(line).value);
  assertEquals([lines, ndjson.stderr], [["v1", "v2", "v3"], stderr]);
  folder.write("fanfold.json", tasksFile({ ...task, env: { FAIL: "2" } }));
  const failed = await fanfold(["run"], { cwd: folder.path });
  assertEquals([failed.code, failed.stdout], [1, ""]);
  assertEquals(failed.stderr.slice(0, 13), "e1\ne2\nv2\ne3\nf");
});

Deno.test("fanfold run runs as many commands at once as there are files for, and loses none", async () => {
  using folder = new Folder();
  folder.write(
    "fanfold.json",
    tasksFile({ shell: "sleep 0.1; echo $1", inputs: { range: [1, 200] }, jobs: 150 }),
  );
  const script = 'ulimit -n 200; exec "$0" run -A "$1" run';
  const printed = await program("sh", ["-c", script, Deno.execPath(), MAIN], { cwd: folder.path });
  const stdout = Array.from({ length: 200 }, (_, i) => `${i + 1}\n`).join("");
  assertEquals(printed, { code: 0, stdout, stderr: "" });
});

Deno.test("fanfold run says that stdout is full, and exits 3", async () => {
  using folder = new Folder();
  folder.write("fanfold.json", tasksFile({ command: ["echo", "one"] }));
  const script = '"$0" run -A "$1" run > /dev/full';
  const printed = await program("sh", ["-c", script, Deno.execPath(), MAIN], { cwd: folder.path });
  const stderr = "fanfold: Cannot write to stdout: No space left on device (os error 28)\n";
  assertEquals(printed, { code: 3, stdout: "", stderr });
});

Deno.test("fanfold run holds 16 MiB of output without a file, and exits 3 where it can make none", async () => {
  const shell = `[ "$1" != 1 ] || { until [ -e "$GATE" ]; do sleep 0.01; done; exit; }
head -c $SIZE /dev/zero; touch written`;
  const held = 16 * 2 ** 20;
  for (const [SIZE, GATE, code] of [[held, "written", 0], [held + 1, "never", 3]] as const) {
    using folder = new Folder();
    const task = { shell, inputs: [1, 2], jobs: 2, env: { SIZE, GATE } };
    folder.write("fanfold.json", tasksFile(task));
    const env = { TMPDIR: folder.at("none") };
    const printed = await fanfold(["run", "--no-journal"], { cwd: folder.path, env });
    assertEquals([printed.code, printed.stdout.length], [code, code === 0 ? SIZE : 0]);
    const why = "fanfold: Cannot hold output in a temporary file: No such file";
    assertEquals(printed.stderr.slice(0, why.length), code === 0 ? "" : why);
  }
});
