import { assertEquals } from "@std/assert";
import { follow, type LeftRunning } from "../../../lib/engines/commands/follow.ts";
import { PipeReader } from "../../../lib/engines/commands/pipe_reader.ts";
import { Spool, SpoolStore } from "../../../lib/engines/spools/spool.ts";

/** A subprocess that has ended, and whose stdout comes when the test lets it. */
class Ended {
  readonly stderr = new PipeReader(
    new ReadableStream({ type: "bytes", start: (it) => it.close() }),
  );
  readonly stdout: PipeReader;
  readonly status = Promise.resolve({ code: 0, signal: null });
  #controller!: ReadableByteStreamController;

  constructor() {
    const start = (it: ReadableByteStreamController) => void (this.#controller = it);
    this.stdout = new PipeReader(new ReadableStream({ type: "bytes", start }));
  }

  /** What it wrote comes. */
  come(text: string): void {
    this.#controller.enqueue(new TextEncoder().encode(text));
  }

  /** Its stdout ends. */
  end(): void {
    this.#controller.close();
    this.#controller.byobRequest?.respond(0);
  }
}

/** Follows it, and gives what it wrote, with what was missed meanwhile. */
async function followed(child: Ended, left: Omit<LeftRunning, "miss">): Promise<unknown[]> {
  using store = new SpoolStore();
  const spool = new Spool(store);
  const missed: boolean[] = [];
  const text = new Response(ReadableStream.from(spool.read("stdout"))).text();
  const status = await follow(child, spool, {
    ...left,
    miss: (isMissed) => missed.push(isMissed),
  });
  spool.end();
  return [status.code, await text, missed];
}

Deno.test("follow() waits for what a command wrote, however often nothing has come of it", async () => {
  const child = new Ended();
  let looks = 0;
  const holds = () => {
    looks++;
    if (looks === 3) child.come("late\n");
    if (looks === 5) child.end();
    return false;
  };
  const end = () => assertEquals("is ended", "is not held");
  assertEquals(await followed(child, { holds, end }), [0, "late\n", [true, false, true, false]]);
});

Deno.test("follow() ends what holds a stream with nothing coming, and reads what that wrote", async () => {
  const child = new Ended();
  const end = () => {
    child.come("last words\n");
    child.end();
  };
  assertEquals(await followed(child, { holds: () => true, end }), [0, "last words\n", []]);
});
