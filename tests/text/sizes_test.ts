import { assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { parseSize, SIZE_PATTERN, sizeText } from "../../lib/text/sizes.ts";

const sizes = [
  ["512MB", 512_000_000],
  ["512 MB", 512_000_000],
  ["512mb", 512_000_000],
  ["512MiB", 536_870_912],
  ["512Mi", 536_870_912],
  ["512M", 536_870_912],
  ["512m", 536_870_912],
  ["1.5GB", 1_500_000_000],
  ["1.5G", 1_610_612_736],
  [".5GiB", 536_870_912],
  ["2g", 2_147_483_648],
  ["3KB", 3000],
  ["3kB", 3000],
  ["3K", 3072],
  ["3KiB", 3072],
  ["1TB", 1_000_000_000_000],
  ["1T", 1_099_511_627_776],
  ["100000000", 100_000_000],
  ["7B", 7],
  ["007b", 7],
  ["0.01B", 1],
  ["1.1KB", 1100],
  [512, 512],
  [1.5, 2],
  [0.1, 1],
  [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
] as const;
for (const [wanted, bytes] of sizes) {
  Deno.test(`parseSize() takes ${JSON.stringify(wanted)} for ${bytes} bytes`, () => {
    assertEquals(parseSize(wanted), bytes);
  });
}

const nonsense = [
  ...["", "0", "0MB", "0.0GB", "-1MB", "+1MB", " 1MB", "1MB ", "1MB\n", "1  MB", "MB", "1.MB"],
  ...["1..5GB", "1,5GB", "1e9", "0x10", "1PB", "1MBs", "1MiBB", "1iB", "1i", "1Bi", "1bit", "50%"],
  ...["NaN", "Infinity", "9007199254740992", "9999999TB", "9".repeat(400)],
  ...[0, -0, -1, NaN, Infinity, -Infinity, 2 ** 53],
];

Deno.test("parseSize() refuses what is no size, no positive size, or more than can be counted", () => {
  for (const wanted of nonsense) assertEquals(parseSize(wanted), undefined, String(wanted));
});

const texts = {
  1: "1 B",
  999: "999 B",
  1000: "1 KB",
  1024: "1 KiB",
  512_000_000: "512 MB",
  536_870_912: "512 MiB",
  1_500_000_000: "1.5 GB",
  1_610_612_736: "1.5 GiB",
  1_250_000_000: "1250 MB",
  1_024_000_000: "1024 MB",
  1_234_567_891: "1234567891 B",
};
for (const [bytes, text] of Object.entries(texts)) {
  Deno.test(`sizeText() writes ${bytes} bytes as ${text}`, () => {
    assertEquals(sizeText(Number(bytes)), text);
  });
}

Deno.test("parseSize() reads what sizeText() has written", () => {
  const units = [1, 1000, 1024, 1000 ** 2, 1024 ** 2, 10 ** 8, 1024 ** 3, 10 ** 11, 1024 ** 4];
  const anySize = fc.oneof(
    fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    fc.constantFrom(...units)
      .chain((unit) => fc.integer({ min: 1, max: 2000 }).map((count) => unit * count)),
  );
  fc.assert(fc.property(anySize, (bytes) => {
    const text = sizeText(bytes);
    assertMatch(text, SIZE_PATTERN);
    assertEquals(parseSize(text), bytes);
  }));
});
