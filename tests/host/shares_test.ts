import { assert, assertEquals } from "@std/assert";
import { Folder } from "../support/folder.ts";
import { Hosted, sentTask } from "../support/hosted.ts";
import { until } from "../support/shared_folder.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

Deno.test("Host gives slots to a slice that came before others, though their task has some and never runs out", async () => {
  await using hosted = await Hosted.start([sentTask("takes", { chunk: 1 }), sentTask("same")]);
  const send = (first: number) =>
    hosted.send("takes", Array(20).fill(5), { first, expectedMs: 100 });
  // Both slots are of one task.
  for (let slots = 0, at = 0; slots < 2; at += 100) {
    const { told } = await hosted.run("takes", Array(20).fill(5), { first: 10_000 + at });
    slots = new Set(told.map(({ slot }) => slot)).size;
  }
  const before = [await send(0), await send(100)];
  const one = await hosted.send("same", [7], { expectedMs: 1 });
  const behind = await Promise.all(upTo(20).map((i) => send(200 + i * 100)));
  await hosted.until(() => one.isOver);
  assertEquals(one.values, [7]);
  const ended = behind.filter(({ isOver }) => isOver).length;
  assert(ended <= 2, `${ended} of those behind it had ended`);
  await hosted.until(() => [...before, ...behind].every(({ isOver }) => isOver));
});

Deno.test("Host never runs more jobs at a time than it has slots, of however many tasks", async () => {
  using folder = new Folder({
    "work.ts": `
export async function marks(path) {
  const mark = (text) => Deno.writeTextFileSync(path, text, { append: true });
  mark("+");
  await new Promise((goOn) => setTimeout(goOn, 1));
  mark("-");
}`,
    "log": "",
  });
  const run = { module: folder.url("work.ts"), path: ["marks"] };
  const action = { kind: "function", run, spread: false } as const;
  const tasks = ["a", "b", "c"].map((name) => sentTask(name, { action }));
  await using hosted = await Hosted.start(tasks, { slots: 2 });
  const slices = await Promise.all(
    upTo(12).map((i) =>
      hosted.send(tasks[i % tasks.length]?.name ?? "", Array(20).fill(folder.at("log")), {
        first: i * 100,
        expectedMs: 20,
      })
    ),
  );
  await hosted.until(() => slices.every(({ isOver }) => isOver));
  let [running, most] = [0, 0];
  for (const mark of Deno.readTextFileSync(folder.at("log"))) {
    running += mark === "+" ? 1 : -1;
    most = Math.max(most, running);
  }
  assertEquals([running, most], [0, 2]);
});

Deno.test("Host has all of its slots again when a session is gone of which jobs run", async () => {
  using folder = new Folder({
    "work.ts": `
export async function never(path) {
  Deno.writeTextFileSync(path, "+", { append: true });
  await new Promise(() => {});
}`,
    "log": "",
  });
  const run = { module: folder.url("work.ts"), path: ["never"] };
  const action = { kind: "function", run, spread: false } as const;
  for (const isolation of ["worker", "process"] as const) {
    const tasks = [sentTask("never", { action, isolation }), sentTask("same")];
    await using hosted = await Hosted.start(tasks, { slots: 2 });
    await hosted.send("never", Array(2).fill(folder.at("log")));
    await until("two jobs", () => Deno.readTextFileSync(folder.at("log")).length >= 2);
    Deno.writeTextFileSync(folder.at("log"), "");
    const next = await Hosted.start(tasks, { queue: hosted.queue, name: "idle", slots: 1 }, {
      session: "session-2",
    });
    await next.drain();
    assertEquals((await next.run("same", [7])).values, [7]);
  }
});
