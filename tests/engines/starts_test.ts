import { assertEquals } from "@std/assert";
import { ChunkSizer } from "../../lib/engines/kept/chunk_sizer.ts";
import { Trial } from "../support/engine_harness.ts";
import { linkAt, playedEngine } from "../support/fake_links.ts";
import { SANITIZED } from "../support/sanitized.ts";
import { until } from "../support/shared_folder.ts";

/** Numbers of which it is known how many were taken. */
function counted(count: number) {
  const taken = { count: 0 };
  const inputs = function* () {
    for (let n = 0; n < count; n++) {
      taken.count++;
      yield n;
    }
  };
  return { taken, inputs: inputs() };
}

Deno.test(
  "ChunkSizer sends one job alone where it must start at once, whatever the chunk and however short",
  SANITIZED,
  () => {
    for (const chunk of [7, "auto"] as const) {
      const pace = new ChunkSizer({ chunk, slots: 1, delayMs: 0 });
      for (let i = 0; i < 9; i++) {
        assertEquals([pace.size, pace.batches], [1, 1]);
        pace.learn(1, 0.001);
      }
    }
  },
);

Deno.test(
  "SlotsEngine takes no job that must start at once before a slot is ready for it",
  SANITIZED,
  async () => {
    const { taken, inputs } = counted(2);
    const { engine, links } = playedEngine({ chunk: 5, delayMs: 0 });
    await using trial = new Trial(engine, inputs);
    assertEquals([links.length, taken.count], [1, 0]);
    const link = linkAt(links);
    link.ready();
    assertEquals([link.sent, taken.count], [[[0]], 1]);
    link.done(0, { tookMs: 0.001 });
    assertEquals([link.sent, taken.count], [[[0], [1]], 2]);
    link.done(1);
    await trial.over;
    assertEquals(trial.told, [0, 1]);
  },
);

Deno.test(
  "SlotsEngine takes a job that must start at once only for a slot that has nothing to do",
  SANITIZED,
  async () => {
    const { taken, inputs } = counted(9);
    const { engine, links } = playedEngine({ slots: 2, delayMs: 0 });
    await using _trial = new Trial(engine, inputs);
    linkAt(links).ready();
    linkAt(links).done(0, { tookMs: 0.001 });
    assertEquals([linkAt(links).sent, taken.count], [[[0], [1]], 2]);
    await until("another slot", () => links.length === 2);
    assertEquals(taken.count, 2);
    linkAt(links, 1).ready();
    assertEquals([linkAt(links, 1).sent, taken.count], [[[2]], 3]);
  },
);

Deno.test(
  "SlotsEngine is over when a slot is ready and there turn out to be no jobs that must start at once",
  SANITIZED,
  async () => {
    const { engine, links } = playedEngine({ delayMs: 0 });
    const none = async function* () {};
    await using trial = new Trial(engine, none());
    linkAt(links).ready();
    await trial.over;
    assertEquals([trial.told, linkAt(links).sent], [[], []]);
  },
);

Deno.test(
  "SlotsEngine has another slot do a job at once that was lost with one",
  SANITIZED,
  async () => {
    const { taken, inputs } = counted(2);
    const { engine, links } = playedEngine({ delayMs: 0 });
    await using trial = new Trial(engine, inputs);
    linkAt(links).ready();
    linkAt(links).dies();
    linkAt(links, 1).ready();
    assertEquals([linkAt(links, 1).sent, taken.count], [[[0]], 1]);
    linkAt(links, 1).done(0);
    linkAt(links, 1).done(1);
    await trial.over;
    assertEquals(trial.told, [0, 1]);
  },
);
