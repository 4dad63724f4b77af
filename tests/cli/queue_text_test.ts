import { assertEquals } from "@std/assert";
import { cleanedLines, depthOf, queueLines } from "../../lib/cli/queue_text.ts";
import type { SentRun, SliceHead } from "../../lib/engines/queue/messages.ts";
import { MemoryQueue } from "../support/memory_queue.ts";

const nothing = () => {};

function sentRun(runId: string, name: string): SentRun {
  return { version: 1, session: `of ${runId}`, runId, name, from: "box, process 7", tasks: [] };
}

function slice(id: string, session: string): SliceHead {
  const parts = [{ first: 0, count: 1, attempt: 1 }];
  return { id, session, task: "double", parts, expectedMs: 1 };
}

Deno.test("queueLines() tells of runs with their slices, of hosts with their slots, and of the depth", async () => {
  const queue = new MemoryQueue();
  const events = { reported: nothing, lost: nothing, unreachable: nothing, reachable: nothing };
  const delivered = Promise.withResolvers<void>();
  const links = await Promise.all(
    [sentRun("first", "numbers.yaml: double"), sentRun("other", "\x1b[31mred".padEnd(90, "."))]
      .map((run) => queue.openRun({ run, bundles: new Map(), events })),
  );
  const host = await queue.join({
    host: {
      name: "big",
      slots: 8,
      busy: 0,
      tasks: ["double", "area"],
      bundles: ["0123456789abcdef"],
    },
    capacity: 2,
    lockMs: 1000,
    events: {
      delivered: () => (delivered.resolve(), new Promise(nothing)),
      lost: nothing,
      ordered: nothing,
      unreachable: nothing,
      reachable: nothing,
    },
  });
  host.setBusy(5);
  for (const id of ["a", "b", "c"]) await links[0]?.send(slice(id, "of first"), new Uint8Array());
  await links[1]?.send(slice("d", "of other"), new Uint8Array());
  await delivered.promise;
  const state = await queue.look();
  assertEquals(depthOf(state), 2);
  assertEquals(queueLines(state), [
    "run   first  1 slice to be taken, 2 with hosts  silent for 0.0 ms  " +
    "numbers.yaml: double, from box, process 7",
    "run   other  1 slice to be taken, 0 with hosts  silent for 0.0 ms  " +
    `\\x1b[31mred${".".repeat(51)}…, from box, process 7`,
    "host  big    5 of 8 slots busy                  silent for 0.0 ms  " +
    "serves double, area, and bundles 0123456789a…",
    "2 runs, 1 host, 2 slices to be taken",
  ]);
});

Deno.test("queueLines() says what hosts serve, and that there is nothing", () => {
  const silentMs = 90_000;
  const host = { slots: 1, busy: 0, silentMs };
  const hosts = [
    { name: "a", ...host, tasks: [], bundles: "any" as const },
    { name: "b", ...host, tasks: ["x"], bundles: "none" as const },
    { name: "c", ...host, tasks: [], bundles: "none" as const },
  ];
  assertEquals(queueLines({ runs: [], hosts }), [
    "host  a  0 of 1 slot busy  silent for 1m30s  serves any bundle",
    "host  b  0 of 1 slot busy  silent for 1m30s  serves x",
    "host  c  0 of 1 slot busy  silent for 1m30s  serves nothing",
    "0 runs, 3 hosts, 0 slices to be taken",
  ]);
  assertEquals(queueLines({ runs: [], hosts: [] }), ["0 runs, 0 hosts, 0 slices to be taken"]);
});

Deno.test("cleanedLines() names what was removed, and says whether anything is left", () => {
  assertEquals(cleanedLines({ runs: ["first"], hosts: ["big", "old"], isEmpty: false }), [
    "removed run first",
    "removed host big",
    "removed host old",
    "1 run and 2 hosts removed; the rest is in use",
  ]);
  assertEquals(cleanedLines({ runs: [], hosts: [], isEmpty: true }), [
    "0 runs and 0 hosts removed; nothing is left on the server",
  ]);
});
