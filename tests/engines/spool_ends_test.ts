import { assert, assertEquals } from "@std/assert";
import { Spool, SpoolStore } from "../../lib/engines/spools/spool.ts";

const KIB = 1024;

Deno.test("Spool holds what a pipe holds of a writer that has ended, and has it wait for nobody", async () => {
  using store = new SpoolStore();
  const spool = new Spool(store);
  const reader = spool.read("stdout")[Symbol.asyncIterator]();
  const first = reader.next();
  spool.write("stdout", new Uint8Array(1));
  await first;
  const waits = spool.write("stdout", new Uint8Array(300 * KIB));
  assert(waits);
  spool.exited();
  await waits;
  assertEquals(spool.write("stdout", new Uint8Array(1024 * KIB)), undefined);
  assertEquals(spool.write("stdout", new Uint8Array(KIB)), undefined);
  spool.end();
  let length = 0;
  for await (const piece of { [Symbol.asyncIterator]: () => reader }) length += piece.length;
  assertEquals(length, 1324 * KIB);
});
