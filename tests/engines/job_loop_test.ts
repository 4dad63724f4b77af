import { assertEquals, assertRejects } from "@std/assert";
import type { Feed, Listener } from "../../lib/engines/engine.ts";
import type { Jobs } from "../../lib/engines/consecutive_jobs.ts";
import { JobLoop, type LoopSlot } from "../../lib/engines/job_loop.ts";

class PlayedSlot implements LoopSlot {
  hasLeave = false;
  readonly given: Jobs[] = [];

  get isBusy(): boolean {
    return this.given.length > 0;
  }
}

/** A loop over two slots that take one message of two jobs each, its feed, and what happened to all in order. */
function played(jobs: number, isDry = true) {
  const slots = [new PlayedSlot(), new PlayedSlot()];
  const log: string[] = [];
  const loop = new JobLoop<PlayedSlot>({
    next: (before) => slots[before ? slots.indexOf(before) + 1 : 0],
    roomOf: ({ isBusy }) => isBusy ? 0 : 2,
    give: (slot, those) => {
      log.push(`${slots.indexOf(slot)} gets ${those.first}+${those.inputs.length}`);
      slot.given.push(those);
    },
    areIdle: () => slots.every(({ isBusy }) => !isBusy),
    halt: () => log.push("halt"),
    over: () => log.push("over"),
  }, true);
  let taken = 0;
  const feed: Feed = {
    onChange: () => {},
    get isDry() {
      return isDry && taken === jobs;
    },
    take: (max) => {
      const inputs = Array(Math.min(max, jobs - taken)).fill("in");
      const first = taken;
      taken += inputs.length;
      return inputs.length > 0 ? { first, inputs, attempt: 1 } : undefined;
    },
    enter: () => log.push("enter") > 0,
    leave: () => log.push("leave"),
  };
  const listener: Listener = {
    started: () => {},
    ended: ({ first }, endings) =>
      log.push(`told ${first} ${"times" in endings || endings[0]?.kind}`),
    printed: () => {},
    strayed: () => {},
  };
  /** The jobs of a slot have ended. */
  const end = (at: number) => {
    slots[at]?.given.pop();
    loop.run();
  };
  return { loop, slots, log, feed, over: loop.perform(feed, listener), end };
}

Deno.test("JobLoop fills the slots in their order, and gives leave back when one has nothing to do", async () => {
  const { log, over, end } = played(5);
  assertEquals(log.splice(0), ["enter", "0 gets 0+2", "enter", "1 gets 2+2"]);
  end(1);
  end(0);
  assertEquals(log.splice(0), ["1 gets 4+1", "leave"]);
  end(1);
  await over;
  assertEquals(log, ["enter", "leave", "leave", "over"]);
});

Deno.test("JobLoop has jobs that were given back go first, and no more at once than a slot has room for", () => {
  const { loop, log, slots, end } = played(5);
  log.splice(0);
  slots[0]?.given.pop();
  loop.giveBack({ first: 7, inputs: [1, 2, 3], attempt: 2 });
  loop.run();
  end(1);
  assertEquals(log, ["0 gets 7+2", "1 gets 9+1"]);
});

Deno.test("JobLoop cancels what has no slot when it is halted, and what comes back then", async () => {
  const { loop, log, over, end } = played(4);
  assertEquals(loop.hasJobs(1), false);
  loop.giveBack({ first: 9, inputs: [1], attempt: 1 });
  log.splice(0);
  loop.halt("now");
  loop.giveBack({ first: 2, inputs: [1], attempt: 1 });
  assertEquals(log.splice(0), ["told 9 cancelled", "halt", "told 2 cancelled"]);
  end(0);
  end(1);
  await over;
});

Deno.test("JobLoop goes through the slots again when something changes meanwhile, and not deeper", async () => {
  const { loop, slots, log, feed, over } = played(0, false);
  let depth = 0;
  let most = 0;
  let left = 1000;
  feed.take = () => {
    most = Math.max(most, ++depth);
    if (left-- > 0) feed.onChange();
    depth--;
    return undefined;
  };
  log.splice(0);
  loop.run();
  assertEquals([most, left < 0, slots.some(({ hasLeave }) => hasLeave)], [1, true, false]);
  loop.end(new Error("no slot starts"));
  await assertRejects(() => over, Error, "no slot starts");
});

Deno.test("JobLoop asks for no leave that another of its slots holds with nothing to do", () => {
  const { feed, log, loop } = played(0, false);
  let free = 1;
  let refused = 0;
  const waiting: (() => void)[] = [];
  Object.assign(feed, {
    enter: () => {
      if (free === 0) {
        refused++;
        waiting.push(feed.onChange);
        return false;
      }
      free--;
      return true;
    },
    leave: () => {
      free++;
      waiting.pop()?.();
    },
  });
  log.length = 0;
  loop.run();
  assertEquals([free, refused], [1, 0]);
});
