import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { SpoolStore } from "../../lib/engines/spools/spool.ts";
import { SlotLimit } from "../../lib/run/task_feed.ts";
import { bytesOf, Trial } from "../support/engine_harness.ts";
import { isAlive } from "../support/is_alive.ts";
import { SharedFolder, until } from "../support/shared_folder.ts";
import { COMMAND_KINDS, HOLDS_COMMANDS, type Kind, KINDS } from "../support/works.ts";

/** Every engine is put through each of these. */
const CLAIMS: Readonly<Record<string, (kind: Kind) => Promise<void>>> = {
  "tells jobs as they end, each under its index": async (kind) => {
    using folder = new SharedFolder();
    const places = [0, 1, 2].map((name) => ({ folder: folder.path, name }));
    await using trial = new Trial(kind.open("held", { slots: 3 }), places);
    await Promise.all(places.map(({ name }) => folder.noted(String(name))));
    for (const name of [2, 1, 0]) {
      assertEquals(trial.endings[name], undefined);
      folder.open(name);
      await trial.ending(name);
    }
    await trial.over;
    assertEquals(trial.told, [2, 1, 0]);
    assertEquals(await Promise.all(trial.endings.map(kind.valueOf)), [0, 1, 2]);
  },

  "runs every job once, on no more slots than it has leave for": async (kind) => {
    using folder = new SharedFolder();
    const names = Array.from({ length: 30 }, (_, i) => i);
    const places = names.map((name) => ({ folder: folder.path, name }));
    const engine = kind.open("noted", { slots: 3, chunk: 2 });
    await using trial = new Trial(engine, places, { limit: new SlotLimit(2), window: 7 });
    await trial.over;
    assertEquals(trial.told.toSorted((a, b) => a - b), names);
    assertEquals(folder.notes.map(Number).sort((a, b) => a - b), names);
    assert(trial.busy.most <= 2, `${trial.busy.most} were busy`);
    assertEquals(trial.busy.now, 0);
  },

  "works on as many jobs at once as it has slots": async (kind) => {
    using folder = new SharedFolder();
    const places = [0, 1, 2].map((name) => ({ folder: folder.path, name }));
    await using trial = new Trial(kind.open("held", { slots: 2 }), places);
    await Promise.all([folder.noted("0"), folder.noted("1")]);
    assertEquals([folder.notes.length, trial.busy.now], [2, 2]);
    folder.open(0);
    await folder.noted("2");
    folder.open(1);
    folder.open(2);
    await trial.over;
    assertEquals(trial.busy, { now: 0, most: 2 });
  },

  "says at any time which jobs run, where and since when": async (kind) => {
    using folder = new SharedFolder();
    const places = [0, 1, 2].map((name) => ({ folder: folder.path, name }));
    const engine = kind.open("held", { slots: 2 });
    assertEquals(engine.runningJobs(), []);
    const before = Date.now();
    await using trial = new Trial(engine, places);
    const running = async (...indexes: number[]) => {
      const found = () => engine.runningJobs().map(({ index }) => index).sort();
      await until(`jobs ${indexes}`, () => String(found()) === String(indexes));
      return engine.runningJobs();
    };
    const jobs = await running(0, 1);
    const after = Date.now();
    folder.open(0);
    await running(1, 2);
    folder.open(1);
    folder.open(2);
    await trial.over;
    assertEquals(engine.runningJobs(), []);
    assertEquals(jobs.map(({ slot }) => slot), [1, 2]);
    for (const { index, input, slot, pid, startedAt } of jobs) {
      const ending = trial.endings[index];
      assertEquals([input, slot, pid], [places[index], ending?.slot, ending?.pid]);
      // Of a process it is known here only when it has said so.
      if (kind.name !== "processes") assertEquals(startedAt, ending?.startedAt);
      else {
        // What `Date.now` told was rounded down, too.
        const at = Math.floor(startedAt);
        assert(at >= before && at <= after, `started at ${startedAt}, from ${before} to ${after}`);
      }
    }
  },

  "says of jobs that were sent together only that the one runs that its slot is at": async (
    kind,
  ) => {
    using folder = new SharedFolder();
    const places = [0, 1].map((name) => ({ folder: folder.path, name }));
    const engine = kind.open("held", { slots: 1, chunk: 2 });
    await using trial = new Trial(engine, places);
    for (const name of [0, 1]) {
      await folder.noted(String(name));
      await until("the job", () => engine.runningJobs().some(({ index }) => index === name));
      assertEquals(engine.runningJobs().map(({ index }) => index), [name]);
      folder.open(name);
    }
    await trial.over;
  },

  "says that no job runs once it has been disposed of": async (kind) => {
    using folder = new SharedFolder();
    const engine = kind.open("held");
    const trial = new Trial(engine, [{ folder: folder.path, name: 0 }]);
    await until("the job", () => engine.runningJobs().length === 1);
    await trial[Symbol.asyncDispose]();
    assertEquals(engine.runningJobs(), []);
  },

  "runs nothing until it has leave": async (kind) => {
    using folder = new SharedFolder();
    const limit = new SlotLimit(1);
    assert(limit.enter(1, () => {}));
    const place = { folder: folder.path, name: "refused" };
    await using trial = new Trial(kind.open("noted"), [place], { limit });
    for (const n of [1, 2]) {
      // Others have the time to start and to end meanwhile.
      await using other = new Trial(kind.open("double"), [n]);
      await other.over;
    }
    assertEquals(folder.notes, []);
    limit.leave();
    await trial.over;
    assertEquals(folder.notes, ["refused"]);
    assertEquals(trial.busy, { now: 0, most: 1 });
  },

  "is over at once when there are no inputs": async (kind) => {
    for (const inputs of [[], later([])]) {
      await using trial = new Trial(kind.open("double"), inputs);
      await trial.over;
      assertEquals([trial.told, trial.busy.now], [[], 0]);
    }
  },

  "takes inputs as they come": async (kind) => {
    const told = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
    const inputs = async function* () {
      for (const [n, { promise }] of told.entries()) {
        yield n;
        await promise;
      }
    };
    await using trial = new Trial(kind.open("double", { slots: 2, chunk: "auto" }), inputs());
    for (const [n, { resolve }] of told.entries()) {
      await trial.ending(n);
      resolve();
    }
    await trial.over;
    assertEquals(await Promise.all(trial.endings.map(kind.valueOf)), [0, 2, 4, 6]);
    assertEquals(trial.busy.now, 0);
  },

  "stops what runs when it is disposed, and tells nothing more": async (kind) => {
    using folder = new SharedFolder();
    const places = [0, 1, 2].map((name) => ({ folder: folder.path, name }));
    const trial = new Trial(kind.open("held", { slots: 2 }), places);
    await Promise.all([folder.noted("0"), folder.noted("1")]);
    // A command may run before it is told that it does.
    const toldAtStart = COMMAND_KINDS.includes(kind) ? 2 : 0;
    await until("what is told of them", () => trial.started.length >= toldAtStart);
    await trial[Symbol.asyncDispose]();
    for (const name of [0, 1, 2]) folder.open(name);
    await using other = new Trial(kind.open("double"), [1]);
    await other.over;
    const { told, started, strays } = trial;
    assertEquals([told, strays, started.length], [[], [], toldAtStart]);
    assertEquals(folder.notes.toSorted(), ["0", "1"]);
  },

  "can be disposed before it performs, and twice": async (kind) => {
    const engine = kind.open("double");
    await engine[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
  },

  "tells of output before the job ends, and keeps every byte": async (kind) => {
    using folder = new SharedFolder();
    using store = new SpoolStore(2 ** 20);
    const path = `${folder.path}/bytes`;
    const bytes = Uint8Array.from({ length: 5 * 2 ** 20 + 1 }, (_, i) => i % 257 % 256);
    Deno.writeFileSync(path, bytes);
    const place = { folder: folder.path, name: 0, path };
    await using trial = new Trial(kind.open("printsFile", { store }), [place]);
    await folder.noted("0");
    await until("the output", () => trial.started.length === 1);
    assertEquals(trial.told, []);
    assert(store.held <= store.capacity, `${store.held} bytes in memory`);
    folder.open(0);
    await trial.over;
    const [started] = trial.started;
    assertEquals([started?.index, started?.slot, trial.started.length], [0, 1, 1]);
    const output = trial.endings[0]?.output;
    assert(output === started?.output);
    for (const stream of ["stdout", "stderr"] as const) {
      const found = await bytesOf(output, stream);
      assertEquals(found.length, bytes.length, stream);
      assert(found.every((byte, i) => byte === bytes[i]), `${stream} differs`);
    }
  },

  "traces where and how long each job ran": async (kind) => {
    const before = Date.now();
    await using trial = new Trial(kind.open("double", { slots: 2 }), [1, 2, 3, 4, 5]);
    await trial.over;
    for (const { slot, pid, startedAt = NaN, durationMs = NaN } of trial.endings) {
      assert(slot === 1 || slot === 2, `slot ${slot}`);
      assert(durationMs >= 0, `${durationMs} ms`);
      assert(Math.abs(startedAt - before) < 60_000, `started at ${startedAt}`);
      if (kind.name === "workers") assertEquals(pid, Deno.pid);
      else assert(pid !== undefined && pid !== Deno.pid, `process ${pid}`);
    }
  },
};

for (const [claim, prove] of Object.entries(CLAIMS)) {
  for (const kind of KINDS) Deno.test(`${kind.name} ${claim}`, () => prove(kind));
}

for (const kind of KINDS.filter(({ name }) => name !== "workers")) {
  Deno.test(`${kind.name} end with all that their jobs have started`, async () => {
    using folder = new SharedFolder();
    const place = { folder: folder.path };
    const trial = new Trial(kind.open("keepsChild", { slots: 2 }), [place, place]);
    await until("both jobs", () => folder.notes.length === 2);
    const pids = folder.notes.flatMap((line) => line.split(" ").map(Number));
    assertEquals(pids.map(isAlive), [true, true, true, true]);
    await trial[Symbol.asyncDispose]();
    await until("their end", () => !pids.some(isAlive));
    assertEquals(trial.told, []);
    assertNotEquals(pids[0], pids[1]);
  });
}

if (!HOLDS_COMMANDS) {
  Deno.test.ignore(
    "confined commands do all of that: start the kernel with lsm=landlock",
    () => {},
  );
}

async function* later<T>(source: Iterable<T>): AsyncGenerator<T> {
  for (const item of source) yield await Promise.resolve(item);
}
