import { assert, assertEquals, assertRejects } from "@std/assert";
import { pipe } from "../../lib/sync/pipe.ts";
import { stateOf, statesOf } from "../support/waiting.ts";

const CLOSED = "ClosedError: Cannot send: the pipe is closed";
const DRY = "ClosedError: Cannot receive: the pipe is closed, and nothing is left in it";

Deno.test("pipe() gives two ends, each of which receives what the other sends", async () => {
  const [a, b] = pipe<number, string>();
  const waits = a.receive();
  assertEquals(await stateOf(waits), "waits");
  for (const n of [1, 2]) await a.send(n);
  for (const text of ["one", "two"]) await b.send(text);
  assertEquals([await b.receive(), await b.receive()], [1, 2]);
  assertEquals([await waits, await a.receive()], ["one", "two"]);
});

Deno.test("Connection.close() lets the other end receive what was sent, and no more", async () => {
  const [a, b] = pipe<number>();
  await a.send(1);
  await b.send(2);
  await a.close();
  await a.close();
  assertEquals(await statesOf([a.send(3), b.send(3), a.receive()]), [CLOSED, CLOSED, DRY]);
  assertEquals(await b.receive(), 1);
  assertEquals(await stateOf(b.receive()), DRY);
});

Deno.test("Connection.close() ends what waits at both ends", async () => {
  const [a, b] = pipe<number>();
  const items = Array.fromAsync(b);
  const waits = a.receive();
  await a.send(1);
  assertEquals(await statesOf([items, waits]), ["waits", "waits"]);
  await a.close();
  assertEquals(await items, [1]);
  assertEquals(await stateOf(waits), DRY);
});

Deno.test("Connection.receive() waits no longer than a signal allows, and takes nothing", async () => {
  const [a, b] = pipe<number>();
  const stop = new AbortController();
  const waits = b.receive({ signal: stop.signal });
  stop.abort(new Error("enough"));
  assertEquals(await stateOf(waits), "Error: enough");
  await a.send(1);
  assertEquals(await b.receive(), 1);
});

Deno.test("Connection.send() takes an end itself, and refuses what cannot be cloned", async () => {
  const [a, b] = pipe<unknown>();
  const [c] = pipe();
  await a.send([c]);
  const [same] = await b.receive() as unknown[];
  assert(same === c);
  await assertRejects(() => a.send(parseInt), DOMException, "Cannot send: ");
});
