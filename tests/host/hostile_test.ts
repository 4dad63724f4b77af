import { assert, assertEquals } from "@std/assert";
import type { Action } from "../../lib/job.ts";
import { Folder } from "../support/folder.ts";
import { Hosted, sentTask } from "../support/hosted.ts";
import { isAlive } from "../support/is_alive.ts";
import { until } from "../support/shared_folder.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

const actionOf = (folder: Folder, path: string): Action => ({
  kind: "function",
  run: { module: folder.url("work.ts"), path: [path] },
  spread: false,
});

Deno.test("Host goes on with others while a job in a Worker loops for ever, and ends it with its run", async () => {
  using folder = new Folder({
    "work.ts": `
export function loops(name) { Deno.writeTextFileSync(name, ""); for (;;); }
export const same = (value) => value;`,
  });
  await using hosted = await Hosted.start([
    sentTask("loops", { action: actionOf(folder, "loops") }),
    sentTask("same", { action: actionOf(folder, "same") }),
  ]);
  const stuck = await hosted.send("loops", [folder.at("runs")]);
  await until("the loop", () => [...Deno.readDirSync(folder.path)].length === 2);
  const slice = await hosted.run("same", upTo(1000));
  assertEquals(slice.values, upTo(1000));
  assertEquals(await hosted.link.close(10_000), true);
  assertEquals(stuck.reports, []);
});

Deno.test("Host passes on what a command prints without end, in pieces, and goes on with others", async () => {
  const endless: Action = { kind: "command", argv: ["yes", "y".repeat(1000)] };
  await using hosted = await Hosted.start([
    sentTask("endless", { action: endless }),
    sentTask("same"),
  ]);
  const slice = await hosted.send("endless", [0]);
  await hosted.until(() => slice.items.length > 200);
  assertEquals((await hosted.run("same", [1])).values, [1]);
  for (const { items } of slice.reports) assert(items.length < 1.6 * 2 ** 20);
  assertEquals(await hosted.link.close(10_000), true);
});

for (const isolation of ["worker", "process"] as const) {
  Deno.test(`Host tells which job has ended its ${isolation}, and does all others of the slice`, async () => {
    await using hosted = await Hosted.start([sentTask("exitsAt100", { isolation })]);
    const slice = await hosted.run("exitsAt100", upTo(200));
    const kinds = slice.told.map(({ kind }) => kind);
    assertEquals(kinds, upTo(200).map((n) => n === 100 ? "died" : "done"));
  });
}

for (const isolation of ["worker", "process"] as const) {
  Deno.test(`Host leaves nothing running that jobs in a ${isolation} have started, when their session is over`, async () => {
    using folder = new Folder({
      "work.ts": `
export const daemon = () => {
  const args = ["-c", "setsid sleep 600 >/dev/null 2>&1 & echo $!"];
  const { stdout } = new Deno.Command("sh", { args, stderr: "null" }).outputSync();
  return Number(new TextDecoder().decode(stdout));
}`,
    });
    const task = sentTask("daemon", { action: actionOf(folder, "daemon"), isolation });
    await using hosted = await Hosted.start([task]);
    const { values: [pid] } = await hosted.run("daemon", [undefined]);
    assertEquals(isAlive(pid as number), true);
    await hosted.drain();
    assertEquals(isAlive(pid as number), false);
  });
}
