import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { assertEquals } from "@std/assert";
import { BUSY_SHARE, ScaleUp, WATCH_MS } from "../../../lib/engines/kept/scale_up.ts";

/** So many slots that have told something just now, or so long ago. */
function slots(count: number, now: number, silent = 0) {
  return Array.from({ length: count }, () => ({ heardAt: now - silent }));
}

Deno.test("ScaleUp is of use when the slots work half of the time since their number changed", () => {
  const scaleUp = new ScaleUp();
  scaleUp.restart(0);
  const enough = BUSY_SHARE * WATCH_MS;
  scaleUp.workMs += enough - 1;
  assertEquals(scaleUp.isOfUse(slots(1, WATCH_MS - 1), WATCH_MS - 1), false);
  scaleUp.workMs += 2;
  const [last, later] = [(enough + 1) / BUSY_SHARE, (enough + 1) / BUSY_SHARE + 1];
  assertEquals([scaleUp.isOfUse(slots(1, last), last), scaleUp.isOfUse(slots(1, later), later)], [
    true,
    false,
  ]);
  scaleUp.restart(later);
  const watched = later + WATCH_MS;
  assertEquals(scaleUp.isOfUse(slots(1, watched), watched), false);
  const most = 1 / BUSY_SHARE;
  scaleUp.workMs += WATCH_MS;
  assertEquals([
    scaleUp.isOfUse(slots(most, watched), watched),
    scaleUp.isOfUse(slots(most + 1, watched), watched),
  ], [
    true,
    false,
  ]);
});

Deno.test("ScaleUp is always of use where slots are forever being opened", () => {
  assertEquals(new ScaleUp(true).isOfUse(slots(1, 0), 0), true);
});

Deno.test("ScaleUp is of use when a slot tells nothing, once it was watched for a while", () => {
  const scaleUp = new ScaleUp();
  scaleUp.restart(0);
  assertEquals([
    scaleUp.isOfUse(slots(1, WATCH_MS - 1, WATCH_MS), WATCH_MS - 1),
    scaleUp.isOfUse(slots(1, WATCH_MS, WATCH_MS - 1), WATCH_MS),
    scaleUp.isOfUse(slots(1, WATCH_MS, WATCH_MS), WATCH_MS),
  ], [
    false,
    false,
    true,
  ]);
});

Deno.test("ScaleUp looks after what Workers have told meanwhile has been heard", async () => {
  const code = `const { parentPort, workerData } = require("node:worker_threads");
    parentPort.on("message", () => {
      parentPort.postMessage("told");
      Atomics.store(workerData, 0, 1);
    });
    parentPort.postMessage("up");`;
  const hasTold = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(code, { eval: true, workerData: hasTold });
  await once(worker, "message");
  const order: string[] = [];
  const heard = once(worker, "message").then(() => order.push("heard"));
  const { promise: looked, resolve } = Promise.withResolvers<void>();
  new ScaleUp().lookLater(() => resolve(void order.push("looked")));
  worker.postMessage("ask");
  // The timer is due and the Worker has told before anything can be heard.
  const due = performance.now() + 3 * WATCH_MS;
  while (performance.now() < due || Atomics.load(hasTold, 0) === 0);
  await Promise.all([heard, looked]);
  assertEquals(order, ["heard", "looked"]);
  await worker.terminate();
});
