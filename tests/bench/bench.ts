/**
 * What fanfold costs, beside what it stands on and what others do: `deno task bench`, or some parts of it by name, as in
 * `deno task bench numbers commands`; `--quick` takes a minute and tells little.
 *
 * @module
 */

import { commands } from "./commands.ts";
import { cores } from "./cores.ts";
import { deaths } from "./deaths.ts";
import { type Found, type Goal, goalsTable } from "./goals.ts";
import { growth } from "./growth.ts";
import { journal } from "./journal.ts";
import { numbers } from "./numbers.ts";
import { peersTold } from "./peer_programs.ts";
import { payload } from "./payload.ts";
import { queue } from "./queue.ts";
import { shown } from "./shown.ts";
import { SLOTS } from "./started.ts";
import { starts } from "./starts.ts";
import { streams } from "./streams.ts";
import { uneven } from "./uneven.ts";

const isQuick = Deno.args.includes("--quick");
const ROUNDS = isQuick ? 1 : 3;
const NUMBERS = isQuick ? 100_000 : 1_000_000;
const COMMANDS = isQuick ? 300 : 5000;
const IS_LINUX = Deno.build.os === "linux";

/** A part of it. */
interface Part {
  /** About how long it takes on two processors, in s; a twentieth of that with `--quick`. */
  readonly seconds: number;
  readonly run: () => Promise<Found>;
}

const PARTS: Readonly<Record<string, Part>> = {
  numbers: {
    seconds: 120,
    run: () =>
      numbers({
        rounds: ROUNDS,
        numbers: NUMBERS,
        calls: isQuick ? 2000 : 20_000,
        streamed: NUMBERS * 10,
      }),
  },
  commands: { seconds: 200, run: () => commands(ROUNDS, COMMANDS) },
  cores: { seconds: 100, run: () => cores(isQuick ? ROUNDS : ROUNDS * 2, isQuick ? 100 : 1000) },
  payload: { seconds: 100, run: () => payload({ rounds: ROUNDS, count: isQuick ? 140 : 600 }) },
  starts: { seconds: 60, run: () => starts(isQuick ? 2 : ROUNDS * 6) },
  uneven: { seconds: 60, run: () => uneven(isQuick ? 1 : 3) },
  growth: { seconds: 60, run: () => growth(isQuick ? 0.01 : 1) },
  deaths: { seconds: 60, run: () => deaths(isQuick ? 500 : 10_000) },
  streams: { seconds: 60, run: () => streams(NUMBERS) },
  shown: { seconds: 60, run: () => shown(NUMBERS * 10) },
  journal: {
    seconds: 200,
    run: () => journal({ rounds: ROUNDS, numbers: NUMBERS, commands: COMMANDS }),
  },
  queue: {
    seconds: 300,
    run: () =>
      queue({
        rounds: ROUNDS,
        primes: isQuick ? 100 : 6000,
        numbers: NUMBERS,
        raw: isQuick ? 1000 : 20_000,
        starts: isQuick ? 2 : 10,
        slices: isQuick ? 100 : 2000,
      }),
  },
};

/** Those that look at memory can do so on Linux only. */
const ON_LINUX = ["growth", "streams", "shown", "queue"];

function write(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

/** Says how far it is, where the tables do not go. */
function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}

/** What runs all this. */
function machine(): string {
  const processor = IS_LINUX
    ? /^model name\s*:\s*(.*)/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1]
    : undefined;
  const gib = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  const system = `${Deno.build.os}, ${gib} GiB`;
  return `${SLOTS} × ${processor ?? Deno.build.arch}, ${system}, Deno ${Deno.version.deno}`;
}

const named = Deno.args.filter((argument) => argument !== "--quick");
const wrong = named.find((name) => !(name in PARTS));
if (wrong !== undefined) {
  throw new RangeError(`No part "${wrong}": wanted ${Object.keys(PARTS).join(", ")}`);
}
const names = (named.length > 0 ? named : Object.keys(PARTS))
  .filter((name) => IS_LINUX || !ON_LINUX.includes(name));
write(`${machine()}; ${ROUNDS} rounds in turn, medians`);
const goals: Goal[] = [];
const missing: string[] = [];
const parts = names.map((name) => ({ name, ...PARTS[name] as Part }));
const seconds = parts.reduce((sum, part) => sum + part.seconds, 0) / (isQuick ? 20 : 1);
say(`about ${Math.ceil(seconds / 60)} min on two processors: ${names.join(", ")}`);
for (const [i, { name, run }] of parts.entries()) {
  say(`${i + 1}/${names.length}: ${name}`);
  const found = await run();
  for (const table of found.tables) write(table);
  goals.push(...found.goals);
  missing.push(...found.missing);
}
write(goalsTable(goals));
write(["", ...peersTold()].join("\n"));
for (const each of new Set(missing)) write(`\nmissing here, ${each}`);
