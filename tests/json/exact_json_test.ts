import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { isExactNumber, jsonLoss, MOST_DEEP } from "../../lib/json/exact_json.ts";

/** The text from where something is lost. */
function lostIn(text: string): string | undefined {
  const loss = jsonLoss(text);
  return loss && text.slice(loss.at);
}

Deno.test("jsonLoss() finds integers that a number does not hold, and numbers beyond all of them", () => {
  const lost = [
    "9007199254740993",
    "-9007199254740993",
    "12345678901234567890",
    "1234567890123456789012",
    "1e309",
    "-1E+0400",
    "1.5e1000",
    "1".repeat(400),
  ];
  for (const number of lost) {
    assertEquals(lostIn(number), number);
    assertEquals(lostIn(` [1,"a",{"b": ${number}}]`), `${number}}]`);
    assertEquals(lostIn(`{"${number}":"${number}"}`), undefined);
    assertEquals(lostIn(`["\\\\",${number}]`), `${number}]`);
    assertEquals(lostIn(`["\\"",${number},"]`), `${number},"]`);
    assertEquals(lostIn(`["\\",${number},"]`), undefined);
    assertEquals(lostIn(`/* ${number} */ 1 // ${number}\n`), undefined);
    assertEquals(lostIn(`/* " */ [ // "\n${number}]`), `${number}]`);
  }
});

Deno.test("jsonLoss() finds nothing in numbers that say what was written, or are rounded fractions", () => {
  const kept = [
    "9007199254740991",
    "9007199254740992",
    "10000000000000000",
    "1152921504606847000",
    "100000000000000000000",
    "1000000000000000000000",
    "0.12345678901234567890",
    "1234567890123456789.5",
    "1e308",
    "1e-400",
    "-0",
  ];
  for (const number of kept) assertEquals(lostIn(`[${number}]`), undefined, number);
});

Deno.test("jsonLoss() finds nothing in what JSON.stringify() writes", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    assertEquals(jsonLoss(JSON.stringify(value)), undefined);
  }));
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
    assertEquals(isExactNumber(JSON.stringify(number)), true);
  }));
});

Deno.test("jsonLoss() finds integers just if a number says them otherwise", () => {
  fc.assert(fc.property(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), (integer) => {
    const isSame = BigInt(Number(integer)) === integer || String(Number(integer)) === `${integer}`;
    assertEquals(jsonLoss(`{"a":[${integer}]}`) === undefined, isSame);
  }));
});

Deno.test("jsonLoss() finds what is nested too deep, in any text, before anything else", () => {
  const nested = (open: string, depth: number) => open.repeat(depth);
  for (const [open, each] of [["[", 1], ['{"a":', 1], ['[{"a":1,"b":', 2]] as const) {
    assertEquals(jsonLoss(nested(open, MOST_DEEP / each)), undefined);
    const text = `[12345678901234567890],${nested(open, MOST_DEEP / each + 1)}`;
    assertEquals(jsonLoss(text)?.isDeep, true, open);
  }
  assertEquals(jsonLoss(JSON.stringify("[".repeat(5000))), undefined);
  assertEquals(jsonLoss(`[${"[],".repeat(5000)}1]`), undefined);
});
