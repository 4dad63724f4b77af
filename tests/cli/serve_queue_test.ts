import { assertEquals, assertRejects } from "@std/assert";
import { Interrupt } from "../../lib/cli/command.ts";
import { serveQueue } from "../../lib/cli/serve_queue.ts";
import { Watchdog } from "../../lib/watchdog/watchdog.ts";
import { SERVES_ALL } from "../support/hosted.ts";
import { MemoryQueue } from "../support/memory_queue.ts";

/** A host that serves, what it says, and a way to ask it to end. */
function served() {
  const ending = new AbortController();
  const said: string[] = [];
  const joined = Promise.withResolvers<void>();
  const tell = (text: string) => {
    said.push(text);
    joined.resolve();
    return Promise.resolve();
  };
  const code = serveQueue(new MemoryQueue(), {
    name: "host-1",
    slots: 1,
    lockMs: 1000,
    server: "Redis at localhost:6379",
    served: SERVES_ALL,
    serves: { tasks: ["double", "same"], bundles: "any" },
  }, {
    tell,
    signal: ending.signal,
    takesOver: () => {},
    watchdog: new Watchdog({ hearsSignals: false }),
  });
  code.catch(() => {});
  const end = async (signal: string, number: number) => {
    await joined.promise;
    ending.abort(new Interrupt(signal, number));
    return await code;
  };
  return { said, end };
}

Deno.test("serveQueue() says what is served, and that it drains", async () => {
  const { said, end } = served();
  await end("SIGTERM", 15);
  assertEquals(said, [
    "host-1 serves Redis at localhost:6379 with 1 slot: tasks double, same; whatever runs send",
    "host-1 drains: it takes no more",
  ]);
});

for (const [signal, number] of [["SIGTERM", 15], ["SIGHUP", 1]] as const) {
  Deno.test(`serveQueue() ends well when it has drained after ${signal}`, async () => {
    assertEquals(await served().end(signal, number), 0);
  });
}

Deno.test("serveQueue() ends as interrupted when it has drained after SIGINT", async () => {
  const { end } = served();
  const thrown = await assertRejects(() => end("SIGINT", 2), Interrupt);
  assertEquals(thrown.number, 2);
});
