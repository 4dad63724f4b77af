import { assert, assertEquals } from "@std/assert";
import { cli } from "../../lib/cli/cli.ts";
import { Watchdog } from "../../lib/watchdog/watchdog.ts";
import { damage, randomFrom } from "../support/damage.ts";
import { Folder } from "../support/folder.ts";

/** What a command line came to. */
interface Told {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const SCRIPT = `echo "out $1"; [ "$1" != 3 ] || echo "err $1" >&2
[ "$1" != 5 ] || head -c 1500000 /dev/zero | tr '\\0' a
case $1 in long*) exit 0;; esac
[ $(($1 % 7)) != 6 ]`;

const MANY = Array.from({ length: 120 }, (_, i) => i);

const TASKS = JSON.stringify({
  tasks: {
    a: { shell: SCRIPT, inputs: [...MANY.slice(0, 9), `long ${"x".repeat(70_000)}`], jobs: 1 },
    b: { shell: "echo $1", inputs: MANY, jobs: 2 },
  },
});

/** Runs a command line in this process. */
async function told(...argv: readonly string[]): Promise<Told> {
  const text = { stdout: "", stderr: "" };
  const into = (stream: "stdout" | "stderr") => (bytes: Uint8Array) => {
    text[stream] += new TextDecoder().decode(bytes);
    return Promise.resolve();
  };
  await using watchdog = new Watchdog({ hearsSignals: false });
  const code = await cli(argv, {
    watchdog,
    stdout: into("stdout"),
    stderr: into("stderr"),
    signal: new AbortController().signal,
    killSignal: new AbortController().signal,
    suspension: new EventTarget(),
  });
  return { code, ...text };
}

/** The journal of a run, as one whole file. */
async function journalIn(folder: Folder): Promise<{ path: string; id: string; whole: Uint8Array }> {
  const { code, stderr } = await told("run", "--state-dir", ".fanfold");
  assertEquals(code, 1, stderr);
  const [name = ""] = [...Deno.readDirSync(folder.at(".fanfold/runs"))]
    .flatMap(({ name }) => name.endsWith(".db") ? [name] : []);
  const path = folder.at(`.fanfold/runs/${name}`);
  return { path, id: name.slice(0, -3), whole: Deno.readFileSync(path) };
}

function linesOf(id: string): readonly (readonly string[])[] {
  const state = ["--state-dir", ".fanfold"];
  return [
    ["show", id, ...state],
    ["show", id, "--format", "ndjson", ...state],
    ["show", id, "--failed", ...state],
    ["show", id, "--slow", "--format", "csv", ...state],
    ["runs", "--format", "json", ...state],
    ["runs", "--prune", "--keep", "1", ...state],
    ["why", id, "b", "78", ...state],
    ["why", id, "a", "7", ...state],
    ["repro", id, "a", "6", ...state],
    ["repro", id, "b", "101", ...state],
    ["run", `--resume=${id}`, ...state],
    ["run", "--resume-failed", ...state],
    ["retry", id, ...state],
  ];
}

/** What differs from run to run: times, places on a disk, and what was done again. */
function steady({ code, stdout, stderr }: Told): Told {
  const text = (text: string) =>
    text.replaceAll(/"(?:bytes|durationMs|startedAt|endedAt|pid|slot)":[^,}]*/g, "").replaceAll(
      /\n +repeat:.*/g,
      "",
    );
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("fanfold tells of a damaged journal what was written, or says that it is damaged", async () => {
  using folder = new Folder({ "fanfold.json": TASKS });
  const before = Deno.cwd();
  Deno.chdir(folder.path);
  try {
    const { path, id, whole } = await journalIn(folder);
    const clear = () => {
      for (const end of ["-wal", "-shm", ".lock"]) {
        try {
          Deno.removeSync(path + end);
        } catch {
          // It is not there.
        }
      }
    };
    const lines = linesOf(id);
    const wanted: Told[] = [];
    for (const line of lines) {
      clear();
      Deno.writeFileSync(path, whole);
      wanted.push(steady(await told(...line)));
    }
    const seed = Number(
      Deno.env.get("FANFOLD_SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0],
    );
    const rounds = Number(Deno.env.get("FANFOLD_ROUNDS") ?? 60);
    const random = randomFrom(seed);
    for (let round = 0; round < rounds; round++) {
      const how = damage(path, whole, random);
      const damaged = Deno.readFileSync(path);
      const number = random(lines.length);
      const line = lines[number] as readonly string[];
      clear();
      Deno.writeFileSync(path, damaged);
      const name = `FANFOLD_SEED=${seed}, round ${round}, ${how}: ${line.join(" ")}`;
      let found: Told;
      try {
        found = steady(await told(...line));
      } catch (thrown) {
        throw new Error(name, { cause: thrown });
      }
      if (found.code === 3) {
        assert(/journal|Cannot (?:read|open)/.test(found.stderr), `${name}\n${found.stderr}`);
        assert(/hint: /.test(found.stderr), `${name}\n${found.stderr}`);
      } else assertEquals(found, wanted[number], name);
    }
  } finally {
    Deno.chdir(before);
  }
});
