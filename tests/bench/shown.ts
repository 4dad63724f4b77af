/**
 * What it costs to show how far a run is: the program in a terminal, with the block and without.
 *
 * @module
 */

import { atMost, type Found } from "./goals.ts";
import { measure, ratios, table, type Way } from "./measure.ts";
import { FANFOLD, outputOf, ROOT } from "./started.ts";

const BLOCK = "the block";
const NONE = "--progress none";

/** How many rounds there are: one differs more than the block costs. */
const ROUNDS = 7;

/** Tiny calls in a terminal, which `script` gives. */
export async function shown(count: number): Promise<Found> {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/fanfold.yaml`;
  const inputs = `{ range: [1, ${count}] }`;
  await Deno.writeTextFile(
    file,
    `tasks: { work: { run: "${ROOT}tests/bench/functions.ts#double", inputs: ${inputs} } }`,
  );
  const peaks = new Map<string, number>();
  const way = (name: string, mode: string): Way => ({
    name,
    run: async () => {
      const options = `--no-journal --format none --progress ${mode}`;
      const line = [...FANFOLD, "run", "-f", file].map((word) => `'${word}'`).join(" ");
      const terminal = ["script", "-qec", `TERM=xterm ${line} ${options}`, "/dev/null"];
      const peak = (mib: number) => peaks.set(name, Math.max(mib, peaks.get(name) ?? 0));
      const printed = await outputOf(terminal, { peak });
      if (!printed.includes(`${count} jobs: ${count} done`)) throw new Error(printed);
      if ((mode === "bar") !== printed.includes(`/${count}`)) {
        throw new Error(`${name}: ${printed}`);
      }
    },
  });
  try {
    const { whole } = await measure([way(NONE, "none"), way(BLOCK, "bar")], ROUNDS);
    const memory = [...peaks].map(([name, mib]) => `| ${name} | ${mib} |`);
    return {
      tables: [
        table(`${count} calls of x * 2 in a terminal`, count, whole),
        ["", "| way | MiB |", "| --- | --- |", ...memory].join("\n"),
      ],
      goals: atMost(
        1.01,
        `${count} calls with the block, in the time of those without`,
        ratios(whole, BLOCK, NONE),
      ),
      missing: [],
    };
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    return { tables: [], goals: [], missing: ["script: apt-get install bsdutils"] };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
