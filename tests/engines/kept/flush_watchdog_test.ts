import { assertEquals } from "@std/assert";
import { Patience } from "../../../lib/engines/kept/flush_watchdog.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** A slot at work that was heard at 0, and the times at which it was told to requestFlush. */
function busy() {
  const clock = new FakeClock();
  const requests: number[] = [];
  const slot = {
    flights: 1,
    heardAt: 0,
    link: { requestFlush: () => void requests.push(clock.now()) },
  };
  const patience = new Patience([slot], clock);
  patience.start();
  return { clock, slot, requests, patience };
}

Deno.test("Patience has a slot requestFlush that told nothing for 32 ms, as long as it is busy", () => {
  const { clock, slot, requests } = busy();
  clock.pass(31);
  assertEquals(requests, []);
  clock.pass(1);
  assertEquals(requests, [32]);
  slot.heardAt = 40;
  clock.pass(39);
  assertEquals(requests, [32]);
  clock.pass(1);
  assertEquals(requests, [32, 72]);
  slot.flights = 0;
  clock.pass(1000);
  assertEquals([requests, clock.timers], [[32, 72], 0]);
});

Deno.test("Patience looks after a slot that is busy again, and after none once it is stopped", () => {
  const { clock, slot, requests, patience } = busy();
  slot.flights = 0;
  clock.pass(100);
  slot.flights = 1;
  slot.heardAt = 100;
  patience.start();
  patience.start();
  assertEquals(clock.timers, 1);
  clock.pass(32);
  assertEquals(requests, [132]);
  patience.stop();
  assertEquals(clock.timers, 0);
});
