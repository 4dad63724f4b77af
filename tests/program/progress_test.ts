import { assert, assertEquals, assertMatch } from "@std/assert";
import { fanfold, Folder, MAIN, program } from "../support/program.ts";
import { StartedProgram } from "../support/started_program.ts";
import { Screen } from "../support/screen.ts";
import { HAS_TMUX, Tmux } from "../support/tmux.ts";

const SCRIPT = await program("sh", ["-c", "command -v script"]).then(({ code }) => code === 0);

/** What a terminal of this size shows when a command line of fanfold has ended, and all that was written to it. */
async function onTerminal(
  line: string,
  columns: number,
  env: Record<string, string> = {},
  { before = "", stdin }: { readonly before?: string; readonly stdin?: string } = {},
) {
  const fanfold = `'${Deno.execPath()}' run -A '${MAIN}'`;
  const run = `stty cols ${columns} rows 20; ${before} ${fanfold} ${line}`;
  const { code, stdout } = await program("script", ["-qec", run, "/dev/null"], {
    ...{ env: { TERM: "xterm-256color", CI: "", NO_COLOR: "", ...env }, stdin },
  });
  const screen = new Screen(columns, 20);
  await screen.write(new TextEncoder().encode(stdout));
  return { code, written: stdout, lines: screen.lines };
}

const JOBS = "each -j 2 sh -c 'sleep 0.8; echo out $1; echo err 漢字 >&2' sh ::: 1 2 3 4";

function terminalTest(name: string, run: () => Promise<void>): void {
  const needs = SCRIPT ? "" : " (needs script: apt-get install bsdutils)";
  Deno.test({ name: name + needs, ignore: !SCRIPT, fn: run });
}

for (const columns of [20, 80]) {
  terminalTest(
    `a terminal of ${columns} columns shows how far a run is, and no trace of it afterwards`,
    async () => {
      const { code, written, lines } = await onTerminal(JOBS, columns);
      assertEquals(code, 0);
      assertMatch(written, /each.* 2\/4/);
      const [last = "", ...more] = lines.slice(8);
      assertEquals(lines.slice(0, 8), [1, 2, 3, 4].flatMap((n) => [`out ${n}`, "err 漢字"]));
      assertMatch(
        [last, ...more].join(""),
        /^fanfold: 4 jobs: 4 done in \d\.\d s, [12]\.\d at a time on average$/,
      );
    },
  );
}

terminalTest("--progress none, --quiet, TERM=dumb and FANFOLD_PROGRESS show nothing", async () => {
  for (
    const [options, env] of [
      ["--progress none", {}],
      ["--quiet", {}],
      ["", {
        FANFOLD_PROGRESS: "none",
      }],
      ["", { TERM: "dumb" }],
      ["", { CI: "true" }],
    ] as const
  ) {
    const { written, lines } = await onTerminal(JOBS.replace("each", `each ${options}`), 80, env);
    assert(!written.includes("2/4") && !written.includes("\x1b[A"), Deno.inspect(written));
    assertEquals(lines.length, options === "--quiet" ? 8 : 9, lines.join("\n"));
  }
});

terminalTest(
  "a terminal shows no block where stdout is a pipe, for what is behind it may write there",
  async () => {
    const { written, lines } = await onTerminal(`${JOBS} | cat`, 80);
    assert(!written.includes("2/4"), written);
    assertEquals(lines.length, 9, lines.join("\n"));
  },
);

for (const to of ["", " > /dev/null"]) {
  terminalTest(`a terminal${to} shows no trace of the block of a run that was ended`, async () => {
    const line = `each -j 1 sh -c 'echo out; printf open >&2; sleep 9' sh ::: 1${to}`;
    const { written, lines } = await onTerminal(line, 80, {}, { before: "timeout --foreground 3" });
    assertMatch(written, /0\/1/);
    const above = to === "" ? ["out"] : [];
    const last = "fanfold: ended by SIGTERM before any job had ended";
    assertEquals(lines, [...above, "open", last], Deno.inspect(written));
  });
}

terminalTest("a terminal shows what the code of inputs prints above the block", async () => {
  using folder = new Folder({
    "deno.json": "{}",
    "inputs.ts": `export async function* slow() {
      for (let i = 0; i < 4; i++) {
        await new Promise((goOn) => setTimeout(goOn, 700));
        console.log("input", i);
        console.warn("warned");
        yield i;
      }
    }`,
    "fanfold.json": JSON.stringify({
      tasks: { echo: { command: ["echo", "out {}"], inputs: { module: "./inputs.ts#slow" } } },
    }),
  });
  const { written, lines } = await onTerminal(`run -f '${folder.at("fanfold.json")}'`, 80);
  assertMatch(written, /echo {2}[23] /);
  const above = [0, 1, 2, 3].flatMap((i) => [`input ${i}`, "warned", `out ${i}`]);
  assertEquals(lines.slice(0, -1), above, Deno.inspect(written));
});

terminalTest("a terminal shows no block of what is in the background", async () => {
  const { written, lines } = await onTerminal(`${JOBS} & wait`, 80, {}, { before: "set -m;" });
  assert(!written.includes("2/4"), written);
  assert(lines.includes("out 4"), written);
});

terminalTest("a terminal shows no block where inputs are typed", async () => {
  const line = JOBS.replace(/ :::.*/, "");
  const { written, lines } = await onTerminal(line, 80, {}, { stdin: "1\n2\n3\n4\n" });
  assert(!written.includes("  2"), written);
  assert(lines.includes("out 4"), written);
});

terminalTest("a terminal that is told by two names is one", async () => {
  const { written, lines } = await onTerminal(`${JOBS} 2> /dev/tty`, 80);
  assertMatch(written, /2\/4/);
  assertEquals(lines.slice(0, 8), [1, 2, 3, 4].flatMap((n) => [`out ${n}`, "err 漢字"]));
  assertEquals(lines.length, 9, lines.join("\n"));
});

terminalTest(
  "a terminal shows the verdict of a run that failed, and not what it was before",
  async () => {
    const { code, lines } = await onTerminal(
      JOBS.replace("echo out", "false && echo out").replace("sleep", "exit 3; sleep"),
      80,
    );
    assertEquals(code, 1);
    assertMatch(lines.at(-1) ?? "", /^fanfold: 4 jobs: 0 done, 4 failed$/);
  },
);

Deno.test("nothing is shown where stderr is no terminal, and a wrong FANFOLD_PROGRESS is a mistake", async () => {
  using folder = new Folder({});
  const args = ["each", "echo", ":::", "1"];
  const plain = await fanfold(args, { cwd: folder.path, env: { CI: "1" } });
  assertEquals(plain, { code: 0, stdout: "1\n", stderr: "" });
  const wrong = await fanfold(args, { cwd: folder.path, env: { FANFOLD_PROGRESS: "baar" } });
  assertEquals(wrong, {
    code: 2,
    stdout: "",
    stderr:
      'fanfold: Cannot show progress: FANFOLD_PROGRESS is "baar", wanted auto, bar, plain or none\n',
  });
  const quiet = ["each", "--quiet", "--progress", "bar", ...args.slice(1)];
  assertEquals((await fanfold(quiet, { cwd: folder.path })).code, 2);
});

Deno.test({
  name: "SIGUSR2 has told what runs, and for how long, and ends nothing",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using folder = new Folder({});
    const script = "echo out of $1; echo begun >&2; read line < pipe; echo $line";
    await program("mkfifo", [`${folder.path}/pipe`]);
    const line = ["each", "-j", "2", "sh", "-c", script, "sh", ":::", "a"];
    await using started = new StartedProgram(line, { cwd: folder.path });
    await started.wrote("begun");
    Deno.kill(started.child.pid, "SIGUSR2");
    await started.wrote("| begun");
    assertMatch(
      started.stderr,
      /task "each", job 1, input "a" runs for \d.*: slot 1, pid \d+\n {2}\| begun\n/,
    );
    await Deno.writeTextFile(`${folder.path}/pipe`, "end\n");
    assertEquals((await started.end()).code, 0);
  },
});

Deno.test({
  name: "tmux shows no trace of the block where Enter is pressed, and its size changes" +
    (HAS_TMUX ? "" : " (needs tmux: apt-get install tmux)"),
  ignore: !HAS_TMUX,
  fn: async () => {
    const script = "until [ -e $1 ]; do sleep 0.05; done; echo ended $1";
    using folder = new Folder({
      "run.sh": `seq 30
'${Deno.execPath()}' run -A '${MAIN}' each -j1 sh -c '${script}' sh ::: a b c
echo over`,
    });
    await using tmux = new Tmux();
    await tmux.open(60, 20, folder.path);
    await tmux.press("sh run.sh", "Enter");
    const isBlock = (line: string) => /^each .* \d\/3|^ {2}job \d/.test(line);
    await tmux.until((lines) => lines.some(isBlock));
    // At the end of the screen there is room for two.
    await tmux.press("Enter", "typed", "Enter");
    Deno.writeTextFileSync(folder.at("a"), "");
    await tmux.until((lines) => lines.includes("ended a") && lines.some(isBlock));
    await tmux.resize(30, 20);
    await tmux.until((lines) => lines.some((line) => isBlock(line) && line.length < 30));
    Deno.writeTextFileSync(folder.at("b"), "");
    await tmux.until((lines) => lines.includes("ended b") && lines.some(isBlock));
    await tmux.resize(60, 20);
    Deno.writeTextFileSync(folder.at("c"), "");
    const lines = await tmux.until((lines) => lines.includes("over"));
    const from = lines.indexOf("30") + 1;
    assertEquals(lines.slice(from, from + 3), ["ended a", "ended b", "ended c"]);
    assertEquals(lines.filter(isBlock), []);
  },
});
