import { assert, assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { fanfold, MAIN, type Printed, program } from "../support/program.ts";

const VERSION = { code: 0, stdout: `fanfold ${config.version}\n`, stderr: "" };

function widest(text: string): number {
  return Math.max(...text.split("\n").map((line) => line.length));
}

async function refused(...args: string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await fanfold(args);
  assertEquals([code, stdout], [2, ""]);
  return stderr.trimEnd().split("\n");
}

Deno.test("fanfold shows one help of a command, however it is asked for", async () => {
  const run = await fanfold(["run", "--help"]);
  assertEquals([run.code, run.stdout.split("\n")[0], run.stderr], [
    0,
    "usage: fanfold run [TASK…]",
    "",
  ]);
  const ways = [
    "help run",
    "--help run",
    "-h run",
    "run -h",
    "run --version --help",
    "run x --help",
  ];
  for (const way of ways) assertEquals(await fanfold(way.split(" ")), run, way);
  const help = await fanfold(["help", "help"]);
  assertEquals(help.stdout.split("\n")[0], "usage: fanfold help [COMMAND]");
  for (const way of ["help --help", "--help help", "help -h"]) {
    assertEquals(await fanfold(way.split(" ")), help, way);
  }
});

Deno.test("fanfold shows its help on stdout where it is asked for, and else on stderr", async () => {
  const help = await fanfold(["help"]);
  assertEquals([help.code, help.stderr], [0, ""]);
  for (const way of ["--help", "-h"]) assertEquals(await fanfold([way]), help);
  assertEquals(await fanfold([]), { code: 2, stdout: "", stderr: help.stdout });
});

Deno.test("fanfold tells its version, however it is asked for", async () => {
  for (const way of ["version", "--version", "-V", "run --version", "each -V", "map -V ::: 1"]) {
    assertEquals(await fanfold(way.split(" ")), VERSION, way);
  }
});

Deno.test("fanfold each takes --help and --version behind a command for the command's", async () => {
  const printed = await fanfold(["each", "echo", "--help", "-V", "{}", ":::", "-h"]);
  assertEquals(printed, { code: 0, stdout: "--help -V -h\n", stderr: "" });
});

Deno.test("fanfold help refuses what is no command, with the nearest name", async () => {
  assertEquals(await refused("help", "rnu"), [
    'fanfold: Cannot run fanfold help: found "rnu", wanted a command',
    '  hint: did you mean "run"?',
  ]);
  for (const argv of [["help", "nonsense"], ["--help", "nonsense"]]) {
    assertEquals(await refused(...argv), [
      'fanfold: Cannot run fanfold help: found "nonsense", wanted a command',
      "  hint: fanfold help lists the commands",
    ]);
  }
  assertEquals(await refused("help", "run", "each"), [
    'fanfold: Cannot run fanfold help: found "each", wanted one command',
  ]);
  assertEquals(await refused("version", "run"), [
    'fanfold: Cannot run fanfold version: found "run", wanted no operand',
  ]);
});

Deno.test("fanfold tells where options stand that are those of a command", async () => {
  const cases = [["-j4", "-j4"], ["--jobs=4", "--jobs"], ["-f", "-f"], ["--resume", "--resume"]];
  for (const [given = "", title = ""] of cases) {
    const short = title.slice(0, title.startsWith("--") ? undefined : 2);
    assertEquals(await refused(given, "run"), [
      `fanfold: Cannot run fanfold: found the option "${given}", wanted a command`,
      `  hint: options stand behind the command: fanfold COMMAND ${short}`,
    ]);
  }
});

Deno.test("fanfold --help is as wide as COLUMNS says, up to 100, and else 80", async () => {
  const helpIn = (columns: Record<string, string>) => fanfold(["each", "--help"], { env: columns });
  const usual = await helpIn({ COLUMNS: "" });
  assertEquals(widest(usual.stdout), 80);
  for (const COLUMNS of ["wide", "0", "-1", "1e3"]) {
    assertEquals(await helpIn({ COLUMNS }), usual);
  }
  assert(widest((await helpIn({ COLUMNS: "60" })).stdout) <= 60);
  assertEquals(await helpIn({ COLUMNS: "250" }), await helpIn({ COLUMNS: "100" }));
  const args = ["run", "--allow-read", "--deny-env", "--no-prompt", MAIN, "each", "--help"];
  assertEquals(await program(Deno.execPath(), args, { env: { COLUMNS: "60" } }), usual);
});

const hasScript = await program("script", ["--version"]).then(
  ({ code }) => code === 0,
  () => false,
);

Deno.test({
  name: `fanfold --help is as wide as the terminal${
    hasScript ? "" : " (needs script, of bsdutils)"
  }`,
  ignore: !hasScript,
  fn: async () => {
    const helpIn = async (columns: number, COLUMNS: string): Promise<Printed> => {
      const line = `stty columns ${columns}; '${Deno.execPath()}' run -A '${MAIN}' run --help`;
      const printed = await program("script", ["-qec", line, "/dev/null"], { env: { COLUMNS } });
      return { ...printed, stdout: printed.stdout.replaceAll("\r", "") };
    };
    const narrow = await helpIn(50, "70");
    assertEquals(narrow, await fanfold(["run", "--help"], { env: { COLUMNS: "50" } }));
    assertEquals([narrow.code, widest(narrow.stdout) <= 50], [0, true]);
    // Some terminals know of none.
    const unknown = await helpIn(0, "70");
    assertEquals(unknown, await fanfold(["run", "--help"], { env: { COLUMNS: "70" } }));
  },
});
