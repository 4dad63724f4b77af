/**
 * Many short commands, beside other programs that start them.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { meansHere } from "../../lib/engines/confined/refusal.ts";
import { atLeast, atMost, type Found } from "./goals.ts";
import { differences, measure, ratios, table } from "./measure.ts";
import { pMap } from "./npm.ts";
import { FANFOLD, printing, program, SLOTS } from "./started.ts";
import { tools } from "./tools.ts";

const OURS = "fanfold each";
const ALONE = "Deno.Command alone";

/** `/bin/echo` for each line of stdin. */
export const EACH_ECHO: readonly string[] = [...FANFOLD, "each", "-j", String(SLOTS), "/bin/echo"];

/** The numbers from 1, each on a line. */
export function linesTo(count: number): string {
  return Array.from({ length: count }, (_, i) => `${i + 1}\n`).join("");
}

const PLAIN = "fanfold run";
const CONFINED = "fanfold run, with permissions";

/** The same, by a task that has permissions, or has none. */
function task(name: "plain" | "confined"): readonly string[] {
  const file = fileURLToPath(new URL("./programs/confined.yaml", import.meta.url));
  return [...FANFOLD, "run", "--no-journal", "-f", file, "-j", String(SLOTS), name];
}

/** What permissions cost a command. */
async function confined(rounds: number, count: number): Promise<Found> {
  if (meansHere().kind === "none") {
    const missing = "Landlock, of a kernel that is started with lsm=landlock";
    return { tables: [], goals: [], missing: [missing] };
  }
  const numbers = linesTo(count);
  const { whole } = await measure([
    printing({ name: PLAIN, argv: task("plain") }, numbers, numbers),
    printing({ name: CONFINED, argv: task("confined") }, numbers, numbers),
  ], rounds);
  const title = `${count} times /bin/echo, held to permissions, whole processes`;
  const goal = "a confined command, in ms more than a plain one";
  return {
    tables: [table(title, count, whole)],
    goals: atMost(0.3, goal, differences(whole, CONFINED, PLAIN).map((ms) => ms / count)),
    missing: [],
  };
}

/** `/bin/echo` for each of so many numbers, with all its output in order. */
export async function commands(rounds: number, count: number): Promise<Found> {
  const numbers = linesTo(count);
  const others = await tools(numbers);
  const npm = await pMap(count);
  const { whole } = await measure([
    printing({ name: OURS, argv: EACH_ECHO }, numbers, numbers),
    printing(program(ALONE, "raw_commands.ts", count, SLOTS), numbers),
    ...npm.found.map((peer) => printing(peer, numbers)),
    ...others.ways,
  ], rounds);
  const held = await confined(rounds, count);
  const ofOurs = (name: string) => ratios(whole, name, OURS);
  return {
    tables: [
      table(`${count} times /bin/echo, ${SLOTS} at a time, whole processes`, count, whole),
      ...held.tables,
    ],
    goals: [
      ...atLeast(4, "a command by GNU parallel -k, in our time", ofOurs("GNU parallel -k")),
      ...atLeast(2, "a command by p-map with execFile, in our time", ofOurs("p-map, execFile")),
      ...atLeast(
        0.95,
        "a command by xargs, which keeps no order, in our time",
        ofOurs("xargs -P, no order"),
      ),
      ...atMost(
        1,
        "a command by us, in the time of Deno.Command alone",
        ratios(whole, OURS, ALONE),
      ),
      ...held.goals,
    ],
    missing: [...others.missing, ...npm.missing, ...held.missing],
  };
}
