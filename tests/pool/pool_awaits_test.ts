import { assertEquals } from "@std/assert";
import { rejection, testPools } from "../support/pools.ts";

/** An input, and then one that never comes. */
async function* stuck() {
  yield 1;
  await new Promise<never>(() => {});
}

/** The same, as a stream; tells when it was cancelled. */
function stuckStream(): [ReadableStream<number>, () => boolean] {
  let isCancelled = false;
  const stream = new ReadableStream<number>({
    start: (controller) => controller.enqueue(1),
    cancel: () => void (isCancelled = true),
  });
  return [stream, () => isCancelled];
}

testPools("terminate() ends calls whose next input never comes", async (open) => {
  const pool = open();
  const [stream, isCancelled] = stuckStream();
  const calls = [pool.map("half", stuck()), pool.map("half", stream)].map(rejection);
  const values = pool.imap("half", stuck());
  assertEquals((await values.next()).value, 0.5);
  const next = rejection(values.next());
  await pool.terminate();
  for (const call of [...calls, next]) {
    assertEquals((await call).message, "The pool was terminated");
  }
  assertEquals([isCancelled(), stream.locked], [true, false]);
});

testPools("an abort ends a call whose next input never comes", async (open) => {
  await using pool = open();
  const controller = new AbortController();
  const call = rejection(pool.map("half", stuck(), { signal: controller.signal }));
  const values = pool.imap("half", stuck(), { signal: controller.signal });
  await values.next();
  controller.abort(new Error("enough"));
  assertEquals((await call).message, "enough");
  assertEquals((await rejection(values.next())).message, "enough");
  assertEquals(await pool.map("half", [4]), [2]);
});

testPools("close() waits for no input of a stream that nobody asks for more", async (open) => {
  const pool = open();
  const values = pool.imap("half", stuck());
  assertEquals((await values.next()).value, 0.5);
  await pool.close();
  await values.return();
  await pool.terminate();
});
