import { assertEquals, assertRejects } from "@std/assert";
import { Stopping } from "../../lib/cli/stopping.ts";

Deno.test("Stopping waits for no reader, whether it is asked to end before a write or amid it", async () => {
  for (const isBefore of [true, false]) {
    const asked = new AbortController();
    using stopping = new Stopping(() => undefined, {
      signal: asked.signal,
      hurry: new AbortController().signal,
    });
    if (isBefore) asked.abort(new Error("asked"));
    const never = Promise.withResolvers<void>();
    const waiting = stopping.wait(never.promise);
    if (!isBefore) asked.abort(new Error("asked"));
    await assertRejects(() => waiting, Error, "asked");
    assertEquals(await stopping.wait(Promise.resolve()), undefined);
    never.resolve();
  }
});
