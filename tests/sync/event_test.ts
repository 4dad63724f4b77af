import { assertEquals } from "@std/assert";
import { Event } from "../../lib/sync/event.ts";
import { stateOf, statesOf } from "../support/waiting.ts";

Deno.test("Event.wait() waits until it has happened, and not after that", async () => {
  const event = new Event();
  assertEquals(await event.isSet(), false);
  const waits = [event.wait(), event.wait()];
  assertEquals(await statesOf(waits), ["waits", "waits"]);
  await event.set();
  await event.set();
  assertEquals(await event.isSet(), true);
  assertEquals(await statesOf([...waits, event.wait()]), [undefined, undefined, undefined]);
});

Deno.test("Event.clear() has it be waited for again", async () => {
  const event = new Event();
  await event.set();
  await event.clear();
  assertEquals(await event.isSet(), false);
  const wait = event.wait();
  assertEquals(await stateOf(wait), "waits");
  await event.set();
  await wait;
});

Deno.test("Event.wait() waits no longer than a signal allows", async () => {
  const event = new Event();
  const stop = new AbortController();
  const waits = [event.wait({ signal: stop.signal }), event.wait()];
  stop.abort(new Error("enough"));
  assertEquals(await statesOf(waits), ["Error: enough", "waits"]);
  assertEquals(await stateOf(event.wait({ signal: stop.signal })), "Error: enough");
});
