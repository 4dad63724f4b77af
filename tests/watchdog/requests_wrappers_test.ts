import { assertEquals } from "@std/assert";
import { type Processes, wrappersOf } from "../../lib/watchdog/requests.ts";

/** Group and arguments of a process. */
type Line = readonly [group: number, ...argv: string[]];

/** Processes, each the child of the one before it, and the rest of each that can be changed. */
function chain(...lines: readonly Line[]) {
  const rests = new Map<number, string | undefined>();
  const asked = new Set<number>();
  const processes: Processes = {
    factsOf: (pid) => {
      const [group, ...argv] = lines[pid - 1] ?? [];
      return group === undefined ? undefined : { parent: pid - 1, group, argv };
    },
    restOf: (pid) => {
      asked.add(pid);
      return rests.has(pid) ? rests.get(pid) : "asleep";
    },
  };
  const areQuiet = wrappersOf(lines.length, processes);
  return { areQuiet, rests, asked };
}

const OWN = [7, "deno", "run", "-A", "main.ts"] as const;

Deno.test("wrappersOf() finds those who pass on signals, as far as they are in the group", () => {
  const cases: [lines: Line[], pids: number[] | undefined][] = [
    [[[7, "bash"], OWN], undefined],
    [[[7, "deno", "run", "-A", "x.ts"], OWN], undefined],
    [[[7, "deno", "task", "go"], OWN], [1]],
    [[[7, "/usr/bin/timeout", "5", "deno"], OWN], [1]],
    [[[1, "bash"], [7, "timeout", "5", "deno"], OWN], [2]],
    [[[1, "deno", "task", "go"], OWN], undefined],
    [[[7, "npm exec deno"], [7, "sh", "-c", "deno"], [7, "deno", "task", "a"], OWN], [1, 2, 3]],
    [[[7, "node", "/usr/lib/npm/bin/npx-cli.js"], [7, "deno", "task", "go"], OWN], [1, 2]],
  ];
  for (const [lines, pids] of cases) {
    const { areQuiet, asked } = chain(...lines);
    areQuiet?.();
    assertEquals(areQuiet && [...asked].sort(), pids);
  }
});

Deno.test("wrappersOf() gives wrappers that are quiet when none has done anything since they were last asked", () => {
  const { areQuiet, rests } = chain([7, "deno", "task", "a"], [7, "deno", "task", "b"], OWN);
  assertEquals(areQuiet?.(), false);
  assertEquals(areQuiet?.(), true);
  rests.set(1, "asleep once more");
  assertEquals(areQuiet?.(), false);
  rests.set(2, undefined);
  assertEquals(areQuiet?.(), false);
  assertEquals(areQuiet?.(), false);
  rests.set(2, "asleep again");
  assertEquals(areQuiet?.(), false);
  assertEquals(areQuiet?.(), true);
});
