import { assertEquals } from "@std/assert";
import { Folder, MAIN, program } from "../support/program.ts";

const ECHO = "export const echo = (line: string) => line.padEnd(1000);\n";

/** Command lines that read stdin for ever, if they may. */
const ENDLESS: readonly (readonly string[])[] = [
  ["each", "echo"],
  ["each", "-n", "3", "echo"],
  ["each", "-u", "--tag", "echo"],
  ["each", "--live", "--tag", "echo"],
  ["each", "--dry-run", "echo"],
  ["map", "./echo.ts#echo"],
  ["map", "./echo.ts#echo", "--live"],
  ["map", "./echo.ts#echo", "-n", "2", "--format", "ndjson"],
];

/** Far more lines than windows, buffers and pipes hold. */
const MANY_LINES = 100_000;

/** How many lines a program reads from stdin until it reads no further, or has read many. */
async function linesRead(args: readonly string[], cwd: string): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, ...args],
    cwd,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines = new TextEncoder().encode("0123456\n".repeat(512));
  const writer = child.stdin.getWriter();
  let written = 0;
  const endless = (async () => {
    while (written < MANY_LINES) {
      await writer.write(lines);
      written += 512;
    }
  })().catch(() => {});
  // A program that goes on reading takes all that there is, however long it now and then stands still.
  for (let seen = -1; seen !== written && written < MANY_LINES;) {
    seen = written;
    await new Promise((goOn) => setTimeout(goOn, 2000));
  }
  child.kill("SIGKILL");
  await child.stdout.cancel();
  await Promise.all([child.status, endless]);
  return written;
}

Deno.test("fanfold reads no further while nobody reads its results", async () => {
  using folder = new Folder({ "echo.ts": ECHO });
  const counts = await Promise.all(ENDLESS.map((args) => linesRead(args, folder.path)));
  const tooMany = ENDLESS.filter((_, i) => (counts[i] ?? 0) >= MANY_LINES);
  assertEquals(tooMany, []);
});

for (const args of ENDLESS) {
  Deno.test(`fanfold ${args.join(" ")} ends without a word when its reader leaves`, async () => {
    using folder = new Folder({ "echo.ts": ECHO });
    const script = `yes | FANFOLD_TEST=$$ "$0" run -A "$@" | head -n 1 | cut -c -8
      echo "\${PIPESTATUS[@]}"; grep -la FANFOLD_TEST=$$ /proc/[0-9]*/environ 2>/dev/null`;
    const { stdout, stderr } = await program(
      "bash",
      ["-c", script, Deno.execPath(), MAIN, ...args],
      {
        cwd: folder.path,
      },
    );
    const [, statuses, ...alive] = stdout.trim().split("\n");
    assertEquals([statuses, alive, stderr], ["141 141 0 0", [], ""]);
  });
}
