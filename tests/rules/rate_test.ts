import { assertEquals } from "@std/assert";
import { parseRate } from "../../lib/rules/rate.ts";

const rates: readonly (readonly [text: string, delayMs: number])[] = [
  ["10/s", 100],
  ["100/m", 600],
  ["1/10s", 10_000],
  ["1/s", 1000],
  ["1/m", 60_000],
  ["1/h", 3_600_000],
  ["1/d", 86_400_000],
  ["2/500ms", 250],
  ["1/ms", 1],
  ["1000/s", 1],
  ["10000/s", 0.1],
  ["0.5/s", 2000],
  [".5/s", 2000],
  ["2.5/s", 400],
  ["1/24d", 24 * 86_400_000],
];
for (const [text, delayMs] of rates) {
  Deno.test(`parseRate() starts ${text} one every ${delayMs} ms`, () => {
    assertEquals(parseRate(text), delayMs);
  });
}

const nonsense = [
  ...["", "10", "10/", "/s", "s", "10s", "10/10", "10 /s", "10/ s", " 10/s", "10/s ", "10/s\n"],
  ...["0/s", "0.0/s", "-1/s", "+1/s", "1e3/s", "NaN/s", "Infinity/s", "1./s", "1.2.3/s", "1,5/s"],
  ...["10/S", "10/sec", "10/min", "10/w", "10/0s", "10/05s", "10/1.5s", "10/s/s", "10//s", "10%/s"],
  ...["1/25d", "0.5/24d", ".0001/h", `.${"0".repeat(400)}1/s`, `${"9".repeat(400)}/s`],
];

Deno.test("parseRate() refuses what is no rate, and waits that are none or that no timer takes", () => {
  for (const text of nonsense) assertEquals(parseRate(text), undefined, JSON.stringify(text));
});
