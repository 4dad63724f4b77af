/**
 * Runs on a queue of which something is killed, at a moment that is told by what jobs have marked.
 *
 * `QUEUE_RUNS=100` has so many of them for each kind of server; `QUEUE_SEED` repeats those of a seed.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  type Beside,
  MARKING_SCRIPT,
  MARKS,
  QueueTrial,
  type ServerKind,
  SERVERS,
} from "../support/queue_trial.ts";

/** How many runs there are, and how they are chosen; both are printed when one fails. */
const RUNS = Number(Deno.env.get("QUEUE_RUNS") ?? 0);
const SEED = Number(Deno.env.get("QUEUE_SEED") ?? Date.now() % 2 ** 31);

/** How many there are of each kind of server where nothing else is said. */
const USUAL = { Redis: 3, PostgreSQL: 2 };

const VICTIMS = ["host", "bare host", "run", "server"] as const;

type Victim = typeof VICTIMS[number];

/** Functions that mark that they run, and now and then wait, print, print much, or have to be tried again. */
const WORK = `${MARKS}
import { named } from "./named.ts";
export async function works(n: number, { attempt }: { attempt: number }) {
  mark(n);
  if (n % 3 === 0) await new Promise((goOn) => setTimeout(goOn, n % 7));
  if (n % 50 === 7 && attempt === 1) throw new Error("once more");
  if (n % 100 === 0) console.log(\`works prints \${n}\`);
  if (n % 500 === 0) console.log("line\\n".repeat(20_000));
  return named(n);
}
`;

const SCRIPT = `${MARKING_SCRIPT}; echo "out $1"`;

interface Work {
  readonly jobs: number;
  readonly task: Readonly<Record<string, unknown>>;
}

const FUNCTIONS: Work = { jobs: 5000, task: { run: "./work.ts#works", retries: 1 } };
const COMMANDS: Work = { jobs: 300, task: { shell: SCRIPT } };

function filesOf({ jobs, task }: Work): Readonly<Record<string, string>> {
  const tasks = { works: { ...task, inputs: { range: [1, jobs] } } };
  return {
    "deno.json": "{}",
    "fanfold.json": JSON.stringify({ tasks }),
    "work.ts": WORK,
    "named.ts": "export const named = (n: number) => ({ n, twice: n * 2 });\n",
  };
}

/** Has one of them killed when jobs have made so many marks, and started again. */
async function killed(trial: QueueTrial, victim: Victim, at: number): Promise<string> {
  const [modules, bare] = [trial.newFolder(), trial.newFolder()];
  for (const { name } of Deno.readDirSync(trial.folder.path)) {
    if (name !== "log") modules.write(name, Deno.readTextFileSync(trial.folder.at(name)));
  }
  const join = {
    "host": () => trial.join(modules, "with-modules"),
    "bare host": () => trial.join(bare, "bare", { serves: ["--bundles", "any"] }),
  };
  const hosts = { "host": join.host(), "bare host": join["bare host"]() };
  let run = trial.run();
  await Promise.race([trial.marked(at), run.end()]);
  let before = "";
  switch (victim) {
    case "host":
    case "bare host":
      await endedBy("SIGKILL", hosts[victim]);
      hosts[victim] = join[victim]();
      break;
    case "run":
      before = (await endedBy("SIGKILL", run)).stdout;
      run = trial.run("--resume");
      break;
    case "server":
      await trial.server.kill();
      await trial.server.start();
  }
  const { code, stdout, stderr } = await run.end();
  assertEquals([code, stderr.includes("Cannot")], [0, false], stderr);
  assertEquals(stdout.startsWith(before), true, "what was printed before is printed again");
  for (const host of Object.values(hosts)) {
    const { code, stderr } = await endedBy("SIGTERM", host);
    assertEquals(code, 0, stderr);
  }
  return stdout;
}

function endedBy(signal: Deno.Signal, program: Beside) {
  program.kill(signal);
  return program.end();
}

/** The indices of the jobs that a journal has, and how they have ended. */
async function outcomes(trial: QueueTrial): Promise<readonly (readonly [number, string])[]> {
  const shown = await trial.start(["show", "last", "--format", "ndjson"], trial.folder).end();
  return shown.stdout.trimEnd().split("\n").map((line) => JSON.parse(line))
    .map(({ index, kind }) => [index, kind]);
}

async function keeps(kind: ServerKind, work: Work, victim: Victim, share: number): Promise<void> {
  await using trial = await QueueTrial.on(kind, filesOf(work));
  const wanted = await trial.atHome();
  assertEquals(wanted.code, 0, wanted.stderr);
  const at = Math.max(1, Math.floor(share * work.jobs));
  assertEquals(await killed(trial, victim, at), wanted.stdout);
  const numbers = Array.from({ length: work.jobs }, (_, i) => i);
  assertEquals(await outcomes(trial), numbers.map((i) => [i, "done"]));
  assertEquals(
    [...new Set(trial.marks.map(({ job }) => job))].sort((a, b) => a - b),
    numbers.map((i) => i + 1),
  );
  assertEquals(await trial.cleaned(), []);
}

for (const kind of SERVERS) {
  for (const [what, work] of Object.entries({ functions: FUNCTIONS, commands: COMMANDS })) {
    Deno.test({
      name:
        `fanfold run --on ${kind.title} gives each of many ${what} one outcome, whatever is killed whenever`,
      ignore: !kind.isHere,
      fn: async () => {
        const numRuns = RUNS || USUAL[kind.name];
        // Doubles would be as often below 1e-100 as above.
        const share = fc.noBias(fc.integer({ min: 0, max: 900 })).map((share) => share / 1000);
        let number = 0;
        await fc.assert(
          fc.asyncProperty(fc.constantFrom(...VICTIMS), share, async (victim, share) => {
            console.error(`${kind.name} ${++number}/${numRuns}: ${victim} at ${share.toFixed(3)}`);
            await keeps(kind, work, victim, share);
          }),
          { numRuns, seed: SEED, endOnFailure: true },
        );
      },
    });
  }
}
