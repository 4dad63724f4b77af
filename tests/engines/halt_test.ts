import { assert, assertEquals } from "@std/assert";
import { Trial } from "../support/engine_harness.ts";
import { SANITIZED } from "../support/sanitized.ts";
import { isAlive } from "../support/is_alive.ts";
import { SharedFolder, until } from "../support/shared_folder.ts";
import { FUNCTION_KINDS, type Kind, KINDS, openCommands } from "../support/works.ts";

/** How the jobs have ended of which was told, and whether they had started. */
function ends(trial: Trial): string[] {
  return trial.endings.map(({ kind, startedAt }) =>
    startedAt === undefined ? `${kind} unstarted` : kind
  );
}

const placesIn = (folder: SharedFolder, count: number) =>
  Array.from({ length: count }, (_, name) => ({ folder: folder.path, name }));

/** Every engine is put through each of these. */
const CLAIMS: Readonly<Record<string, (kind: Kind) => Promise<void>>> = {
  "that is halted soon lets the jobs end that run, and starts no other": async (kind) => {
    using folder = new SharedFolder();
    await using trial = new Trial(kind.open("held", { slots: 2 }), placesIn(folder, 9));
    await Promise.all([folder.noted("0"), folder.noted("1")]);
    trial.halt("soon");
    folder.open(1);
    await trial.ending(1);
    folder.open(0);
    await trial.over;
    assertEquals(await Promise.all(trial.endings.slice(0, 2).map(kind.valueOf)), [0, 1]);
    assertEquals(new Set(ends(trial).slice(2)), new Set(trial.told.length > 2 ? [UNSTARTED] : []));
    assertEquals(trial.told.toSorted(), [...trial.endings.keys()]);
    assertEquals([folder.notes.toSorted(), trial.busy.now], [["0", "1"], 0]);
  },

  "that is halted now cancels the jobs that run, and starts no other": async (kind) => {
    using folder = new SharedFolder();
    await using trial = new Trial(kind.open("held", { slots: 2 }), placesIn(folder, 9));
    await Promise.all([folder.noted("0"), folder.noted("1")]);
    trial.halt("now");
    await trial.over;
    assertEquals(ends(trial).slice(0, 2), ["cancelled", "cancelled"]);
    assertEquals(new Set(ends(trial).slice(2)), new Set(trial.told.length > 2 ? [UNSTARTED] : []));
    assertEquals(trial.told.toSorted(), [...trial.endings.keys()]);
    assertEquals([folder.notes.toSorted(), trial.busy.now], [["0", "1"], 0]);
    const [error] = new Set(trial.endings.map((ending) => "error" in ending && ending.error));
    assertEquals(error, { name: "Cancelled", message: "its task was halted" });
  },

  "that is halted now leaves jobs that have ended as they are": async (kind) => {
    using folder = new SharedFolder();
    await using trial = new Trial(kind.open("held", { slots: 2 }), placesIn(folder, 2));
    await Promise.all([folder.noted("0"), folder.noted("1")]);
    folder.open(1);
    await trial.ending(1);
    trial.halt("now");
    await trial.over;
    assertEquals(ends(trial), ["cancelled", "done"]);
    assertEquals(trial.told, [1, 0]);
  },

  "is over at once when it is halted with no jobs": async (kind) => {
    for (const when of ["soon", "now"] as const) {
      const more = Promise.withResolvers<void>();
      const inputs = async function* () {
        await more.promise;
        yield 1;
      };
      await using trial = new Trial(kind.open("double"), inputs());
      trial.halt(when);
      await trial.over;
      more.resolve();
      assertEquals([trial.told, trial.busy.now], [[], 0], when);
    }
  },

  "that was halted soon can be halted now, and disposed": async (kind) => {
    using folder = new SharedFolder();
    await using trial = new Trial(kind.open("held"), placesIn(folder, 1));
    await folder.noted("0");
    trial.halt("soon");
    trial.halt("now");
    await trial.over;
    assertEquals(ends(trial), ["cancelled"]);
  },

  "that is halted and disposed tells nothing more": async (kind) => {
    using folder = new SharedFolder();
    const trial = new Trial(kind.open("held"), placesIn(folder, 1));
    await folder.noted("0");
    trial.halt("now");
    await trial[Symbol.asyncDispose]();
    assertEquals(trial.told, []);
  },
};

const UNSTARTED = "cancelled unstarted";

for (const [claim, prove] of Object.entries(CLAIMS)) {
  for (const kind of KINDS) Deno.test(`${kind.name} ${claim}`, SANITIZED, () => prove(kind));
}

for (const kind of FUNCTION_KINDS) {
  Deno.test(
    `${kind.name} that are halted soon do the chunk that they are at, and now none of it`,
    SANITIZED,
    async () => {
      for (const [when, wanted] of [["soon", "done"], ["now", UNSTARTED]] as const) {
        using folder = new SharedFolder();
        const engine = kind.open("held", { slots: 1, chunk: 3 });
        await using trial = new Trial(engine, placesIn(folder, 9));
        await folder.noted("0");
        trial.halt(when);
        for (const name of [1, 2]) folder.open(name);
        if (when === "soon") folder.open(0);
        await trial.over;
        const first = when === "soon" ? "done" : "cancelled";
        assertEquals(ends(trial), [first, wanted, wanted]);
        assertEquals([trial.told.toSorted(), folder.notes.length], [
          [0, 1, 2],
          when === "soon" ? 3 : 1,
        ]);
      }
    },
  );
}

for (const kind of KINDS.filter(({ name }) => name !== "workers")) {
  Deno.test(
    `${kind.name} that are halted now end with all that their jobs have started`,
    SANITIZED,
    async () => {
      using folder = new SharedFolder();
      const place = { folder: folder.path };
      await using trial = new Trial(kind.open("keepsChild", { slots: 2 }), [place, place]);
      await until("both jobs", () => folder.notes.length === 2);
      const pids = folder.notes.flatMap((line) => line.split(" ").map(Number));
      assertEquals(pids.map(isAlive), [true, true, true, true]);
      trial.halt("now");
      await trial.over;
      await until("their end", () => !pids.some(isAlive));
      assertEquals(ends(trial), ["cancelled", "cancelled"]);
    },
  );
}

Deno.test(
  "Commands that are halted now kill what does not end in its grace, and who is behind it",
  SANITIZED,
  async () => {
    using folder = new SharedFolder();
    const stubborn = `trap "echo asked >> notes" TERM
    (trap "" TERM; setsid sh -c 'trap "" TERM; echo $$ >> notes; while :; do sleep 1; done') > /dev/null 2>&1 &
    while :; do sleep 0.01; done`;
    const lineOf = () => ({ argv: ["sh", "-c", stubborn] });
    await using trial = new Trial(openCommands(lineOf, { cwd: folder.path, graceMs: 200 }), [1]);
    await until("the daemon", () => folder.notes.length === 1);
    const [daemon] = folder.notes;
    const asked = performance.now();
    trial.halt("now");
    await trial.over;
    assert(performance.now() - asked >= 200);
    assertEquals([ends(trial), folder.notes], [["cancelled"], [daemon, "asked"]]);
    await until("the end of the daemon", () => !isAlive(Number(daemon)));
  },
);

Deno.test(
  "Commands that are halted now kill who is behind a command that ends when it is asked",
  SANITIZED,
  async () => {
    using folder = new SharedFolder();
    const script =
      `setsid sh -c 'trap "" TERM; echo $$ >> notes; while :; do sleep 1; done' > /dev/null 2>&1 &
    wait`;
    const lineOf = () => ({ argv: ["sh", "-c", script] });
    const options = { cwd: folder.path, graceMs: 3_600_000 };
    await using trial = new Trial(openCommands(lineOf, options), [1]);
    await until("the daemon", () => folder.notes.length === 1);
    trial.halt("now");
    await trial.over;
    await until("the end of the daemon", () => !isAlive(Number(folder.notes[0])));
    assertEquals(ends(trial), ["cancelled"]);
  },
);

Deno.test(
  "Commands that are halted now keep what a job has printed, and when it ran",
  SANITIZED,
  async () => {
    using folder = new SharedFolder();
    const script = `trap "echo last words; exit 0" TERM; echo at it; echo up >> notes
    while :; do sleep 0.01; done`;
    const lineOf = () => ({ argv: ["sh", "-c", script] });
    const before = Date.now();
    await using trial = new Trial(openCommands(lineOf, { cwd: folder.path }), [1]);
    await folder.noted("up");
    trial.halt("now");
    await trial.over;
    const { kind, startedAt = 0, durationMs = NaN, slot, output } = trial.endings[0] ?? {};
    assertEquals([kind, slot], ["cancelled", 1]);
    assert(startedAt >= before && durationMs > 0, `${startedAt}, ${durationMs} ms`);
    const pieces = await Array.fromAsync(output?.read("stdout") ?? []);
    assertEquals(await new Blob(pieces as Uint8Array<ArrayBuffer>[]).text(), "at it\nlast words\n");
  },
);

Deno.test(
  "Commands that are halted now leave a job its time-out that has run into it before",
  SANITIZED,
  async () => {
    using folder = new SharedFolder();
    const script = `trap "echo $1 >> notes" TERM; while :; do sleep 0.01; done`;
    const lineOf = (input: unknown) => ({ argv: ["sh", "-c", script, "sh", String(input)] });
    const options = { cwd: folder.path, graceMs: 500, timeout: { ms: 200 } };
    await using trial = new Trial(openCommands(lineOf, options), ["late"]);
    await folder.noted("late");
    trial.halt("now");
    await trial.over;
    assertEquals(ends(trial), ["timed-out"]);
  },
);
