import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import {
  DURATION_PATTERN,
  durationHint,
  durationText,
  LONGEST_MS,
  parseDuration,
} from "../../lib/rules/quantities.ts";
import { parseTimeout } from "../../lib/rules/timeout.ts";

const durations = [
  ["500ms", 500],
  ["30s", 30_000],
  ["1.5s", 1500],
  ["5m", 300_000],
  ["2h", 7_200_000],
  ["1d", 86_400_000],
  ["24d", LONGEST_MS],
  ["30", 30_000],
  ["0.25", 250],
  [".5s", 500],
  ["007s", 7000],
  ["1.1s", 1100],
  ["0.01ms", 1],
  [30, 30_000],
  [1.5, 1500],
  [1e-9, 1],
  [LONGEST_MS / 1000, LONGEST_MS],
] as const;
for (const [wanted, ms] of durations) {
  Deno.test(`parseDuration() takes ${JSON.stringify(wanted)} for ${ms} ms`, () => {
    assertEquals(parseDuration(wanted), ms);
    assertEquals(parseTimeout(wanted), { ms });
  });
}

const nonsense = [
  ...[
    "",
    "0",
    "0s",
    "0.00ms",
    "-1s",
    "+1s",
    "1 s",
    " 1s",
    "1s ",
    "1s\n",
    "5x",
    "s",
    "1.s",
    "1..5s",
  ],
  ...[
    "1,5s",
    "1e3",
    "0x10",
    "1S",
    "1min",
    "1h30m",
    "NaN",
    "Infinity",
    "25d",
    "577h",
    "9".repeat(400),
  ],
  ...[0, -0, -1, NaN, Infinity, -Infinity, LONGEST_MS],
];

Deno.test("durationHint() names a time of several units in one of them", () => {
  const meant = { "1h30m": "1.5h", "1h 30m 5s": "5405s", "1d12h": "1.5d" };
  for (const [text, one] of Object.entries(meant)) {
    assertEquals(durationHint(text, "timeout"), `did you mean "${one}"?`);
    assert(parseDuration(one));
  }
  for (const text of ["24d1s", "1h30", "1h30x", "0h0m"]) {
    assertEquals(durationHint(text, "timeout"), undefined);
  }
});

Deno.test("parseDuration() refuses what is no time, no positive time, or too long for a timer", () => {
  for (const wanted of nonsense) {
    assertEquals(parseDuration(wanted), undefined, String(wanted));
    assertEquals(parseTimeout(wanted), undefined, String(wanted));
  }
  assertEquals(parseDuration("200%"), undefined);
  assert(LONGEST_MS < 2 ** 31);
});

Deno.test("parseTimeout() takes shares of the median, and refuses what is none", () => {
  for (const percent of [200, 50, 0.5, 1000]) {
    assertEquals(parseTimeout(`${percent}%`), { percent });
  }
  for (
    const wanted of [
      "0%",
      "0.0%",
      "-5%",
      "%",
      "200 %",
      "200%%",
      "200s%",
      "NaN%",
      "1e3%",
      `${"9".repeat(400)}%`,
      `0.${"0".repeat(400)}1%`,
    ]
  ) {
    assertEquals(parseTimeout(wanted), undefined, wanted);
  }
});

const texts = {
  1: "1ms",
  500: "500ms",
  999: "999ms",
  1234: "1234ms",
  1500: "1.5s",
  61_000: "61s",
  90_000: "1.5m",
};
for (const [ms, text] of Object.entries(texts)) {
  Deno.test(`durationText() writes ${ms} ms as ${text}`, () => {
    assertEquals(durationText(Number(ms)), text);
  });
}

Deno.test("parseDuration() reads what durationText() has written", () => {
  const anyMs = fc.oneof(
    fc.integer({ min: 1, max: LONGEST_MS }),
    fc.constantFrom(1, 100, 1000, 6000, 60_000, 360_000, 8_640_000)
      .chain((size) => fc.integer({ min: 1, max: 200 }).map((count) => size * count)),
  );
  fc.assert(fc.property(anyMs, (ms) => {
    const text = durationText(ms);
    assertMatch(text, DURATION_PATTERN);
    assertEquals(parseDuration(text), ms);
  }));
});
