import { assertEquals } from "@std/assert";
import { Hosted, sentTask, SERVES_ALL } from "../support/hosted.ts";
import { Folder } from "../support/folder.ts";
import { settle } from "../support/gate.ts";
import { until } from "../support/shared_folder.ts";

const notesIn = (folder: Folder) => {
  try {
    return Deno.readTextFileSync(folder.at("notes")).trim().split("\n");
  } catch {
    return [];
  }
};

const place = (folder: Folder, name: string | number) => ({ folder: folder.path, name });

Deno.test("Host tells nothing of a delivery that it has lost, and runs the same job again only when it has ended", async () => {
  using folder = new Folder();
  await using hosted = await Hosted.start([sentTask("held")], { slots: 1 });
  const slice = await hosted.send("held", [place(folder, "a"), place(folder, "b")]);
  await until("the first", () => notesIn(folder).length === 1);
  hosted.queue.redeliver("host-1");
  await hosted.until(() => slice.reports.length === 1);
  const [begins] = slice.reports;
  assertEquals([begins?.delivery, begins?.number, begins?.isLast], [2, 0, false]);
  assertEquals(slice.items, []);
  folder.write("open-b", "");
  folder.write("open-a", "");
  await hosted.until(() => slice.isOver);
  assertEquals(slice.values, ["a", "b"]);
  assertEquals(new Set(slice.reports.map(({ delivery }) => delivery)), new Set([2]));
  assertEquals(notesIn(folder).toSorted(), ["a", "a", "b"]);
});

Deno.test("Host does not start a slice that comes for the third time", async () => {
  using folder = new Folder();
  await using hosted = await Hosted.start([sentTask("held")], { slots: 1 });
  const slice = await hosted.send("held", [place(folder, "a")]);
  await until("the first", () => notesIn(folder).length === 1);
  hosted.queue.redeliver("host-1");
  await hosted.until(() => slice.reports.length === 1);
  hosted.queue.redeliver("host-1");
  await hosted.until(() => slice.isOver);
  assertEquals(slice.refusals, ["for now: hosts were lost with it twice"]);
  folder.write("open-a", "");
});

Deno.test("Host does not start a job again that may not run twice", async () => {
  using folder = new Folder();
  await using hosted = await Hosted.start([sentTask("held", { twice: "never" })], { slots: 1 });
  const slice = await hosted.send("held", [place(folder, "a")]);
  await until("the first", () => notesIn(folder).length === 1);
  hosted.queue.redeliver("host-1");
  await hosted.until(() => slice.isOver);
  const reason = "hosts were lost with it once, and it may not run twice";
  assertEquals(slice.refusals, [`for now: ${reason}`]);
  folder.write("open-a", "");
});

Deno.test("Host runs a job of another slice only when the same job has ended", async () => {
  using folder = new Folder();
  await using hosted = await Hosted.start([sentTask("held")], { slots: 2 });
  const slow = await hosted.send("held", [place(folder, "a")], { first: 5 });
  const again = await hosted.send("held", [place(folder, "a"), place(folder, "b")], { first: 5 });
  folder.write("open-b", "");
  await until("both", () => notesIn(folder).includes("b"));
  assertEquals(notesIn(folder).toSorted(), ["a", "b"]);
  folder.write("open-a", "");
  await hosted.until(() => slow.isOver && again.isOver);
  assertEquals([slow.values, again.values], [["a"], ["a", "b"]]);
});

Deno.test("Host has no more than one job of a slice run at a time where the task limits how many do", async () => {
  using folder = new Folder();
  await using hosted = await Hosted.start([sentTask("held", { isSingle: true })], { slots: 3 });
  const one = await hosted.send("held", [place(folder, "a"), place(folder, "b")]);
  const two = await hosted.send("held", [place(folder, "c"), place(folder, "d")], { first: 2 });
  await until("two", () => notesIn(folder).length === 2);
  assertEquals(notesIn(folder).toSorted(), ["a", "c"]);
  folder.write("open-a", "");
  await until("three", () => notesIn(folder).length === 3);
  assertEquals(notesIn(folder).toSorted(), ["a", "b", "c"]);
  for (const name of "bcd") folder.write(`open-${name}`, "");
  await hosted.until(() => one.isOver && two.isOver);
  assertEquals([one.values, two.values], [["a", "b"], ["c", "d"]]);
});

Deno.test("Host ends what runs of a task that is halted, and tells all of its jobs as cancelled", async () => {
  using folder = new Folder();
  await using hosted = await Hosted.start([sentTask("held")], { slots: 1 });
  const slice = await hosted.send("held", [place(folder, "a"), place(folder, "b")]);
  await until("the first", () => notesIn(folder).length === 1);
  await hosted.link.order({ halted: ["held"], isOver: false });
  await hosted.until(() => slice.isOver);
  assertEquals(slice.told.map(({ kind }) => kind), ["cancelled", "cancelled"]);
  assertEquals(slice.told[1]?.agoMs, undefined);
  const late = await hosted.run("held", [place(folder, "c")]);
  assertEquals(late.told.map(({ kind }) => kind), ["cancelled"]);
  assertEquals(notesIn(folder), ["a"]);
});

Deno.test("Host ends what runs of a session that is over, and tells nothing of it", async () => {
  using folder = new Folder();
  await using hosted = await Hosted.start([sentTask("held")], { slots: 1 });
  const slice = await hosted.send("held", [place(folder, "a")]);
  await until("the first", () => notesIn(folder).length === 1);
  await hosted.link.close(1000);
  assertEquals(hosted.queue.slices, []);
  assertEquals(slice.reports, []);
});

Deno.test("Host refuses what it does not serve, says so once, and takes others after a while", async () => {
  const served = {
    find: async (...[sent, filesOf]: Parameters<typeof SERVES_ALL.find>) =>
      sent.name === "double"
        ? await SERVES_ALL.find(sent, filesOf)
        : { refused: `it serves no task "${sent.name}"` },
  };
  await using hosted = await Hosted.start([sentTask("double"), sentTask("same")], { served });
  const refused = await Promise.all([1, 2, 3].map(() => hosted.run("same", [0])));
  for (const { refusals } of refused) {
    assertEquals(refusals, ['for good: it serves no task "same"']);
  }
  assertEquals((await hosted.run("double", [4])).values, [8]);
  assertEquals(hosted.notices, ['refused a slice of task "same": it serves no task "same"']);
});

Deno.test("Host refuses a run of another version, and what it does not understand", async () => {
  await using old = await Hosted.start([], {}, { version: 2 as 1 });
  assertEquals((await old.run("same", [0])).refusals, [
    "for good: it speaks version 1 of what hosts are sent, not 2",
  ]);
  await using hosted = await Hosted.start([sentTask("same")]);
  const parts = (...all: readonly (readonly [number, number])[]) => ({
    parts: all.map(([first, count]) => ({ first, count, attempt: 1 })),
  });
  const wrong = [
    await hosted.run("none", [0]),
    await hosted.run("same", [0], parts([0, 2])),
    await hosted.run("same", [0, 1], parts([3, 1], [3, 1])),
    await hosted.run("same", [0], parts([-1, 1])),
    await hosted.run("same", [], parts()),
    await hosted.run("same", [0, 1], parts([Number.MAX_SAFE_INTEGER, 2])),
  ];
  assertEquals(wrong.map(({ refusals: [refusal] }) => refusal?.replace("for good: ", "")), [
    'the run has no task "none"',
    "the slice is not understood: inputs: found 1, wanted a list of 2",
    "the slice is not understood: parts: found Array, wanted parts that have no job twice",
    "the slice is not understood: parts.0.first: found -1, wanted >=0",
    "the slice is not understood: parts: found 0, wanted >=1",
    "the slice is not understood: parts: found Array, wanted parts that have no job twice",
  ]);
  const odd = await Hosted.start([sentTask("same")], {}, { runId: "a\0b" });
  await using _ = odd;
  const [refusal] = (await odd.run("same", [0])).refusals;
  assertEquals(refusal?.startsWith("for good: the run is not understood: runId: "), true, refusal);
});

Deno.test("Host tells that a run cannot go on whose slots cannot be started", async () => {
  const action = {
    kind: "function",
    run: { module: "file:///not/there.ts", path: ["x"] },
    spread: false,
  } as const;
  await using hosted = await Hosted.start([sentTask("lost", { action })]);
  const { items } = await hosted.run("lost", [0, 1]);
  const [fault] = items;
  assertEquals(items.length, 1);
  assertEquals(fault?.kind, "fault");
  assertEquals(
    fault?.kind === "fault" && fault.message.startsWith('Cannot start task "lost": '),
    true,
  );
});

Deno.test("Host.drain() ends what the host has, and takes no more", async () => {
  using folder = new Folder();
  await using hosted = await Hosted.start([sentTask("held")], { slots: 1 });
  const slice = await hosted.send("held", [place(folder, "a"), place(folder, "b")]);
  await until("the first", () => notesIn(folder).length === 1);
  const drained = hosted.drain();
  const late = await hosted.send("held", [place(folder, "c")], { first: 9 });
  for (const name of "ab") folder.write(`open-${name}`, "");
  await drained;
  assertEquals(slice.values, ["a", "b"]);
  assertEquals(late.reports, []);
  assertEquals(hosted.queue.slices.map(({ number }) => number), [1]);
});

Deno.test("Host.drain() leaves to others at once what it has not begun", async () => {
  using folder = new Folder();
  await using hosted = await Hosted.start([sentTask("held")], { slots: 1 });
  const begun = await hosted.send("held", [place(folder, "a")], { expectedMs: 1 });
  await until("the first", () => notesIn(folder).length === 1);
  const waiting = await hosted.send("held", [place(folder, "b")], { first: 5, expectedMs: 1 });
  await settle();
  const drained = hosted.drain();
  await until("its refusal", () => waiting.refusals.length === 1);
  assertEquals(waiting.refusals, ["for now: the host is ending"]);
  assertEquals(begun.reports, []);
  folder.write("open-a", "");
  await drained;
  assertEquals(begun.values, ["a"]);
  assertEquals(notesIn(folder), ["a"]);
});
