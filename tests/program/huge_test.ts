/** What is far too big, or too deep, ends in a fault or is done lazily; memory is that of the program that is run. */

import { assertEquals, assertMatch } from "@std/assert";
import { peakOf } from "../support/peak.ts";
import { Folder } from "../support/folder.ts";

/** A program that has hardly begun takes 60 MB and more, and V8 collects no garbage before some 50 MB of it. */
const LIMIT_MB = 200;

const MODULE = "export const same = (x: unknown) => x;\n";

Deno.test("fanfold makes slots when they are needed, however many there may be", async () => {
  using folder = new Folder({ "m.ts": MODULE });
  const jobs = "1000000000";
  const commands = [
    ["each", "-j", jobs, "echo", ":::", "1", "2", "3"],
    ["map", "-j", jobs, "./m.ts#same", ":::", "1", "2", "3"],
    ["map", "-j", jobs, "--isolation", "process", "./m.ts#same", ":::", "1", "2", "3"],
    ["each", "-n", "999999999", "-j", jobs, "printf", "%s\\n", ":::", "1", "2", "3"],
    ["each", "-j", "99999999999%", "echo", ":::", "1", "2", "3"],
    ["map", "-j", "+99999999999", "./m.ts#same", ":::", "1", "2", "3"],
    ["run", "--no-journal"],
  ];
  const tasks = [1e20, "99999999999%", Number.MAX_SAFE_INTEGER].map((jobs, i) => [
    `task${i}`,
    { run: "./m.ts#same", inputs: [`${i + 1}`], jobs },
  ]);
  folder.write("fanfold.json", JSON.stringify({ tasks: Object.fromEntries(tasks) }));
  for (const args of commands) {
    const { peakMb, ...printed } = await peakOf(args, { cwd: folder.path });
    assertEquals(printed, { code: 0, stdout: "1\n2\n3\n", stderr: "" });
    assertEquals(peakMb > LIMIT_MB, false, `${args}: ${peakMb} MB`);
  }
});

Deno.test("fanfold refuses what is nested without end in little memory, wherever it stands", async () => {
  using folder = new Folder({ "m.ts": MODULE });
  const file = Deno.openSync(folder.at("deep"), { write: true, create: true });
  const piece = new TextEncoder().encode("[".repeat(10_000_000));
  for (let i = 0; i < 10; i++) file.writeSync(piece);
  file.close();
  for (const ending of ["json", "jsonc", "toml", "yaml"]) {
    Deno.writeTextFileSync(folder.at(`deep.${ending}`), `a = [\n${"[".repeat(20_000_000)}`);
    Deno.symlinkSync("deep", folder.at(`long.${ending}`));
  }
  const deep = (inputs: unknown) =>
    folder.write("inputs.json", JSON.stringify({ tasks: { a: { run: "./m.ts#same", inputs } } }));
  const peaks: (readonly [what: string, peakMb: number])[] = [];
  const refused = async (what: string, args: readonly string[], message: RegExp) => {
    const { code, stdout, stderr, peakMb } = await peakOf(args, { cwd: folder.path });
    assertEquals([code, stdout], [2, ""], what);
    assertMatch(stderr, message);
    peaks.push([what, peakMb]);
  };
  for (const ending of ["json", "jsonc", "toml", "yaml"]) {
    await refused(ending, ["run", "-f", `deep.${ending}`], / {2}at .*deep\.\w+:\d+:\d+\n/);
    await refused(ending, ["run", "-f", `long.${ending}`], /found more than 32 MiB/);
  }
  for (const kind of ["json", "ndjson"]) {
    deep({ [kind]: "deep" });
    await refused(
      kind,
      ["run", "-f", "inputs.json"],
      /line 1 has lists or records that are nested/,
    );
  }
  assertEquals(peaks.filter(([, peakMb]) => peakMb > LIMIT_MB), []);
});
