import { assertEquals } from "@std/assert";
import { Pool } from "fanfold";
import { Folder } from "../support/folder.ts";

Deno.test({
  name: "Pool ends a job that takes too long though its inputs keep the thread busy (needs Linux)",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using folder = new Folder({
      "deno.json": "{}",
      "f.js": `export function endless() { Deno.writeTextFileSync("started", ""); for (;;); }`,
    });
    const hasStarted = () => [...Deno.readDirSync(folder.path)].some((f) => f.name === "started");
    const computed = (ms: number) => {
      for (const end = performance.now() + ms; performance.now() < end;);
    };
    let isOver = false;
    // Each time longer than a thread is unseen for that was not stopped, until the job is over.
    async function* inputs() {
      yield 1;
      while (!hasStarted()) await new Promise((goOn) => setTimeout(goOn, 5));
      while (!isOver) {
        computed(600);
        await new Promise((goOn) => setTimeout(goOn));
      }
    }
    await using pool = new Pool<{ endless(n: number): void }>(new URL(folder.url("f.js")), {
      jobs: 1,
      timeout: "1s",
      cwd: folder.path,
    });
    for await (const { kind } of pool.outcomes("endless", inputs())) {
      isOver = true;
      assertEquals(kind, "timed-out");
    }
    assertEquals(isOver, true);
  },
});
