import { assertEquals } from "@std/assert";
import { settle } from "../support/gate.ts";
import { halted } from "../support/held_engine.ts";
import { held } from "../support/held_run.ts";
import { SANITIZED } from "../support/sanitized.ts";

const HOUR = 3_600_000;

Deno.test(
  "run() that is halted ends a job that waits for another attempt as its last one did",
  SANITIZED,
  async () => {
    const retries = { times: 2, backoffMs: HOUR, factor: 1, maxMs: HOUR, jitter: 0 };
    for (const when of ["soon", "now"] as const) {
      const { outcomes, engine } = held([
        halted("a", ["x", "y"], when, ["success", 1], { retries }),
      ]);
      const all = Array.fromAsync(outcomes);
      await settle();
      engine("a").failed(0);
      engine("a").done(1, "done");
      const [x, y] = await all;
      assertEquals([x?.kind, x?.attempts, x?.input], ["failed", 1, "x"], when);
      assertEquals([y?.kind, y?.attempts], ["done", 1], when);
    }
  },
);

Deno.test(
  "run() that is halted ends a job as its last attempt did of which the next has not started",
  SANITIZED,
  async () => {
    const retries = { times: 1, backoffMs: 0, factor: 1, maxMs: 0, jitter: 0 };
    const { outcomes, engine, events } = held([
      halted("a", ["x", "y", "z"], "soon", ["success", 1], { retries, slots: 3 }),
    ]);
    const all = Array.fromAsync(outcomes);
    await settle();
    engine("a").failed(0);
    engine("a").done(1, "done");
    engine("a").cancelled(0, false);
    engine("a").cancelled(2, false);
    assertEquals((await all).map(({ kind, attempts, input }) => [kind, attempts, input]), [
      ["failed", 1, "x"],
      ["done", 1, "y"],
      ["cancelled", 0, "z"],
    ]);
    const ended = events.find((event) => event.kind === "task-ended");
    assertEquals([ended?.counts.failed, ended?.counts.cancelled], [1, 1]);
  },
);

Deno.test(
  "run() tries no job again once it is halted, and counts no attempt but the last",
  SANITIZED,
  async () => {
    const retries = { times: 1, backoffMs: 0, factor: 1, maxMs: 0, jitter: 0 };
    const { outcomes, engine } = held([halted("a", ["x", "y"], "soon", ["fail", 1], { retries })]);
    const all = Array.fromAsync(outcomes);
    await settle();
    engine("a").failed(0);
    assertEquals([engine("a").halted, engine("a").attempts.get(0)], [undefined, 2]);
    engine("a").failed(0);
    assertEquals(engine("a").halted, "soon");
    engine("a").failed(1);
    assertEquals((await all).map(({ kind, attempts }) => [kind, attempts]), [
      ["failed", 2],
      ["failed", 1],
    ]);
  },
);
