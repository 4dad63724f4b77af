import { assert, assertEquals, assertRejects } from "@std/assert";
import { QueueEngine } from "../../../lib/engines/queue/queue_engine.ts";
import { QueueRun } from "../../../lib/engines/queue/queue_run.ts";
import type { QueueNews } from "../../../lib/events.ts";
import { Fault } from "../../../lib/fault.ts";
import type { Task } from "../../../lib/job.ts";
import { engineTrial, textOf, Trial, type TrialOptions } from "../../support/engine_harness.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { MemoryQueue } from "../../support/memory_queue.ts";
import {
  doneItem,
  type Given,
  type HostTraits,
  ScriptedHost,
} from "../../support/scripted_host.ts";
import { until } from "../../support/shared_folder.ts";

/** A run at a queue in memory, by a clock that stands still. */
class QueueTrial implements AsyncDisposable {
  readonly server = new MemoryQueue();
  readonly clock = new FakeClock();
  readonly news: QueueNews[] = [];
  run!: QueueRun;
  engine!: QueueEngine;
  trial!: Trial;

  static async open(
    inputs: Iterable<unknown> | AsyncIterable<unknown>,
    rules: Partial<Task> = {},
    { hosts = [{}], ...options }: TrialOptions & {
      readonly hosts?: readonly (HostTraits & { readonly onGiven?: (given: Given) => void })[];
    } = {},
  ): Promise<[QueueTrial, ...ScriptedHost[]]> {
    const trial = new QueueTrial();
    const { server, clock, news } = trial;
    const joined: ScriptedHost[] = [];
    for (const { onGiven, ...host } of hosts) {
      joined.push(await ScriptedHost.join(server, host, onGiven));
    }
    trial.run = await QueueRun.open({
      ...{ broker: server, runId: "run-1", name: "trial", from: "here", clock },
      ...{ tasks: [], bundles: new Map(), tell: (told) => news.push(told) },
    });
    const [task, engineRun] = engineTrial();
    trial.engine = new QueueEngine({ ...task, ...rules }, { ...engineRun, clock }, trial.run);
    trial.trial = new Trial(trial.engine, inputs, options);
    return [trial, ...joined];
  }

  /** Resolves when hosts have been looked at once more. */
  async look(): Promise<void> {
    await until("a timer", () => this.clock.timers > 0);
    this.clock.pass(1000);
    await new Promise((goOn) => setTimeout(goOn));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.trial[Symbol.asyncDispose]();
    const closed = this.run[Symbol.asyncDispose]();
    await new Promise((goOn) => setTimeout(goOn));
    // What a test has left at a host is waited for no longer.
    this.clock.pass(100_000);
    await closed;
  }
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const twice = (input: unknown) => Number(input) * 2;
const doublesAll = (given: Given) => void given.doAll(twice);

Deno.test("QueueEngine sends jobs in slices that grow, and gives their values in input order", async () => {
  const [queue, host] = await QueueTrial.open(numbers(50_000), {}, {
    hosts: [{ onGiven: doublesAll }],
  });
  await using _ = queue;
  await queue.trial.over;
  assertEquals(queue.trial.values, numbers(50_000).map(twice));
  assertEquals(queue.trial.told.length, 50_000);
  assertEquals(queue.trial.busy.now, 0);
  const sizes = host?.given.map(({ inputs }) => inputs.length) ?? [];
  assertEquals(sizes[0], 1);
  assert(Math.max(...sizes) > 50, `${sizes}`);
});

Deno.test("QueueEngine has jobs in flight for four slices before a host is known, and then for twice as many as slots", async () => {
  const [queue] = await QueueTrial.open(numbers(100), {}, { hosts: [] });
  await using _ = queue;
  await until("slices", () => queue.server.slices.length === 4);
  await ScriptedHost.join(queue.server, { slots: 5 });
  await queue.look();
  await until("slices", () => queue.server.slices.length === 12);
});

Deno.test("QueueEngine has no more slices in flight than a task has jobs at a time", async () => {
  const [queue, host] = await QueueTrial.open(numbers(20), { most: 2 }, {
    hosts: [{ slots: 8, onGiven: () => {} }],
  });
  await using _ = queue;
  await host?.at(1);
  await queue.look();
  assertEquals(queue.server.slices.length, 2);
  if (host) host.onGiven = doublesAll;
  for (const given of host?.given ?? []) doublesAll(given);
  await queue.trial.over;
  assertEquals(queue.trial.values, numbers(20).map(twice));
});

Deno.test("QueueEngine drops reports of older deliveries, and those that come again", async () => {
  const [queue, host] = await QueueTrial.open([7], {}, { hosts: [{ slots: 1, capacity: 9 }] });
  await using _ = queue;
  const first = await host?.at(0);
  queue.server.redeliver("h1");
  const second = await host?.at(1);
  assertEquals(second?.delivery.number, 2);
  await second?.report([]);
  await first?.done(0, ["of the first"], { isLast: true });
  assertEquals(queue.trial.told, []);
  await second?.done(0, ["of the second"], { isLast: true });
  second?.end();
  await queue.trial.over;
  await second?.done(0, ["again"], { number: 1, isLast: true });
  assertEquals(queue.trial.values, ["of the second"]);
  assertEquals(queue.trial.told, [0]);
  await queue[Symbol.asyncDispose]();
  assertEquals(queue.news, [{ kind: "repeated", jobs: 2 }]);
});

Deno.test("QueueEngine commits a job once, though a later delivery tells of it again", async () => {
  const [queue, host] = await QueueTrial.open(numbers(2), { chunk: 1 }, {
    hosts: [{ capacity: 9 }],
  });
  await using _ = queue;
  const first = await host?.at(0);
  await first?.done(0, ["early"]);
  assertEquals(queue.trial.told, [0]);
  queue.server.redeliver("h1");
  const again = await until("both again", () => host?.given.length === 4).then(() => host?.given);
  for (const given of again?.slice(2) ?? []) await given.doAll(twice);
  await queue.trial.over;
  assertEquals(queue.trial.values, ["early", 2]);
});

Deno.test("QueueEngine sends again what is unfinished where a report is missing", async () => {
  const [queue, host] = await QueueTrial.open([1], {});
  await using _ = queue;
  const given = await host?.at(0);
  await given?.done(0, ["lost"], { number: 1 });
  assertEquals(queue.trial.told, []);
  given?.end();
  const again = await host?.at(1);
  assertEquals(again?.inputs, [1]);
  await again?.doAll(twice);
  await queue.trial.over;
  assertEquals(queue.trial.values, [2]);
});

Deno.test("QueueEngine tells of output when its job has ended, and drops that of a delivery that was lost", async () => {
  const [queue, host] = await QueueTrial.open([1], {}, { hosts: [{ capacity: 9 }] });
  await using _ = queue;
  const write = (given: Given | undefined, text: string) => {
    const bytes = new TextEncoder().encode(text);
    return given?.report([{ kind: "output", at: 0, stream: "stdout", bytes }]);
  };
  const first = await host?.at(0);
  await write(first, "of the first");
  queue.server.redeliver("h1");
  const second = await host?.at(1);
  await write(second, "of the ");
  await write(second, "second");
  assertEquals(queue.trial.started, []);
  const ending = { kind: "done", value: 3, agoMs: 50, durationMs: 40, slot: 2, pid: 9 } as const;
  const before = Date.now();
  await second?.report([{ kind: "ended", at: 0, ending }], { isLast: true });
  await queue.trial.over;
  const [started] = queue.trial.started;
  const [told] = queue.trial.endings;
  assert(told?.output === started?.output);
  const tapped: string[] = [];
  started?.output.tap((stream, bytes) => tapped.push(stream, new TextDecoder().decode(bytes)));
  assertEquals(tapped, ["stdout", "of the second"]);
  assertEquals(await textOf(told?.output), "of the second");
  const { startedAt = 0, output: __, ...rest } = told ?? {};
  assertEquals(rest as unknown, {
    ...{ kind: "done", value: 3, durationMs: 40, slot: 1, pid: 9, host: "h1" },
  });
  assert(startedAt >= before - 50 && startedAt <= Date.now() - 50);
});

Deno.test("QueueEngine drops what a job has written that runs again in another slot of its host", async () => {
  const [queue, host] = await QueueTrial.open([1], {}, { hosts: [{ capacity: 9 }] });
  await using _ = queue;
  const output = (text: string) => {
    const bytes = new TextEncoder().encode(text);
    return { kind: "output", at: 0, stream: "stdout", bytes } as const;
  };
  const given = await host?.at(0);
  await given?.report([output("of the slot that was lost")]);
  const ending = { kind: "done", value: 3, agoMs: 50, durationMs: 40, slot: 2 } as const;
  const again = { kind: "again", at: 0 } as const;
  await given?.report([again, output("of the other"), { kind: "ended", at: 0, ending }], {
    isLast: true,
  });
  await queue.trial.over;
  assertEquals(await textOf(queue.trial.endings[0]?.output), "of the other");
});

Deno.test("QueueEngine numbers the slots of hosts in the order in which they are seen", async () => {
  const [queue, one, two] = await QueueTrial.open(numbers(3), { most: 1 }, {
    hosts: [{ name: "a", slots: 1 }, { name: "b", slots: 1 }],
  });
  await using _ = queue;
  const ending = (slot: number) =>
    ({ kind: "done", value: slot, agoMs: 1, durationMs: 1, slot }) as const;
  for (const slot of [7, 3, 7]) {
    const all = () => [one, two].flatMap((host) => host?.given ?? []);
    const open = new Set<Given>();
    await until("a slice", () => {
      for (const given of all()) open.add(given);
      return all().length > queue.trial.told.length;
    });
    const given = all().find(({ inputs: [input] }) => input === queue.trial.told.length);
    await given?.report([{ kind: "ended", at: 0, ending: ending(slot) }], { isLast: true });
    given?.end();
  }
  await queue.trial.over;
  const seen = queue.trial.endings.map(({ host, slot }) => [host, slot]);
  assertEquals(seen[0]?.[1], 1);
  assertEquals(seen[1]?.[1], 2);
  assertEquals(seen[2]?.[0] === seen[0]?.[0] ? seen[2]?.[1] : 3, seen[2]?.[1]);
});

Deno.test("QueueEngine has another host do what one refuses, and tells of each reason once", async () => {
  const [queue, no, yes] = await QueueTrial.open(numbers(6), { most: 2 }, {
    hosts: [
      { name: "no", slots: 1, onGiven: (given) => void given.refuse("it serves no task", true) },
      { name: "yes", slots: 1, onGiven: doublesAll },
    ],
  });
  await using _ = queue;
  while (queue.trial.told.length < 6) await queue.look();
  await queue.trial.over;
  assertEquals(queue.trial.values, numbers(6).map(twice));
  assert(no && yes && no.given.length > 0);
  const told = { kind: "refused", task: "trial", host: "no", reason: "it serves no task" };
  assertEquals(queue.news as unknown, [told]);
});

Deno.test("QueueEngine ends with the reasons of all hosts when each refuses the task for good", async () => {
  const refuses = (reason: string) => (given: Given) => void given.refuse(reason, true);
  const [queue] = await QueueTrial.open(numbers(6), {}, {
    hosts: [
      { name: "a", slots: 1, onGiven: refuses("module ./a.ts was changed") },
      { name: "b", slots: 1, onGiven: refuses("it serves no bundles") },
    ],
  });
  await using _ = queue;
  const found = await assertRejects(() => queue.trial.over, Fault);
  assert(found.message.includes('host "a": module ./a.ts was changed'), found.message);
  assert(found.message.includes('host "b": it serves no bundles'), found.message);
});

Deno.test("QueueEngine sends the jobs of a slice singly that was delivered three times, and has one die that was, too", async () => {
  const refused: number[] = [];
  const [queue, host] = await QueueTrial.open(numbers(40), {}, { hosts: [{ capacity: 99 }] });
  await using _ = queue;
  const [server, trial] = [queue.server, queue.trial];
  if (!host) return;
  host.onGiven = (given) => {
    const { inputs, delivery: { number, head } } = given;
    if (!inputs.includes(13)) return doublesAll(given);
    if (number < 3) return queueMicrotask(() => server.redeliver("h1"));
    refused.push(head.parts.length === 1 ? inputs.length : 0);
    given.refuse("two hosts were lost", false);
  };
  for (const given of host.given) host.onGiven(given);
  await trial.over;
  const { endings } = trial;
  assertEquals(endings[13]?.kind, "died");
  const others = endings.filter(({ kind }) => kind === "done");
  assertEquals(others.length, 39);
  assertEquals(refused.at(-1), 1);
});

Deno.test("QueueEngine has only that job die which hosts are lost with when no other suspect is sent", async () => {
  const [queue, host] = await QueueTrial.open(numbers(8), {}, { hosts: [{ capacity: 99 }] });
  await using _ = queue;
  if (!host) return;
  // All that is at the host is lost with it, as long as job 3 is there and has not been refused.
  host.onGiven = async (given) => {
    const { number } = given.delivery;
    if (number >= 3) return await given.refuse("two hosts were lost", false);
    // What comes together is there together.
    await new Promise((goOn) => setTimeout(goOn));
    const killer = host.given.find(({ inputs, delivery }) =>
      inputs.includes(3) && delivery.number < 3 && !seen.has(delivery)
    );
    if (!killer) return doublesAll(given);
    if (killer === given) {
      seen.add(given.delivery);
      for (const other of host.given) seen.add(other.delivery);
      queue.server.redeliver("h1");
    }
  };
  const seen = new Set<unknown>();
  for (const given of host.given) host.onGiven(given);
  await queue.trial.over;
  const kinds = queue.trial.endings.map(({ kind }) => kind);
  assertEquals(kinds, numbers(8).map((n) => n === 3 ? "died" : "done"));
});

Deno.test("QueueEngine does not go on sending what hosts were lost with, however slow it is", async () => {
  const hosts = [{ name: "a", slots: 1 }, { name: "b", slots: 1 }];
  const [queue, ...joined] = await QueueTrial.open([1], {}, { hosts });
  await using _ = queue;
  let deliveries = 0;
  for (const host of joined) {
    host.onGiven = async (given) => {
      if (++deliveries > 9) return doublesAll(given);
      if (given.delivery.number >= 3) return await given.refuse("two hosts were lost", false);
      // The other host is sent it, too, when it is slow.
      const start = Date.now();
      await until("that it is slow", () => Date.now() - start > 1000);
      queue.clock.pass(1000);
      await until("that others could have it", () => Date.now() - start > 1100);
      queue.server.redeliver(host.name);
    };
    for (const given of host.given) host.onGiven(given);
  }
  await queue.trial.over;
  assertEquals(queue.trial.endings.map(({ kind }) => kind), ["died"]);
});

Deno.test("QueueEngine ends with the fault that a host tells", async () => {
  const [queue, host] = await QueueTrial.open([1]);
  await using _ = queue;
  const given = await host?.at(0);
  await given?.report([{ kind: "fault", message: "Cannot start", hint: "do it" }]);
  given?.end();
  const fault = await assertRejects(() => queue.trial.over, Fault, "Cannot start");
  assertEquals(fault.mistakes[0]?.hint, "do it");
});

Deno.test("QueueEngine drops what is no report, says so, and has a job die of which nothing else is told", async () => {
  const bad = [
    { items: new Uint8Array([1, 2, 3]) },
    [{ kind: "done", at: 0, values: [1], times: Float64Array.of(1), slot: 1 }],
    [{ kind: "ended", at: 5, ending: { kind: "done", agoMs: 1, durationMs: 1, slot: 1 } }],
    [{ kind: "constructor" }],
  ];
  const [queue, host] = await QueueTrial.open([1]);
  await using _ = queue;
  for (const [i, what] of bad.entries()) {
    const given = await host?.at(i);
    if (Array.isArray(what)) await given?.report(what as never, { isLast: true });
    else await given?.report([], { ...what, isLast: true });
    given?.end();
  }
  await queue.trial.over;
  assertEquals(queue.trial.endings[0]?.kind, "died");
  assertEquals(queue.news.map(({ kind }) => kind), bad.map(() => "misreported"));
});

Deno.test("QueueEngine has a job die that a host leaves again and again without telling why, and says so", async () => {
  const [queue, host] = await QueueTrial.open([1]);
  await using _ = queue;
  for (const i of [0, 1, 2, 3]) {
    const given = await host?.at(i);
    await given?.report([], { isLast: true });
    given?.end();
  }
  await queue.trial.over;
  assertEquals(queue.trial.endings[0]?.kind, "died");
  const reason = "it leaves jobs of a slice without telling why";
  assertEquals(queue.news, [{ kind: "misreported", host: "h1", reason }]);
});

Deno.test("QueueEngine believes no host that has cancelled a job unasked, and tells it once", async () => {
  const [queue, host] = await QueueTrial.open([1]);
  await using _ = queue;
  const error = { name: "E", message: "no" };
  for (const i of [0, 1]) {
    const given = await host?.at(i);
    const ending = { kind: "cancelled", error } as const;
    await given?.report([{ kind: "ended", at: 0, ending }], { isLast: true });
    given?.end();
  }
  await (await host?.at(2))?.doAll(twice);
  await queue.trial.over;
  assertEquals(queue.trial.values, [2]);
  const reason = "it has cancelled a job that it was not told to";
  assertEquals(queue.news, [{ kind: "misreported", host: "h1", reason }]);
});

Deno.test("QueueEngine sends again what is gone from the server, once all is told that is there", async () => {
  const [queue, host] = await QueueTrial.open([1], {}, { hosts: [{ capacity: 9 }] });
  await using _ = queue;
  const given = await host?.at(0);
  queue.server.loseSlice(given?.delivery.head.id ?? "");
  queue.server.interrupt("it was stopped");
  await (await host?.at(1))?.doAll(twice);
  await queue.trial.over;
  assertEquals(queue.trial.values, [2]);
  assertEquals(queue.news, [
    { kind: "unreachable", reason: "it was stopped" },
    { kind: "reachable" },
  ]);
});

Deno.test("QueueEngine sends nothing again that is gone because it is done, and waits to be told", async () => {
  const [queue, host] = await QueueTrial.open([1], {}, { hosts: [{ capacity: 9 }] });
  await using _ = queue;
  queue.server.holdsReports = true;
  await (await host?.at(0))?.doAll(twice);
  await until("that the slice is gone", () => queue.server.slices.length === 0);
  assertEquals(queue.trial.told, []);
  queue.server.interrupt("it was stopped");
  await queue.trial.over;
  assertEquals([queue.trial.values, host?.given.length], [[2], 1]);
});

Deno.test("QueueEngine sends all anew to a server that has lost its data", async () => {
  const [queue, host] = await QueueTrial.open(numbers(3), {}, { hosts: [{ capacity: 9 }] });
  await using _ = queue;
  const first = await host?.at(2);
  queue.server.loseData();
  for (const at of [3, 4, 5]) await (await host?.at(at))?.doAll(twice);
  await first?.done(0, ["late"]);
  await queue.trial.over;
  assertEquals(queue.trial.values, [0, 2, 4]);
  assertEquals(queue.news, [{ kind: "data-lost" }]);
});

Deno.test("QueueEngine sends what is left of a slow slice a second time to an idle host, and takes what ends first", async () => {
  const [queue, slow] = await QueueTrial.open([1], {}, { hosts: [{ name: "slow", slots: 1 }] });
  await using _ = queue;
  await slow?.at(0);
  const fast = await ScriptedHost.join(queue.server, { name: "fast", slots: 1 });
  const start = Date.now();
  await until("a second sending", () => {
    queue.clock.pass(1000);
    return fast.given.length > 0;
  });
  assert(Date.now() - start >= 1000);
  await fast.given[0]?.doAll(() => "fast");
  await queue.trial.over;
  await slow?.given[0]?.doAll(() => "slow");
  assertEquals(queue.trial.values, ["fast"]);
  assertEquals(queue.trial.told, [0]);
});

Deno.test("QueueEngine has a job die whose host was lost and that is never started twice", async () => {
  const [queue, host] = await QueueTrial.open(numbers(2), { twice: "never" }, {
    hosts: [{ capacity: 9 }],
  });
  await using _ = queue;
  await (await host?.at(0))?.doAll(twice);
  await host?.at(1);
  queue.server.redeliver("h1");
  const again = await host?.at(2);
  await again?.report([]);
  again?.end();
  await queue.trial.over;
  assertEquals(queue.trial.endings.map(({ kind }) => kind), ["done", "died"]);
});

Deno.test("QueueEngine takes back what waits when it is halted, and has hosts end what runs", async () => {
  for (const when of ["soon", "now"] as const) {
    const [queue, host] = await QueueTrial.open(numbers(50), {}, { hosts: [{ slots: 1 }] });
    await using _ = queue;
    const given = await host?.at(0);
    queue.trial.halt(when);
    await until("cancelled jobs", () => queue.trial.told.length === 3);
    assertEquals(queue.server.slices.length, 1);
    assertEquals(
      queue.server.orders.map(({ halted }) => halted),
      when === "now" ? [["trial"]] : [],
    );
    if (when === "soon") await given?.doAll(twice);
    else {
      const error = { name: "Cancelled", message: "its task was halted" };
      const ending = { kind: "cancelled", error, agoMs: 9, durationMs: 9, slot: 1 } as const;
      await given?.report([{ kind: "ended", at: 0, ending }], { isLast: true });
      given?.end();
    }
    await queue.trial.over;
    const [first] = queue.trial.endings;
    assertEquals(first?.kind, when === "soon" ? "done" : "cancelled");
    assertEquals(first?.host, "h1");
    assertEquals(queue.trial.busy.now, 0);
  }
});

Deno.test("QueueEngine waits for no host that is lost when its task is halted", async () => {
  const [queue, host] = await QueueTrial.open(numbers(3), {}, { hosts: [{ slots: 1 }] });
  await using _ = queue;
  const given = await host?.at(0);
  queue.trial.halt("now");
  for (let i = 0; i < 40 && queue.trial.endings[0] === undefined; i++) await queue.look();
  await queue.trial.over;
  given?.end();
  assertEquals(queue.trial.endings.map(({ kind }) => kind), [
    "cancelled",
    "cancelled",
    "cancelled",
  ]);
});

Deno.test("QueueEngine fails a job alone whose input is too large for the server", async () => {
  const inputs = numbers(60).map((i) => i === 41 ? "x".repeat(5000) : `${i}`);
  const [queue] = await QueueTrial.open(inputs, {}, {
    hosts: [{ onGiven: (given) => void given.doAll() }],
  });
  await using _ = queue;
  queue.server.mostBytes = 1000;
  await queue.trial.over;
  const kinds = queue.trial.endings.map(({ kind }) => kind);
  assertEquals(kinds.filter((kind) => kind === "done").length, 59);
  const failed = queue.trial.endings[41];
  assert(failed?.kind === "failed" && failed.error.name === "TooLarge");
});

Deno.test("QueueEngine fails a job alone whose input cannot leave this machine", async () => {
  const { Lock } = await import("../../../lib/sync/permits.ts");
  const inputs = [1, () => 2, new SharedArrayBuffer(8), { list: [new Lock()] }, 5];
  const [queue] = await QueueTrial.open(inputs, {}, {
    hosts: [{ onGiven: (given) => void given.doAll() }],
  });
  await using _ = queue;
  await queue.trial.over;
  assertEquals(queue.trial.values, [
    1,
    "failed: input is a function",
    "failed: input is shared memory: only Workers share it, processes do not",
    "failed: input.list[0] is a Lock, which is shared on one machine, and not with hosts of a queue",
    5,
  ]);
});

Deno.test("QueueEngine tells that it waits for a host, once", async () => {
  const [queue] = await QueueTrial.open([1], {}, { hosts: [] });
  await using _ = queue;
  for (let i = 0; i < 9; i++) await queue.look();
  assertEquals(queue.news, [{ kind: "no-host" }]);
});

Deno.test("QueueEngine passes columns on as they come", async () => {
  const [queue, host] = await QueueTrial.open(numbers(5), {}, {
    hosts: [{
      onGiven: (given) => {
        const values = Float64Array.from(given.inputs as number[]);
        const item = { ...doneItem(0, given.inputs), values };
        void given.report([item], { isLast: true });
        given.end();
      },
    }],
  });
  await using _ = queue;
  await queue.trial.over;
  assertEquals(queue.trial.values, numbers(5));
  assert(host);
});
