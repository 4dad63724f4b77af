import { assert, assertEquals } from "@std/assert";
import { Hosted, sentTask } from "../support/hosted.ts";
import { Folder } from "../support/folder.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

const isolations = ["worker", "process"] as const;

for (const isolation of isolations) {
  Deno.test(`Host runs the jobs of a slice in a ${isolation}, and tells of each by its place`, async () => {
    await using hosted = await Hosted.start([sentTask("double", { isolation })]);
    const slice = await hosted.run("double", upTo(500), { first: 1000 });
    assertEquals(slice.values, upTo(500).map((n) => n * 2));
    assertEquals(slice.reports.map(({ number }) => number), upTo(slice.reports.length));
    for (const { agoMs = NaN, durationMs = NaN } of slice.told) {
      assert(agoMs >= 0 && agoMs < 60_000 && durationMs >= 0, `${agoMs} ${durationMs}`);
    }
  });
}

Deno.test("Host tells jobs what they are of, and which attempt each is", async () => {
  await using hosted = await Hosted.start([sentTask("context")], { slots: 1 });
  const parts = [{ first: 7, count: 1, attempt: 1 }, { first: 3, count: 2, attempt: 2 }];
  const { values } = await hosted.run("context", [0, 0, 0], { parts });
  const told = values.map((value) => value as { index: number; attempt: number; runId: string });
  assertEquals(told.map(({ index, attempt }) => [index, attempt]), [[7, 1], [3, 2], [4, 2]]);
  assert(told.every(({ runId }) => runId.startsWith("run-1@host-1.")), told[0]?.runId);
});

Deno.test("Host passes on what commands write, whole and before their end", async () => {
  const script = 'printf "out %s\\n" "$1"; printf "err %s\\n" "$1" >&2; exit "$1"';
  const tasks = [sentTask("sh", { action: { kind: "shell", script } })];
  await using hosted = await Hosted.start(tasks);
  const slice = await hosted.run("sh", [0, 3]);
  assertEquals(slice.told.map(({ kind, stdout, stderr }) => [kind, stdout, stderr]), [
    ["done", "out 0\n", "err 0\n"],
    ["failed", "out 3\n", "err 3\n"],
  ]);
  for (const at of [0, 1]) {
    const own = slice.items.filter((item) => "at" in item && item.at === at);
    assertEquals(own.at(-1)?.kind, "ended");
  }
});

Deno.test("Host tells failures, deaths and time-outs as they are told at home", async () => {
  using folder = new Folder();
  await using hosted = await Hosted.start([
    sentTask("exitsAt100", { isolation: "process" }),
    sentTask("spins", { isolation: "process", timeout: { ms: 300 } }),
    sentTask("add", { chunk: 1 }),
    sentTask("slow", { action: { kind: "command", argv: ["sleep", "60"] }, timeout: { ms: 300 } }),
  ]);
  const died = await hosted.run("exitsAt100", [99, 100, 101]);
  assertEquals(died.told.map(({ kind }) => kind), ["done", "died", "done"]);
  const late = await hosted.run("spins", [{ folder: folder.path }]);
  assertEquals(late.values, ["timed-out: it took longer than 300 ms"]);
  const slow = await hosted.run("slow", [0]);
  assertEquals(slow.values, ["timed-out: it took longer than 300 ms"]);
});
