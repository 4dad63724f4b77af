import { assert, assertEquals } from "@std/assert";
import { residentBytes, watchMemory } from "../../../lib/engines/processes/processes.ts";
import { until } from "../../support/shared_folder.ts";

/** There is a `/proc` on Linux only. */
const ignore = Deno.build.os !== "linux";

Deno.test({
  name: "residentBytes() counts what is filled in a process, and nothing of one that is gone",
  ignore,
  fn: () => {
    const before = residentBytes(Deno.pid) ?? 0;
    const filled = Array.from({ length: 10 }, () => new Uint8Array(20_000_000).fill(1));
    const taken = (residentBytes(Deno.pid) ?? 0) - before;
    assert(before > 1_000_000 && taken > 100_000_000, `${before}, and ${taken} more`);
    assertEquals(filled.length, 10);
    assertEquals(residentBytes(2 ** 30), undefined);
  },
});

Deno.test({
  name:
    "watchMemory() tells once of a process above its limit, and never below it or when it is over",
  ignore,
  fn: async () => {
    const told: string[] = [];
    using watches = new DisposableStack();
    watches.defer(watchMemory(Deno.pid, 2 ** 50, () => told.push("below")));
    watches.defer(watchMemory(2 ** 30, 1, () => told.push("gone")));
    const lookNoMore = watchMemory(Deno.pid, 1, () => told.push("over"));
    lookNoMore();
    watches.defer(watchMemory(Deno.pid, 1, () => told.push("above")));
    await until("the first", () => told.includes("above"));
    watches.defer(watchMemory(Deno.pid, 1, () => told.push("next")));
    await until("the second", () => told.includes("next"));
    assertEquals(told, ["above", "next"]);
  },
});

Deno.test({
  name: "watchMemory() looks ten times a second",
  ignore,
  fn: () => {
    const { setInterval } = globalThis;
    const times: unknown[] = [];
    globalThis.setInterval = new Proxy(setInterval, {
      apply: (start, self, args) => {
        times.push(args[1]);
        return Reflect.apply(start, self, args);
      },
    });
    try {
      watchMemory(Deno.pid, 2 ** 50, () => {})();
    } finally {
      globalThis.setInterval = setInterval;
    }
    assertEquals(times, [100]);
  },
});
