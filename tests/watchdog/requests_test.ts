import { assertEquals } from "@std/assert";
import { hearRequests } from "../../lib/watchdog/requests.ts";
import { FakeClock } from "../support/fake_clock.ts";

/** What signals are that come at these times; wrappers, if there are any, are at rest from some time on. */
function heard(signals: readonly (readonly [atMs: number, signal: string])[], restMs?: number) {
  const clock = new FakeClock();
  const areQuiet = () => clock.now() >= (restMs ?? 0);
  const requests = hearRequests({
    clock,
    wrappers: () => restMs === undefined ? undefined : areQuiet,
  });
  return signals.map(([atMs, signal]) => {
    clock.pass(atMs - clock.now());
    return requests(signal);
  });
}

Deno.test("hearRequests() takes a signal that comes again within 200 ms for the same request, however often", () => {
  const signals = [[0, "SIGINT"], [1, "SIGINT"], [150, "SIGINT"], [199, "SIGINT"]] as const;
  assertEquals(heard(signals), ["first", "copy", "copy", "copy"]);
});

Deno.test("hearRequests() takes a signal that comes later for another request", () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    assertEquals(heard([[0, signal], [200, signal]]), ["first", "next"]);
    assertEquals(heard([[0, signal], [100, signal], [250, signal]]), ["first", "copy", "next"]);
  }
});

Deno.test("hearRequests() takes another signal for another request at once", () => {
  assertEquals(heard([[0, "SIGINT"], [0, "SIGTERM"]]), ["first", "next"]);
  assertEquals(heard([[0, "SIGTERM"], [10, "SIGTERM"], [20, "SIGHUP"]]), ["first", "copy", "next"]);
  assertEquals(heard([[0, "SIGINT"], [10, "SIGTERM"]], 4000), ["first", "next"]);
});

Deno.test("hearRequests() waits for a late copy while a wrapper may have one to pass on", () => {
  assertEquals(heard([[0, "SIGINT"], [1900, "SIGINT"]], 2000), ["first", "copy"]);
  assertEquals(heard([[0, "SIGINT"], [2100, "SIGINT"]], 2000), ["first", "next"]);
  assertEquals(heard([[0, "SIGINT"], [199, "SIGINT"], [200, "SIGINT"]], 0), [
    "first",
    "copy",
    "next",
  ]);
});

Deno.test("hearRequests() waits for a wrapper that never comes to rest no longer than 5 s", () => {
  assertEquals(heard([[0, "SIGINT"], [4900, "SIGINT"], [5100, "SIGINT"]], Infinity), [
    "first",
    "copy",
    "next",
  ]);
});
