import { assertEquals } from "@std/assert";
import { heard, isEndingSignal } from "../../lib/engines/heard_signals.ts";

// Deno itself listens for SIGINT while it tests.
const SIGNALS = ["SIGHUP", "SIGTERM"] as const;

Deno.test({
  name: "heard() resolves behind the signal that was sent before",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    for (let round = 0; round < 300; round++) {
      const signal = SIGNALS[round % SIGNALS.length] as (typeof SIGNALS)[number];
      const told: string[] = [];
      const listen = () => told.push(signal);
      Deno.addSignalListener(signal, listen);
      try {
        Deno.kill(Deno.pid, signal);
        await heard(signal);
        assertEquals(told, [signal]);
      } finally {
        Deno.removeSignalListener(signal, listen);
      }
    }
  },
});

Deno.test("heard() waits for no signal that nobody has sent", async () => {
  await heard("SIGINT");
});

Deno.test("isEndingSignal() is true of what asks to end, and of nothing else", () => {
  const names = ["SIGHUP", "SIGINT", "SIGTERM", "SIGKILL", "34", "toString", null];
  assertEquals(names.filter(isEndingSignal), ["SIGHUP", "SIGINT", "SIGTERM"]);
});
