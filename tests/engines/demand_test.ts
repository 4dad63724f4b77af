import { assertEquals } from "@std/assert";
import { Demand } from "../../lib/engines/demand.ts";

Deno.test("Demand is high when the slots work half of the time since their number changed", () => {
  const demand = new Demand();
  demand.restart(0);
  demand.add(4);
  assertEquals(demand.isHigh(1, 0, 9), false);
  demand.add(2);
  assertEquals([demand.isHigh(1, 0, 12), demand.isHigh(1, 0, 13)], [true, false]);
  demand.restart(13);
  assertEquals(demand.isHigh(1, 0, 23), false);
  demand.add(10);
  assertEquals([demand.isHigh(2, 0, 23), demand.isHigh(3, 0, 23)], [true, false]);
});

Deno.test("Demand is high when a slot tells nothing, once it was watched for a while", () => {
  const demand = new Demand();
  demand.restart(0);
  assertEquals([demand.isHigh(1, 10, 9), demand.isHigh(1, 9, 10), demand.isHigh(1, 10, 10)], [
    false,
    false,
    true,
  ]);
});
