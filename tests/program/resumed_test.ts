import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import type { Folder, Printed } from "../support/program.ts";
import { hasEnded, interrupted, journalled, mixed, ran, run, SLOTS } from "./resumed_run.ts";

/** How many runs are killed at random, and how they are chosen; both are printed when one fails. */
const RUNS = Number(Deno.env.get("RESUMED_RUNS") ?? 4);
const SEED = Number(Deno.env.get("RESUMED_SEED") ?? Date.now() % 2 ** 31);

/** How many jobs a run has, and after how many ms it is killed at the latest: a little before it would end. */
const JOBS = Number(Deno.env.get("RESUMED_JOBS") ?? 48);
const LATEST_MS = Number(Deno.env.get("RESUMED_MS") ?? 900);

const FORMATS = ["text", "json", "ndjson"] as const;

/** What a run prints, without what differs from run to run. */
function lasting(
  printed: Printed,
  format: string,
  folder: Folder,
): Pick<Printed, "stdout" | "code"> {
  const { code } = printed;
  const stdout = printed.stdout.replaceAll(folder.path, "");
  if (format !== "ndjson") return { stdout, code };
  const lines = stdout.split("\n").map((line) =>
    line === "" ? "" : JSON.stringify(
      { ...JSON.parse(line), startedAt: 0, durationMs: 0, slot: 0, pid: 0 },
    )
  );
  return { stdout: lines.join("\n"), code };
}

function after(ms: number): Promise<void> {
  return new Promise((goOn) => setTimeout(goOn, ms));
}

/** The jobs of these notes, as `task input`. */
function jobsOf(notes: readonly string[]): string[] {
  return notes.map((note) => note.split(" ").slice(0, 2).join(" "));
}

Deno.test("fanfold run that is killed and resumed prints what an undisturbed one prints, and repeats no job", async () => {
  const undisturbed = new Map<string, Pick<Printed, "stdout" | "code">>();
  for (const format of FORMATS) {
    using folder = mixed(JOBS);
    const printed = await run(folder, "--no-journal", "-j", `${SLOTS}`, "--format", format);
    undisturbed.set(format, lasting(printed, format, folder));
  }
  const isWhole = async (format: typeof FORMATS[number], moments: readonly number[]) => {
    using folder = mixed(JOBS);
    const args = ["--resume", "-j", `${SLOTS}`, "--format", format];
    let before = new Set<string>();
    let noted = 0;
    const check = () => {
      const again = jobsOf(ran(folder).slice(noted)).filter((job) => before.has(job));
      assertEquals(again, [], "jobs that had ended and were executed");
    };
    let end: Printed | undefined;
    for (const ms of moments) {
      const { wasEnded, ...printed } = await interrupted(folder, after(ms), "SIGKILL", ...args);
      check();
      if (!wasEnded || hasEnded(folder)) {
        // It was not killed, or when it had only to go.
        end = wasEnded ? { ...printed, code: 1 } : printed;
        break;
      }
      before = new Set(journalled(folder));
      noted = ran(folder).length;
    }
    end ??= await run(folder, ...args);
    check();
    const wanted = undisturbed.get(format);
    const { code, stdout } = lasting(end, format, folder);
    assertEquals(code, wanted?.code);
    const lines = stdout.split("\n");
    const differing = wanted?.stdout.split("\n").findIndex((line, i) => line !== lines[i]);
    assertEquals([lines[differing ?? -1], stdout === wanted?.stdout], [undefined, true]);
    const seen = new Set<string>();
    const twice = ran(folder).filter((note) => seen.size === seen.add(note).size);
    const repeated = new Set(jobsOf(twice));
    // A slot has one job at work, and one that has ended and has not been told.
    assert(repeated.size <= moments.length * SLOTS * 2, `${repeated.size} jobs were repeated`);
  };
  const moments = fc.array(fc.integer({ min: 0, max: LATEST_MS }), { minLength: 1, maxLength: 3 });
  await fc.assert(fc.asyncProperty(fc.constantFrom(...FORMATS), moments, isWhole), {
    numRuns: RUNS,
    seed: SEED,
    endOnFailure: true,
  });
});
