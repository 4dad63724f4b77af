import { assertEquals } from "@std/assert";
import { Demand } from "../../lib/engines/demand.ts";

/** So many slots that have told something just now, or so long ago. */
function slots(count: number, now: number, silent = 0) {
  return Array.from({ length: count }, () => ({ heardAt: now - silent }));
}

Deno.test("Demand is high when the slots work half of the time since their number changed", () => {
  const demand = new Demand();
  demand.restart(0);
  demand.add(4);
  assertEquals(demand.isHigh(slots(1, 9), 9), false);
  demand.add(2);
  assertEquals([demand.isHigh(slots(1, 12), 12), demand.isHigh(slots(1, 13), 13)], [true, false]);
  demand.restart(13);
  assertEquals(demand.isHigh(slots(1, 23), 23), false);
  demand.add(10);
  assertEquals([demand.isHigh(slots(2, 23), 23), demand.isHigh(slots(3, 23), 23)], [true, false]);
});

Deno.test("Demand is high when a slot tells nothing, once it was watched for a while", () => {
  const demand = new Demand();
  demand.restart(0);
  assertEquals([
    demand.isHigh(slots(1, 9, 10), 9),
    demand.isHigh(slots(1, 10, 9), 10),
    demand.isHigh(slots(1, 10, 10), 10),
  ], [
    false,
    false,
    true,
  ]);
});
