import { assertEquals, assertThrows } from "@std/assert";
import { Pool } from "../../lib/pool/pool.ts";
import { type PoolOptions, poolTask } from "../../lib/pool/pool_options.ts";
import type { RULES } from "../../lib/rules/rules.ts";
import { SharedFolder } from "../support/shared_folder.ts";

const COUNT = "wanted a positive integer";
const JOBS = `${COUNT}, "50%", "+1" or "-1", up to 10000`;
const TIME = "wanted a duration like 500ms, 30s, 5m or 2h, up to 24d";

const out: readonly (readonly [options: PoolOptions, message: string])[] = [
  [{ jobs: 0 }, `0 as "jobs": ${JOBS}`],
  [{ jobs: -1 }, `-1 as "jobs": ${JOBS}`],
  [{ jobs: 1.5 }, `1.5 as "jobs": ${JOBS}`],
  [{ jobs: Infinity }, `Infinity as "jobs": ${JOBS}`],
  [{ jobs: 1e9 }, `1000000000 as "jobs": ${JOBS}`],
  [{ jobs: "half" }, `"half" as "jobs": ${JOBS}`],
  [{ chunk: 0 }, `0 as "chunk": ${COUNT}`],
  [{ window: 1, jobs: 2 }, '1 as "window": wanted at least its 2 "jobs"'],
  [{ recycle: { jobs: 0 } }, `0 as "recycle.jobs": ${COUNT}`],
  [{ grace: -1 }, `-1 as "grace": ${TIME}`],
  [{ timeout: "soon" }, `"soon" as "timeout": ${TIME}`],
  [{ timeout: "200%" }, `"200%" as "timeout": ${TIME}`],
  [{ transfer: "all" as unknown as boolean }, '"all" as "transfer": wanted true or false'],
  [{ transfer: null as unknown as boolean }, 'null as "transfer": wanted true or false'],
  [{ recycle: { memory: "much" } }, '"much" as "recycle.memory": wanted a size like 512MB'],
  [{ isolation: "thread" as "worker" }, '"thread" as "isolation": wanted "worker" or "process"'],
  [{ memory: -5 }, '-5 as "memory": wanted a size like 512MB'],
  [{ retries: -1 }, '-1 as "retries": wanted a whole number from 0'],
  [{ retries: { times: 1, backoff: "x" } }, `"x" as "retries.backoff": ${TIME}`],
  [{ retries: { times: 1, factor: 0.5 } }, '0.5 as "retries.factor": wanted at least 1'],
  [{ retries: { times: 1, jitter: 2 } }, '2 as "retries.jitter": wanted a share from 0 to 1'],
];

Deno.test("new Pool() refuses values that an option cannot have, and echoes them", () => {
  for (const [options, message] of out) {
    const make = () => new Pool("./a.ts", options);
    assertEquals(assertThrows(make, RangeError).message, `Cannot make a pool with ${message}`);
  }
});

Deno.test("new Pool() tells of two mistakes the one that comes first in the list of all", () => {
  for (const [at, [options, message]] of out.entries()) {
    const others = out.slice(at + 1).map(([options]) => options).filter((other) =>
      Object.keys(other).every((key) => !(key in options))
    );
    for (const other of others) {
      const make = () => poolTask({ ...other, ...options });
      assertEquals(assertThrows(make, RangeError).message, `Cannot make a pool with ${message}`);
    }
  }
});

Deno.test("new Pool() refuses Workers where an option needs processes", () => {
  for (const options of [{ env: {} }, { cwd: "." }, { timeout: 1 }, { memory: "200MB" }]) {
    const make = () => new Pool("./a.ts", { isolation: "worker", ...options });
    const [key] = Object.keys(options);
    assertEquals(
      assertThrows(make, TypeError).message,
      `Cannot make a pool of Workers with "${key}": it needs processes, isolation: "process"`,
    );
    assertEquals(poolTask(options).isolation, "process");
  }
  assertEquals(poolTask({}).isolation, "worker");
  assertEquals(poolTask({ transfer: true }).isolation, "worker");
});

Deno.test("new Pool() refuses what is no module", () => {
  for (const module of ["", new URL("file:///a.ts#f")]) {
    const make = () => new Pool(module);
    assertEquals(
      assertThrows(make, TypeError).message,
      `Cannot make a pool of ${Deno.inspect(module)}: wanted the URL or the path of a module`,
    );
  }
});

Deno.test("poolTask() reads options as a tasks file is read", () => {
  const { retries, timeout, graceMs, memoryBytes, recycle, slots, env } = poolTask({
    jobs: "4",
    retries: { times: 2, backoff: "1s", on: ["TypeError"] },
    timeout: 1.5,
    grace: "2s",
    memory: "200MB",
    recycle: { jobs: 5, memory: "150MB" },
    env: { N: 1 },
  });
  assertEquals({ timeout, graceMs, memoryBytes, slots }, {
    timeout: { ms: 1500 },
    graceMs: 2000,
    memoryBytes: 200e6,
    slots: 4,
  });
  assertEquals([recycle, env], [{ jobs: 5, memoryBytes: 150e6 }, { N: "1" }]);
  assertEquals([retries?.times, retries?.backoffMs, retries?.on], [2, 1000, ["TypeError"]]);
});

Deno.test("Pool calls functions in the folder and environment that it is told, with its memory", async () => {
  const module = "data:application/javascript," + encodeURIComponent(`
    export const place = () => [Deno.cwd(), Deno.env.get("MARK"), Deno.env.has("PATH")];
    export const heapLimit = () =>
      process.getBuiltinModule("node:v8").getHeapStatistics().heap_size_limit;
  `);
  using folder = new SharedFolder();
  const options = { jobs: 1, cwd: folder.path, env: { MARK: "blue" }, memory: "100MB" };
  await using pool = new Pool<{ place: () => unknown; heapLimit: () => number }>(module, options);
  assertEquals(await pool.apply("place", []), [folder.path, "blue", true]);
  assertEquals(await pool.apply("heapLimit", []), 63 * 2 ** 20);
});

/** The rules that say what is wrong with them as options of a pool. */
type PoolRule = Extract<typeof RULES[number], { readonly poolFlaw: unknown }>["key"] | "init";

Deno.test("PoolOptions has the rules that a pool reads, and no others", () => {
  // A name in one of them alone fails to compile here.
  const none: readonly never[] = [] as readonly (
    | Exclude<PoolRule, keyof PoolOptions>
    | Exclude<keyof PoolOptions, PoolRule>
  )[];
  assertEquals(none, []);
});

Deno.test("new Pool() refuses permissions, which types keep out, and leaves no doubt", () => {
  const options = { permissions: "none" } as object;
  const make = () => new Pool("./a.ts", options);
  assertEquals(
    assertThrows(make, TypeError).message,
    'Cannot make a pool with "permissions": they hold tasks, which run() runs',
  );
});
