import { assertEquals } from "@std/assert";
import { Folder, MAIN, program } from "../support/program.ts";
import { Steps } from "../support/steps.ts";

function modesIn(path: string): Record<string, string> {
  const names = [...Deno.readDirSync(path)].map(({ name }) => name).sort();
  const modeOf = (name: string) => (Deno.statSync(`${path}/${name}`).mode ?? 0) & 0o777;
  return Object.fromEntries(
    names.map((
      name,
    ) => [name.replace(/^\d{8}-\d{6}-[0-9a-f]{6}/, "RUN"), modeOf(name).toString(8)]),
  );
}

/** Runs fanfold under a umask that keeps nothing from anybody. */
function openly(folder: Folder, ...args: readonly string[]) {
  const script = 'umask 0; exec "$0" run -A "$@"';
  return program("sh", ["-c", script, Deno.execPath(), MAIN, ...args], { cwd: folder.path });
}

Deno.test("journals are their owner's alone, in a folder that others could enter before, while they are written too", async () => {
  // The job looks, so that all files are there that there are while a run is under way.
  const look = 'stat -c "%a %n" .fanfold/runs/* | sed "s/ .*[.]db/ .db/"';
  using folder = new Folder();
  Deno.mkdirSync(folder.at(".fanfold/runs"), { recursive: true });
  Deno.chmodSync(folder.at(".fanfold"), 0o755);
  Deno.chmodSync(folder.at(".fanfold/runs"), 0o755);
  const line = [
    "each",
    "--state-dir",
    ".fanfold",
    "--joblog",
    "log",
    "--results",
    "out",
    "--shell",
    look,
  ];
  const { code, stdout } = await openly(folder, ...line, "--format", "text", ":::", "secret");
  assertEquals([code, stdout.split("\n")], [0, [
    "600 .db",
    "600 .db-shm",
    "600 .db-wal",
    "600 .db.lock",
    "",
  ]]);
  assertEquals(modesIn(folder.at(".fanfold/runs")), { ".gitignore": "666", "RUN.db": "600" });
  assertEquals([modesIn(folder.path)[".fanfold"], modesIn(folder.at(".fanfold")).runs], [
    "700",
    "700",
  ]);
  // What a user has asked for is made as the umask has it.
  assertEquals([modesIn(folder.path).log, modesIn(folder.at("out/1/secret")).stdout], [
    "666",
    "666",
  ]);
});

Deno.test("a journal that others may read is its owner's alone once it is gone on with", async () => {
  using folder = new Steps({ "bad-b": "" });
  await folder.run(["each", "--resume", "./step", ":::", "a", "b"]);
  const path = folder.at(`.fanfold/runs/${folder.runs[0]}.db`);
  Deno.chmodSync(path, 0o644);
  await folder.run(["retry", "2"]);
  assertEquals(modesIn(folder.at(".fanfold/runs"))["RUN.db"], "600");
});

Deno.test("fanfold prints no value of a variable of a task, whatever goes wrong", async () => {
  const env = { TOKEN: "s3cret" };
  const fails = { shell: 'echo "$1" >&2; exit 3', inputs: ["a", "b"], env };
  const nul = { env: { TOKEN: "s3cret\0" } };
  using folder = new Steps({
    "fanfold.json": JSON.stringify({
      tasks: {
        fails,
        late: { command: ["sleep", "9"], timeout: "100ms", env },
        function: { run: "./m.ts#twice", inputs: [3], env },
        nul: { command: ["true"], ...nul },
      },
    }),
    "nul.json": JSON.stringify({ tasks: { nul: { run: "./m.ts#twice", inputs: [1], ...nul } } }),
    "less.json": JSON.stringify({ tasks: { fails: { ...fails, env: { TOKEN: "s3cret2" } } } }),
  });
  const lines = [
    ["run"],
    ["run", "--no-journal"],
    ["run", "-f", "nul.json"],
    ["plan"],
    ["list"],
    ["show", "last"],
    ["show", "last", "--format", "json"],
    ["show", "last", "--format", "ndjson"],
    ["runs"],
    ["why", "last", "fails", "1", "-f", "less.json"],
    ["repro", "last", "fails", "1"],
    ["retry", "last"],
  ];
  for (const line of lines) {
    const { code, stdout, stderr } = await folder.run(line);
    assertEquals(/s3cret/.test(stdout + stderr), false, `${line}: ${stdout}${stderr}`);
    assertEquals([line, code < 3], [line, true], stderr);
  }
  // Nor can they be read in the journals.
  const text = new TextDecoder("latin1");
  for (const id of folder.runs) {
    const bytes = Deno.readFileSync(folder.at(`.fanfold/runs/${id}.db`));
    assertEquals(text.decode(bytes).includes("s3cret"), false);
  }
});
