import { assertEquals } from "@std/assert";
import { fanfold, Folder, MAIN } from "../support/program.ts";
import { until } from "../support/shared_folder.ts";

/** How many jobs run at once where nobody says how many. */
const THREADS = navigator.hardwareConcurrency;

/** Notes its start and its end, between which it waits for the gate. */
const SCRIPT = "echo + >> log; until [ -e go ]; do sleep 0.01; done; echo - >> log";

const MODULE = `
const { appendFileSync, existsSync } = await import("node:fs");
export async function waits() {
  appendFileSync("log", "+\\n");
  while (!existsSync("go")) await new Promise((goOn) => setTimeout(goOn, 5));
  appendFileSync("log", "-\\n");
}
`;

/** As many inputs as to keep more slots busy than there are. */
const INPUTS = Array.from({ length: 4 * THREADS }, (_, i) => String(i));

const LINES: readonly (readonly string[])[] = [
  ["run", "commands"],
  ["run", "functions"],
  ["each", "--shell", SCRIPT, ":::", ...INPUTS],
  ["map", "./waits.ts#waits", ":::", ...INPUTS],
];

for (const args of LINES) {
  const name = args.slice(0, args[0] === "run" ? 2 : 1).join(" ");
  Deno.test(`fanfold ${name} works on as many jobs at once as there are hardware threads`, async () => {
    using folder = new Folder({
      "deno.json": "{}",
      "waits.ts": MODULE,
      "fanfold.json": JSON.stringify({
        tasks: {
          commands: { shell: SCRIPT, inputs: INPUTS },
          functions: { run: "./waits.ts#waits", inputs: INPUTS },
        },
      }),
      "log": "",
    });
    const log = () => Deno.readTextFileSync(folder.at("log")).trim().split("\n");
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, ...args],
      cwd: folder.path,
      stdin: "null",
      stdout: "null",
    }).spawn();
    await until("the starts", () => log().length >= THREADS);
    // Another has the time to start and to end meanwhile, and so would a further job.
    await fanfold(["each", "true", ":::", ...INPUTS]);
    folder.write("go", "");
    assertEquals((await child.status).code, 0);
    let [now, most] = [0, 0];
    for (const step of log()) most = Math.max(most, now += step === "+" ? 1 : -1);
    assertEquals([most, now, log().length], [THREADS, 0, 2 * INPUTS.length]);
  });
}
