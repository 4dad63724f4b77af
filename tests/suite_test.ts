import { assert, assertEquals } from "@std/assert";
import { stripVTControlCharacters } from "node:util";
import { fileURLToPath } from "node:url";
import { Folder, type Printed, program } from "./support/program.ts";
import { isAlive } from "./support/shared_folder.ts";

const SUITE = fileURLToPath(new URL("./suite.ts", import.meta.url));

/** Runs test files by the suite, without colours. */
function suite(
  folder: Folder,
  files: Readonly<Record<string, string>>,
  env: Record<string, string> = {},
): Promise<Printed> {
  const paths = Object.entries(files).map(([name, text]) => {
    folder.write(name, text);
    return folder.at(name);
  });
  return program(Deno.execPath(), ["run", "--allow-all", SUITE, "--no-check", ...paths], {
    cwd: folder.path,
    env: { NO_COLOR: "1", ...env },
  });
}

const PASSES = 'Deno.test("passes", () => {});';

Deno.test("deno task test says which file it is at, and ends as deno test does", async () => {
  using folder = new Folder();
  const { code, stdout, stderr } = await suite(folder, {
    "a_test.ts": PASSES,
    "b_test.ts": 'Deno.test("fails", () => { throw new Error("no"); });',
  });
  const begins = stdout.split("\n").filter((line) => /running/.test(line));
  assertEquals(
    begins.map((line) => line.replace(/, \d+:\d\d: /, " ").replace(/ from .*\//, " ")),
    ["1/2 running 1 test a_test.ts", "2/2 running 1 test b_test.ts"],
  );
  assertEquals(code, 1, stderr);
  const last = stdout.trimEnd().split("\n").findLast((line) => line.includes(" | "));
  assertEquals(last?.replace(/ \(.*/, ""), "FAILED | 1 passed | 1 failed");
});

Deno.test("deno task test runs tests in an environment that is always the same", async () => {
  using folder = new Folder();
  const hostile = {
    FANFOLD_STATE: "/nowhere",
    FANFOLD_RUN: "r",
    FANFOLD_TASK: "t",
    DENO_NO_PROMPT: "1",
    INIT_CWD: "/",
    LC_ALL: "tr_TR.UTF-8",
    COLUMNS: "20",
    PARALLEL: "--tag",
    XDG_CONFIG_HOME: "/nowhere",
  };
  const text = `
    Deno.test("tells", () => {
      const env = Object.keys(Deno.env.toObject()).filter((name) => /^${
    Object.keys(hostile).join("$|^")
  }$/.test(name));
      console.log("found", JSON.stringify([env, Deno.env.get("LANG"), Deno.umask()]));
    });
  `;
  const { code, stdout } = await suite(folder, { "a_test.ts": text }, hostile);
  const [found] = stdout.split("\n").filter((line) => line.startsWith("found"));
  assertEquals([code, found], [0, `found ${JSON.stringify([[], "C.UTF-8", 0o022])}`], stdout);
});

Deno.test({
  name: "deno task test fails if tests leave files or processes, and ends these",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using folder = new Folder();
    const text = `
      Deno.test("leaves", () => {
        Deno.makeTempFileSync({ prefix: "left-" });
        const script = 'sleep 1000 >/dev/null 2>&1 & echo $! >"$1"';
        new Deno.Command("sh", { args: ["-c", script, "sh", ${JSON.stringify(folder.at("pid"))}] })
          .outputSync();
      });
    `;
    const { code, stdout, stderr } = await suite(folder, { "a_test.ts": text });
    assert(/^ok \| 1 passed/m.test(stdout), stdout);
    const pid = Deno.readTextFileSync(folder.at("pid")).trim();
    const told = stripVTControlCharacters(stderr).split("\n").filter((line) =>
      line.startsWith("tests have left")
    );
    assertEquals(
      told.map((line) => line.replace(/ \/.*left-.*/, " left-")),
      [`tests have left process ${pid}, sleep 1000`, "tests have left file left-"],
    );
    assertEquals(code, 1);
    assert(!isAlive(Number(pid)));
  },
});
