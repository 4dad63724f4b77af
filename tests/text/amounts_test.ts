import { assertEquals } from "@std/assert";
import { roomText, timeText } from "../../lib/text/amounts.ts";

Deno.test("timeText() rounds to what people read, and never past its unit", () => {
  const texts = [0, 0.04, 9.94, 9.96, 999.4, 999.6, 59_940, 59_960, 3_599_400, 3_600_000, 90e6];
  assertEquals(texts.map(timeText), [
    "0.0 ms",
    "0.0 ms",
    "9.9 ms",
    "10 ms",
    "999 ms",
    "1.0 s",
    "59.9 s",
    "1m00s",
    "59m59s",
    "1h00m",
    "25h00m",
  ]);
});

Deno.test("roomText() is a size in thousands, with one decimal where it is small", () => {
  const sizes = [0, 999, 1000, 1234, 9_960, 24_576, 999_600, 5e13, 5e16];
  assertEquals(sizes.map(roomText), [
    "0 B",
    "999 B",
    "1.0 KB",
    "1.2 KB",
    "10 KB",
    "25 KB",
    "1.0 MB",
    "50 TB",
    "50000 TB",
  ]);
});
