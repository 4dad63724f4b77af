import { assertEquals } from "@std/assert";
import { Queue } from "../../lib/sync/queue.ts";
import type { ErrorRecord } from "../../lib/job.ts";
import { Trial } from "../support/engine_harness.ts";
import { CLONED, described, made, madeInside, PARTS, REFUSED } from "../support/travellers.ts";
import { FUNCTION_KINDS, type FunctionKind } from "../support/works.ts";

const names = Object.keys(CLONED);
const partNames = Object.keys(PARTS);

/** What comes of jobs of one of the functions there. */
async function jobs(kind: FunctionKind, name: string, inputs: readonly unknown[], chunk = 1) {
  const run = { module: import.meta.resolve("../support/travellers.ts"), path: [name] };
  await using trial = new Trial(kind.openFunction("", { run, chunk }), inputs);
  await trial.over;
  return { values: trial.values, endings: trial.endings };
}

/** By name, what can be seen of the clones of values, where they stand for themselves. */
function clones(): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, described(structuredClone(made(name)))]));
}

/** By name, what can be seen of parts that are all of their buffers. */
function ownParts(): Record<string, string> {
  return Object.fromEntries(partNames.map((name) => {
    const view = PARTS[name]!();
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
    const own = view instanceof Uint16Array
      ? new Uint16Array(bytes.buffer)
      : view instanceof DataView
      ? new DataView(bytes.buffer)
      : bytes;
    return [name, described(own)];
  }));
}

const byName = (all: readonly string[], values: readonly unknown[]) =>
  Object.fromEntries(all.map((name, i) => [name, values[i]]));

for (const kind of FUNCTION_KINDS) {
  const to = kind.name === "workers" ? "worker" : "process";
  const refused = Object.entries(REFUSED).flatMap(([name, { make, [to]: why }]) =>
    why === undefined ? [] : [{ name, make, why }]
  );
  const passing = Object.keys(REFUSED).filter((name) => REFUSED[name]?.[to] === undefined);

  for (const chunk of [1, 100]) {
    Deno.test(`${kind.name} are given inputs as their clones are, in chunks of ${chunk}`, async () => {
      const { values } = await jobs(kind, "described", names.map(made), chunk);
      assertEquals(byName(names, values), clones());
    });

    Deno.test(`${kind.name} give results as their clones are, in chunks of ${chunk}`, async () => {
      const { values } = await jobs(kind, "made", names, chunk);
      assertEquals(byName(names, values.map(described)), clones());
    });

    Deno.test(`${kind.name} pass views that are alone on buffers of their own, in chunks of ${chunk}`, async () => {
      const given = await jobs(kind, "described", partNames.map(made), chunk);
      assertEquals(byName(partNames, given.values), ownParts());
      const got = await jobs(kind, "made", partNames, chunk);
      assertEquals(byName(partNames, got.values.map(described)), ownParts());
    });

    Deno.test(`${kind.name} fail inputs and results that cannot pass by their paths, in chunks of ${chunk}`, async () => {
      const inputs = await jobs(
        kind,
        "described",
        refused.flatMap(({ make }) => [make(), { a: [make()] }, 1]),
        chunk,
      );
      const results = await jobs(kind, "made", refused.map(({ name }) => name), chunk);
      // A function that returns a promise returns what that comes to.
      const isAwaited = (name: string) => name === "Promise";
      const inside = await jobs(kind, "madeInside", refused.map(({ name }) => name), chunk);
      refused.forEach(({ name, why }, i) => {
        assertEquals(
          [
            ...inputs.values.slice(i * 3, i * 3 + 3),
            ...isAwaited(name) ? [] : [results.values[i]],
            inside.values[i],
          ],
          [
            `failed: input ${why}`,
            `failed: input.a[0] ${why}`,
            "1",
            ...isAwaited(name) ? [] : [`failed: result ${why}`],
            `failed: result.a[0] ${why}`,
          ],
          name,
        );
      });
    });
  }

  Deno.test(`${kind.name} pass on what only Workers can, if they are Workers`, async () => {
    const inputs = await jobs(kind, "described", passing.map(madeInside));
    const results = await jobs(kind, "madeInside", passing);
    const wanted = passing.map((name) => described(structuredClone(madeInside(name))));
    assertEquals(byName(passing, inputs.values), byName(passing, wanted));
    assertEquals(byName(passing, results.values.map(described)), byName(passing, wanted));
  });

  Deno.test(`${kind.name} pass items of queues as their clones are, both ways`, async () => {
    for (const name of names) {
      const [queue, back] = [new Queue<unknown>(), new Queue<unknown>()];
      await queue.put(made(name));
      const { values } = await jobs(kind, "passed", [{ queue, back }]);
      const wanted = described(structuredClone(made(name)));
      assertEquals([values[0], described(await back.get())], [wanted, wanted], name);
    }
  });

  Deno.test(`${kind.name} refuse items of queues that cannot pass by their paths`, async () => {
    const queue = new Queue<unknown>();
    const { values } = await jobs(kind, "puts", refused.map(({ name }) => ({ queue, name })));
    const wanted = refused.map(({ why }) => `DataCloneError: Cannot put: value.a[0] ${why}`);
    assertEquals(
      byName(refused.map(({ name }) => name), values),
      byName(refused.map(({ name }) => name), wanted),
    );
  });

  Deno.test(`${kind.name} tell in words of fields of errors that cannot leave a process`, async () => {
    const all = Object.keys(REFUSED);
    const { endings } = await jobs(kind, "throwsWith", ["dates", ...all]);
    const [dates, ...others] = endings.map((ending) =>
      ending.kind === "done" ? undefined : ending.error
    );
    assertEquals(fieldsOf(dates), [madeInside("dates"), madeInside("dates")]);
    others.forEach((error, i) =>
      assertEquals(fieldsOf(error).map((field) => typeof field), ["string", "string"], all[i])
    );
  });
}

function fieldsOf(error?: ErrorRecord): unknown[] {
  return [error?.fields?.field, error?.cause?.fields?.field];
}

Deno.test("Queue keeps items as their clones are, and refuses what cannot go to a Worker", async () => {
  const queue = new Queue<unknown>();
  for (const name of names) {
    await queue.put(made(name));
    assertEquals(described(await queue.get()), described(structuredClone(made(name))), name);
  }
  for (const [name, { make, worker }] of Object.entries(REFUSED)) {
    const put = queue.put({ a: [make()] }).then(() => undefined, (thrown) => thrown.message);
    assertEquals(await put, worker && `Cannot put: value.a[0] ${worker}`, name);
  }
});
