/**
 * `fanfold compile`: one executable that needs no Deno.
 *
 * @module
 */

import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Fault } from "../../fault.ts";
import { optionsNamed } from "../request/options.ts";
import type { Command } from "../command.ts";

/** The modules that are started, and so are in no graph. */
const ENTRIES = [
  "engines/far/worker_entry",
  "engines/far/process_entry",
  "engines/far/target_entry",
  "watchdog/watchdog_entry",
  "engines/confined/confined_entry",
  "engines/queue/server/queue_entry",
].map((name) => new URL(`../../${name}.ts`, import.meta.url));

/**
 * As in the tasks of deno.json: young objects take up to 50 MB less, and no longer; a start ends before garbage is
 * looked for.
 */
const V8_FLAGS = "--v8-flags=--min-semi-space-size=4,--max-semi-space-size=8";

export const compileCommand: Command<{ readonly output: string }> = {
  name: "compile",
  options: optionsNamed("output", "help"),
  examples: ["fanfold compile", "DENORT_BIN=./denort fanfold compile -o build/fanfold"],
  read: ({ options }) => ({ output: options.output ?? "fanfold" }),
  async carryOut({ output: named }, { stdout, signal }) {
    const output = resolve(named);
    const main = new URL("../../../main.ts", import.meta.url);
    if (Deno.build.standalone || main.protocol !== "file:") {
      throw new Fault("usage", "Cannot compile: this is not fanfold from its source files");
    }
    const command = new Deno.Command(Deno.execPath(), {
      args: [
        ...["compile", "--quiet", "--allow-all", V8_FLAGS],
        ...ENTRIES.flatMap((url) => ["--include", fileURLToPath(url)]),
        ...["--output", output, fileURLToPath(main)],
      ],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      signal,
    });
    const { success, stderr } = await command.output();
    signal.throwIfAborted();
    if (!success) throw whyNot(new TextDecoder().decode(stderr));
    await stdout(new TextEncoder().encode(`${output}\n`));
    return 0;
  },
};

/** Deno tells in several lines that it has no runtime for executables, and where it looked. */
function whyNot(said: string): Fault {
  const { deno } = Deno.version;
  if (/denort|base binary/i.test(said)) {
    const named = Deno.env.get("DENORT_BIN");
    const found = named === undefined
      ? "the runtime that it starts with, denort, cannot be fetched"
      : `DENORT_BIN names "${named}", which is no runtime`;
    return new Fault("engine", `Cannot compile: ${found}`, {
      hint: `name a denort of Deno ${deno} in DENORT_BIN; its releases have one for every system`,
    });
  }
  const lines = said.split("\n");
  const line = lines.find((line) => line.trim() !== "")?.replace(/^error: /, "");
  const causes = lines.flatMap((line) => /^\s+(?:\d+: )?(\S.*)/.exec(line)?.[1] ?? [])
    .filter((cause) => cause !== "<unknown>");
  const because = causes.length > 0 ? `, because: ${causes.at(-1)}` : "";
  return new Fault("engine", `Cannot compile: ${line ?? "deno compile failed"}${because}`);
}
