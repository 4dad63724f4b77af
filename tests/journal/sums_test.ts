import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { placeSum, plainSum, rowSum, shortOf, sumOf } from "../../lib/journal/sums.ts";
import { COLUMNS, PLACES, type SqlValue } from "../../lib/journal/tables.ts";

const cell: fc.Arbitrary<SqlValue> = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.double(),
  fc.uint8Array(),
  fc.constant(null),
);

/** The columns that are not of what a job says. */
const APART = ["id", "task", "idx", "session"];

/** A row of these cells, of the job with an index. */
function rowOf(index: number, cells: readonly SqlValue[]): SqlValue[] {
  const row = [3 * PLACES + index, 3, index, ...cells];
  return [...row.slice(0, COLUMNS.length - 1), 1];
}

Deno.test("sumOf() is another sum where one value is another, of whatever type", () => {
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1 }), fc.nat(), cell, (cells, at, other) => {
      const i = at % cells.length;
      fc.pre(!Object.is(cells[i], other) && !(Number.isNaN(cells[i]) && Number.isNaN(other)));
      fc.pre(JSON.stringify([cells[i]]) !== JSON.stringify([other]));
      assertNotEquals(sumOf(cells), sumOf(cells.with(i, other)));
    }),
  );
});

Deno.test("sumOf() tells bytes apart that differ in one, wherever it is", () => {
  const bytes = crypto.getRandomValues(new Uint8Array(41));
  const sum = sumOf([bytes]);
  for (const [at, byte] of bytes.entries()) {
    for (let bit = 0; bit < 8; bit++) {
      assertNotEquals(sumOf([bytes.with(at, byte ^ 1 << bit)]), sum);
    }
  }
  assertNotEquals(sumOf([bytes.subarray(0, 40)]), sum);
});

Deno.test("rowSum() is another sum where a column of a job is another", () => {
  const cells = fc.array(cell, { minLength: COLUMNS.length, maxLength: COLUMNS.length });
  const column = fc.constantFrom(...COLUMNS.filter((name) => !APART.includes(name)));
  fc.assert(fc.property(fc.nat(), cells, column, cell, (index, cells, name, other) => {
    const row = rowOf(index, cells);
    const at = COLUMNS.indexOf(name);
    fc.pre(JSON.stringify([row[at]]) !== JSON.stringify([other]));
    assertNotEquals(rowSum(row.with(at, other)), rowSum(row));
  }));
});

Deno.test("plainSum() is the sum of all columns of a job like most", () => {
  const time = fc.double({ noNaN: true });
  fc.assert(
    fc.property(fc.nat(), cell, cell, time, time, fc.nat(), (index, input, value, at, ms, slot) => {
      const id = 3 * PLACES + index;
      const rest = [null, "done", value, null, 1, at, ms, slot, 9, null, null, 0, 5];
      assertEquals(
        plainSum(id, input, value, at, ms, slot, 9),
        rowSum([id, 3, index, input, ...rest]),
      );
    }),
  );
});

Deno.test("placeSum() has a sum tell another place, and nothing else", () => {
  const [a, b] = [3 * PLACES + 7, 3 * PLACES + 8];
  const sumAt = (id: number) => plainSum(id, "1", "2", 1.5, 0.25, 1, null);
  const moved = placeSum(a, true) ^ placeSum(b, true);
  assertEquals(shortOf(sumAt(a)) ^ moved, shortOf(sumAt(b)));
  assertEquals(sumAt(a) - shortOf(sumAt(a)), sumAt(b) - shortOf(sumAt(b)));
  assert(Number.isSafeInteger(sumAt(a)) && sumAt(a) >= 0);
});
