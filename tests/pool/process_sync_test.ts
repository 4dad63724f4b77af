import { assertEquals } from "@std/assert";
import { Process } from "../../lib/pool/process.ts";
import { Lock } from "../../lib/sync/permits.ts";
import { pipe } from "../../lib/sync/pipe.ts";
import { Queue } from "../../lib/sync/queue.ts";
import { SharedFolder } from "../support/shared_folder.ts";

const target = (name: string) => new URL(`../support/sync_functions.ts#${name}`, import.meta.url);

Deno.test("Process shares what is in its arguments: it puts, and this program gets", async () => {
  const queue = new Queue<number>({ size: 3 });
  const args = [{ queue, first: 0, count: 50 }];
  await using process = new Process(target("putsOrGets"), { args });
  process.start();
  const got: number[] = [];
  while (got.length < 50) got.push(await queue.get());
  await process.join();
  assertEquals([got, process.exitCode], [Array.from(Array(50).keys()), 0]);
});

Deno.test("Process answers on a pipe until the other end is closed", async () => {
  const [mine, end] = pipe<number>();
  await using process = new Process(target("answers"), { args: [{ end }] });
  process.start();
  await mine.send(4);
  assertEquals(await mine.receive(), 8);
  await mine.close();
  assertEquals([await process.join(), process.exitCode], [true, 0]);
});

Deno.test("Process that is killed gives up what it holds", async () => {
  using folder = new SharedFolder();
  const lock = new Lock();
  const args = [{ lock, folder: folder.path, name: "holds" }];
  await using process = new Process(target("diesHolding"), { args });
  process.start();
  await folder.noted("holds");
  const taken = lock.acquire();
  process.kill();
  using _ = await taken;
});
