import { assert, assertEquals } from "@std/assert";
import { stripVTControlCharacters } from "node:util";
import { fileURLToPath } from "node:url";
import { Folder, type Printed, program } from "./support/program.ts";
import { isAlive } from "./support/is_alive.ts";

const SUITE = fileURLToPath(new URL("./suite.ts", import.meta.url));

/** Runs test files by the suite, without colours. */
function suite(
  folder: Folder,
  files: Readonly<Record<string, string>>,
  { env = {}, fast = false }: { readonly env?: Record<string, string>; readonly fast?: boolean } =
    {},
): Promise<Printed> {
  for (const [name, text] of Object.entries(files)) folder.write(name, text);
  const paths = Object.keys(files).filter((name) => name.endsWith("_test.ts"))
    .map((name) => folder.at(name));
  return program(Deno.execPath(), [
    ...["run", "--allow-all", SUITE],
    ...fast ? ["--fast"] : [],
    "--no-check",
    ...paths,
  ], {
    cwd: folder.path,
    env: { NO_COLOR: "1", ...env },
  });
}

const PASSES = 'Deno.test("passes", () => {});';

/** What was printed, without times and folders. */
function plain(stdout: string): string {
  return stdout.replaceAll(/ \([\dmsµ]+\)/g, "").replaceAll(/ from \.[^\n]*\//g, " from ");
}

Deno.test("deno task test says which file it is at, and ends as deno test does", async () => {
  using folder = new Folder();
  const files = {
    "a_test.ts": PASSES,
    "b_test.ts": `${PASSES}\nDeno.test({ name: "needs more", ignore: true, fn() {} });`,
    "c_test.ts": PASSES,
  };
  const { code, stdout } = await suite(folder, files);
  const lines = plain(stdout).split("\n");
  const begins = lines.flatMap((line) =>
    /^(\d)\/3: running . tests? from (\S+)/.exec(line)?.slice(1) ?? []
  );
  assertEquals(begins.filter((_, i) => i % 2 === 0), ["1", "2", "3"]);
  assertEquals(begins.filter((_, i) => i % 2 === 1).sort(), Object.keys(files));
  assertEquals([code, lines.slice(-2)], [0, ["ok | 3 passed | 0 failed | 1 ignored", ""]]);
});

Deno.test("deno task test:fast leaves out what starts processes, by itself or by what it imports", async () => {
  using folder = new Folder();
  const { code, stdout } = await suite(folder, {
    "starts.ts": 'export const starts = () => new Deno.Command("true").outputSync();',
    "a_test.ts": 'new Deno.Command("true").outputSync(); throw new Error("not fast");',
    "b_test.ts": 'import { starts } from "./starts.ts"; starts(); throw new Error("not fast");',
    "c_test.ts": PASSES,
    "d_test.ts": PASSES,
  }, { fast: true });
  assertEquals([code, plain(stdout).split("\n").at(-2)], [0, "ok | 2 passed | 0 failed"]);
});

Deno.test({
  name: "deno task test:fast fails where a process is started that no import tells of",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using folder = new Folder();
    const { code, stdout } = await suite(folder, {
      "a_test.ts":
        'Deno.test("starts", async () => { await new Deno["Command"]("true").output(); });',
      "b_test.ts": PASSES,
    }, { fast: true });
    assertEquals(code, 1);
    assert(/a_test\.ts starts a process/.test(stdout), stdout);
  },
});

Deno.test("deno task test prints errors behind all files, and their sum last", async () => {
  using folder = new Folder();
  const fails = (what: string) => `Deno.test("fails", () => { throw new Error("${what}"); });`;
  const { code, stdout } = await suite(folder, {
    "a_test.ts": fails("one"),
    "b_test.ts": PASSES,
    "c_test.ts": PASSES,
    "d_test.ts": fails("four"),
  });
  const found = plain(stdout).match(/running|Error: \w+|^(?:ok|FAILED) \|.*/gm)?.join(", ");
  assertEquals(
    [code, found],
    [
      1,
      "running, running, running, running, Error: one, Error: four, FAILED | 2 passed | 2 failed",
    ],
  );
});

Deno.test("deno task test fails where a file cannot be loaded", async () => {
  using folder = new Folder();
  const { code, stdout } = await suite(folder, {
    "a_test.ts": PASSES,
    "b_test.ts": 'throw new Error("not today");',
    "c_test.ts": PASSES,
  });
  assertEquals([code, plain(stdout).split("\n").at(-2)], [1, "FAILED | 2 passed | 1 failed"]);
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
  const { code, stdout } = await suite(folder, { "a_test.ts": text }, { env: hostile });
  const [found] = stdout.split("\n").filter((line) => line.startsWith("found"));
  assertEquals([code, found], [0, `found ${JSON.stringify([[], "C.UTF-8", 0o022])}`], stdout);
});

Deno.test("deno task test has programs end by signals that are ignored where it is started", async () => {
  using folder = new Folder({
    "a_test.ts": `
      for (const signal of ["HUP", "INT", "QUIT"]) {
        Deno.test(signal, async () => {
          const args = ["-c", "kill -" + signal + " $$; echo survived"];
          const { stdout } = await new Deno.Command("sh", { args }).output();
          if (stdout.length > 0) throw new Error("survived");
        });
      }
    `,
  });
  const line = ["run", "--allow-all", SUITE, "--no-check", folder.at("a_test.ts")];
  const script = 'trap "" HUP INT QUIT; exec "$@"';
  const args = ["-c", script, "sh", Deno.execPath(), ...line];
  const { code, stdout } = await program("sh", args, { env: { NO_COLOR: "1" } });
  assertEquals(code, 0, stdout);
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
