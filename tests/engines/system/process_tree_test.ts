import { assert, assertEquals } from "@std/assert";
import {
  descendantsOf,
  killTree,
  signalTree,
  stopTree,
} from "../../../lib/engines/system/process_tree.ts";
import { isAlive } from "../../support/is_alive.ts";
import { SharedFolder, until } from "../../support/shared_folder.ts";

/** A shell with two children, one of which has left its session and its parent. */
async function family(marks: Record<string, string>) {
  const script = "sleep 1000 & echo $!; (setsid sh -c 'echo $$; exec sleep 1000' &); echo; wait";
  const child = new Deno.Command("sh", {
    args: ["-c", script],
    env: marks,
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const pids = () => text.split("\n").filter((line) => line !== "").map(Number);
  while (pids().length < 2 || !text.endsWith("\n")) text += (await reader.read()).value;
  await reader.cancel();
  return { child, pids: pids() };
}

Deno.test("signalTree() finds by their marks whoever was started, and nobody else", async () => {
  const mine = { FANFOLD_RUN: crypto.randomUUID(), FANFOLD_TASK: "a" };
  const one = await family({ ...mine, FANFOLD_INDEX: "1" });
  const ten = await family({ ...mine, FANFOLD_INDEX: "10" });
  const first = signalTree([], { ...mine, FANFOLD_INDEX: "1" }, "SIGCONT");
  assertEquals(new Set(first), new Set([one.child.pid, ...one.pids]));
  killTree([], { ...mine, FANFOLD_INDEX: "1" });
  await one.child.status;
  for (const pid of one.pids) await until(`the end of ${pid}`, () => !isAlive(pid));
  assert(isAlive(ten.child.pid) && ten.pids.every(isAlive));
  killTree([], mine);
  await ten.child.status;
  for (const pid of ten.pids) await until(`the end of ${pid}`, () => !isAlive(pid));
});

Deno.test("descendantsOf() finds children and theirs, as long as parents live", async () => {
  const marks = { FANFOLD_RUN: crypto.randomUUID() };
  const { child, pids } = await family(marks);
  const found = descendantsOf([child.pid]);
  assertEquals(found.filter((pid) => pids.includes(pid)).length, 1);
  killTree([], marks);
  await child.status;
});

Deno.test({
  name: "killTree() ends those that hand over to the next without end",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    for (let round = 1; round <= 10; round++) {
      const marks = { FANFOLD_RUN: crypto.randomUUID() };
      using folder = new SharedFolder();
      const relay = `${folder.path}/relay`;
      const script = 'echo >> notes\nfor i in 1 2 3 4 5 6 7 8; do :; done\nsetsid "$0" &\n';
      Deno.writeTextFileSync(relay, `#!/bin/sh\n${script}`, { mode: 0o755 });
      const start = { cwd: folder.path, env: marks, stdin: "null" } as const;
      const first = Array.from({ length: 3 }, () => new Deno.Command(relay, start).spawn());
      await until("some of them", () => folder.notes.length > 10);
      killTree([], marks);
      const endedAt = folder.notes.length;
      const end = performance.now() + 50;
      await until("the end of a moment", () => performance.now() > end);
      assertEquals(folder.notes.length, endedAt, `in round ${round}`);
      await Promise.all(first.map(({ status }) => status));
    }
  },
});

Deno.test({
  name: "stopTree() stops them all, while one of them starts others without end",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const marks = { FANFOLD_RUN: crypto.randomUUID() };
    using folder = new SharedFolder();
    const each = "setsid sh -c 'for i in 1 2 3; do echo >> notes; sleep 0.02; done' & sleep 0.001";
    const child = new Deno.Command("sh", {
      args: ["-c", `while :; do ${each}; done`],
      cwd: folder.path,
      env: marks,
      stdin: "null",
    }).spawn();
    for (let round = 1; round <= 10; round++) {
      const before = folder.notes.length;
      await until("some of them", () => folder.notes.length > before + 5);
      assertEquals(stopTree([], marks), false);
      const stoppedAt = folder.notes.length;
      const end = performance.now() + 50;
      await until("the end of a moment", () => performance.now() > end);
      assertEquals(folder.notes.length, stoppedAt, `in round ${round}`);
      signalTree([], marks, "SIGCONT");
    }
    stopTree([], marks);
    killTree([], marks);
    await child.status;
  },
});
