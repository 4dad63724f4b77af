/**
 * Runs on a queue to which several things happen, at once or one after another, at moments that are told by what jobs have
 * marked.
 *
 * `QUEUE_STORMS=50` has so many of them for each kind of server; `QUEUE_SEED` repeats those of a seed.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  type Beside,
  MARKS,
  QueueTrial,
  type ServerKind,
  SERVERS,
} from "../support/queue_trial.ts";
import type { Folder } from "../support/program.ts";

const STORMS = Number(Deno.env.get("QUEUE_STORMS") ?? 0);
const SEED = Number(Deno.env.get("QUEUE_SEED") ?? Date.now() % 2 ** 31);

/** How many there are of each kind of server where nothing else is said. */
const USUAL = { Redis: 2, PostgreSQL: 1 };

const JOBS = 2000;

/** For how long something is stopped: its lock, which is of 2 s, is given to another by then. */
const STOPPED_MS = 4500;

/** How long a server that loses its data is away. */
const AWAY_MS = 300;

const VICTIMS = ["a", "b", "run", "server"] as const;
const DEEDS = ["kill", "kill", "stop", "end", "empty"] as const;

interface Blow {
  readonly victim: typeof VICTIMS[number];
  readonly deed: typeof DEEDS[number];
  /** After which share of the jobs. */
  readonly share: number;
}

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

const FILES = {
  "deno.json": "{}",
  "fanfold.json": JSON.stringify({
    tasks: { works: { run: "./work.ts#works", retries: 1, inputs: { range: [1, JOBS] } } },
  }),
  "work.ts": WORK,
  "named.ts": "export const named = (n: number) => ({ n, twice: n * 2 });\n",
};

/** All that is at work, and what happens to it. */
class Storm {
  readonly #trial: QueueTrial;
  readonly #folders: Readonly<Record<"a" | "b", Folder>>;
  readonly #hosts: Record<"a" | "b", Beside>;
  #run: Beside;
  /** What runs have printed that are gone. */
  #before = "";
  readonly #later: Promise<void>[] = [];

  constructor(trial: QueueTrial) {
    this.#trial = trial;
    this.#folders = { a: trial.newFolder(FILES), b: trial.newFolder() };
    this.#hosts = { a: this.#join("a"), b: this.#join("b") };
    this.#run = trial.run();
  }

  #join(name: "a" | "b"): Beside {
    const serves = name === "a" ? [] : ["--bundles", "any"];
    return this.#trial.join(this.#folders[name], name, { serves });
  }

  async strike({ victim, deed, share }: Blow): Promise<void> {
    const at = Math.max(1, Math.floor(share * JOBS));
    await Promise.race([this.#trial.marked(at), this.#run.end()]);
    if (victim === "server") return await this.#strikeServer(deed);
    const program = victim === "run" ? this.#run : this.#hosts[victim];
    if (deed === "stop" || deed === "empty") {
      program.kill("SIGSTOP");
      this.#later.push(
        new Promise((goOn) =>
          setTimeout(() => {
            program.kill("SIGCONT");
            goOn();
          }, STOPPED_MS)
        ),
      );
      return;
    }
    if (victim !== "run") {
      program.kill("SIGCONT");
      if (deed === "end") await program.wrote(" serves ");
      program.kill(deed === "kill" ? "SIGKILL" : "SIGTERM");
      const { code, stderr } = await program.end();
      if (deed === "end") assertEquals(code, 0, stderr);
      this.#hosts[victim] = this.#join(victim);
    } else if (!program.hasEnded) {
      program.kill("SIGCONT");
      // A run that is interrupted tries nothing again.
      program.kill("SIGKILL");
      this.#printed((await program.end()).stdout);
      this.#run = this.#trial.run("--resume");
    }
  }

  async #strikeServer(deed: Blow["deed"]): Promise<void> {
    const { server } = this.#trial;
    switch (deed) {
      case "kill":
        await server.kill();
        return await server.start();
      case "end":
        await server.stop();
        return await server.start();
      case "empty":
        return await server.loseData();
      case "stop":
        server.freeze();
        await new Promise((goOn) => setTimeout(goOn, STOPPED_MS));
        server.thaw();
    }
    await new Promise((goOn) => setTimeout(goOn, AWAY_MS));
  }

  /** A run that is resumed prints all of it again. */
  #printed(stdout: string): void {
    if (stdout.length > this.#before.length) this.#before = stdout;
  }

  async end(): Promise<string> {
    await Promise.all(this.#later);
    const { code, stdout, stderr } = await this.#run.end();
    assertEquals([code, stderr.includes("Cannot")], [0, false], stderr);
    assertEquals(stdout.startsWith(this.#before), true, "what was printed is printed again");
    for (const host of Object.values(this.#hosts)) {
      // One that has not begun to serve ends as any program does.
      await host.wrote(" serves ");
      host.kill("SIGTERM");
      const { code, stderr } = await host.end();
      assertEquals(code, 0, stderr);
    }
    return stdout;
  }
}

async function outcomes(trial: QueueTrial): Promise<readonly (readonly [number, string])[]> {
  const shown = await trial.start(["show", "last", "--format", "ndjson"], trial.folder).end();
  return shown.stdout.trimEnd().split("\n").map((line) => JSON.parse(line))
    .map(({ index, kind }) => [index, kind]);
}

async function outlasts(kind: ServerKind, blows: readonly Blow[]): Promise<void> {
  await using trial = await QueueTrial.on(kind, FILES);
  const wanted = await trial.atHome();
  assertEquals(wanted.code, 0, wanted.stderr);
  const storm = new Storm(trial);
  for (const blow of blows) await storm.strike(blow);
  assertEquals(await storm.end(), wanted.stdout);
  const numbers = Array.from({ length: JOBS }, (_, i) => i);
  assertEquals(await outcomes(trial), numbers.map((i) => [i, "done"]));
  assertEquals(
    [...new Set(trial.marks.map(({ job }) => job))].sort((a, b) => a - b),
    numbers.map((i) => i + 1),
  );
  const before = await trial.server.keys();
  if (before.length > 0) console.error("  before cleaning:", before.length, before.slice(0, 6));
  assertEquals(await trial.cleaned(), []);
}

const BLOW = fc.record({
  victim: fc.constantFrom(...VICTIMS),
  deed: fc.constantFrom(...DEEDS),
  share: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
});

for (const kind of SERVERS) {
  Deno.test({
    name:
      `fanfold run --on ${kind.title} gives each job one outcome, whatever happens at once or in turn`,
    ignore: !kind.isHere,
    fn: async () => {
      const numRuns = STORMS || USUAL[kind.name];
      const blows = fc.noBias(fc.array(BLOW, { minLength: 2, maxLength: 4 }));
      let number = 0;
      await fc.assert(
        fc.asyncProperty(blows, async (unsorted) => {
          const blows = unsorted.toSorted((a, b) => a.share - b.share);
          const told = blows.map(({ victim, deed, share }) =>
            `${victim} ${deed} at ${share.toFixed(2)}`
          );
          console.error(`${kind.name} ${++number}/${numRuns}: ${told.join(", ")}`);
          await outlasts(kind, blows);
        }),
        { numRuns, seed: SEED, endOnFailure: true },
      );
    },
  });
}
