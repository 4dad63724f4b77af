import { assert, assertEquals, assertMatch } from "@std/assert";
import { fanfold, Folder, program } from "../support/program.ts";

Deno.test("fanfold compile puts its parts behind the runtime that DENORT_BIN names", async () => {
  using folder = new Folder();
  const output = folder.at("bin");
  // Any executable will do to see what is put behind it.
  const env = { DENORT_BIN: "/bin/true" };
  const printed = await fanfold(["compile", "-o", output], { env });
  assertEquals(printed, { code: 0, stdout: `${output}\n`, stderr: "" });
  const text = new TextDecoder("latin1").decode(Deno.readFileSync(output));
  for (
    const part of [
      "The fanfold program",
      "side of a Worker slot",
      "side of a process slot",
      "runs one function once",
      "far side of the watchdog",
    ]
  ) {
    assert(text.includes(part), part);
  }
  assert(text.includes("--min-semi-space-size=4,--max-semi-space-size=8"));
});

Deno.test("fanfold compile says in one line that the named runtime is not there", async () => {
  using folder = new Folder();
  const env = { DENORT_BIN: folder.at("none") };
  const { code, stdout, stderr } = await fanfold(["compile", "-o", folder.at("bin")], { env });
  assertEquals([code, stdout], [3, ""]);
  assertEquals(
    stderr,
    `fanfold: Cannot compile: DENORT_BIN names "${folder.at("none")}", which is no runtime\n` +
      `  hint: name a denort of Deno ${Deno.version.deno} in DENORT_BIN; its releases have one for ` +
      "every system\n",
  );
});

Deno.test("fanfold compile says why Deno makes nothing of the runtime that is named", async () => {
  using folder = new Folder({ denort: "no program" });
  const env = { DENORT_BIN: folder.at("denort") };
  const { code, stdout, stderr } = await fanfold(["compile", "-o", folder.at("bin")], { env });
  assertEquals([code, stdout], [3, ""]);
  assertMatch(stderr, /^fanfold: Cannot compile: Writing .*, because: Invalid object: .*\n$/);
});

Deno.test("fanfold compile makes a program that runs, or says why there is none", async () => {
  using folder = new Folder();
  folder.write("numbers.ts", "export const double = (n: number) => n * 2;");
  const isolations = ["worker", "process"];
  const tasks = isolations.map((isolation) => [
    isolation,
    { run: "./numbers.ts#double", inputs: [1, 2], isolation },
  ]);
  folder.write("fanfold.json", JSON.stringify({ tasks: Object.fromEntries(tasks) }));
  const { code, stderr } = await fanfold(["compile", "-o", folder.at("bin")]);
  if (code === 0) {
    const printed = await program(folder.at("bin"), ["run"], { cwd: folder.path });
    assertEquals(printed, { code: 0, stdout: "2\n4\n2\n4\n", stderr: "" });
  } else {
    const [line] = stderr.split("\n");
    const wanted =
      "fanfold: Cannot compile: the runtime that it starts with, denort, cannot be fetched";
    assertEquals([code, line], [3, wanted]);
  }
});
