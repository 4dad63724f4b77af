import { assert, assertEquals } from "@std/assert";
import type { SqlValue } from "../../lib/journal/tables.ts";
import { Journal } from "../../lib/journal/journal.ts";
import { jobRecordOf } from "../../lib/journal/record.ts";
import { COLUMNS, PLACES } from "../../lib/journal/tables.ts";

const RUN = { id: "r", version: "0", folder: "/", origin: "[]", argv: "[]" };
const QUIET = { stdout: null, stderr: null };
const SESSION = 2;

/** The rows of a new journal in which two sessions have begun, after something was done to it. */
async function rowsAfter(act: (journal: Journal) => void): Promise<SqlValue[][]> {
  const folder = await Deno.makeTempDir();
  try {
    using journal = await Journal.create(`${folder}/run.db`, RUN);
    journal.database.exec("INSERT INTO sessions (started_at) VALUES (0), (1)");
    act(journal);
    journal.flush();
    const rows = journal.database.prepare(`SELECT ${COLUMNS.join(",")} FROM jobs ORDER BY id`);
    return rows.all().map((row) => Object.values(row) as SqlValue[]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The record of a job that was done. */
function recordAt(index: number, attempts = 1, input: unknown = index) {
  const trace = { startedAt: 1.5, durationMs: 0.25, slot: 1, pid: 2 ** 22 };
  const job = { task: "t", index, input, attempts };
  const place = { id: 3 * PLACES + index, task: 3, session: SESSION };
  const outcome = { ...job, kind: "done" as const, value: { n: index }, ...trace };
  const record = jobRecordOf(outcome, place, QUIET, false);
  assert(record);
  return record;
}

/** All columns of the record of a job that was done at the first attempt. */
function cellsAt(index: number): SqlValue[] {
  const value = `{"n":${index}}`;
  const start = [3 * PLACES + index, 3, index, String(index), null, "done", value, null, 1];
  return [...start, 1.5, 0.25, 1, 2 ** 22, null, null, 0, SESSION];
}

Deno.test("Journal.add() writes a plain row with all that it leaves out", async () => {
  const indexes = [0, 1, 2 ** 31, PLACES - 1];
  const rows = await rowsAfter((journal) => {
    for (const index of indexes) {
      const { shape, row } = recordAt(index);
      assertEquals(shape, "plain");
      journal.add(shape, row);
    }
  });
  assertEquals(rows, indexes.map(cellsAt));
});

Deno.test("Journal.flush() writes all rows, of either shape, however many stand together", async () => {
  const attemptsAt = (index: number) => index >= 120 && index < 240 ? 2 : 1;
  const indexes = Array.from({ length: 300 }, (_, i) => i);
  const rows = await rowsAfter((journal) => {
    for (const index of indexes) {
      const { shape, row } = recordAt(index, attemptsAt(index));
      assertEquals(shape, attemptsAt(index) === 1 ? "plain" : "full");
      journal.add(shape, row);
    }
  });
  assertEquals(rows, indexes.map((index) => cellsAt(index).with(8, attemptsAt(index))));
});

for (const attempts of [[1, 2], [2, 1]]) {
  Deno.test(`Journal.flush() leaves of a job what was written last: ${attempts} attempts`, async () => {
    const rows = await rowsAfter((journal) => {
      for (const each of attempts) {
        const { shape, row } = recordAt(7, each);
        journal.add(shape, row);
      }
    });
    assertEquals(rows, [cellsAt(7).with(8, attempts[1] as number)]);
  });
}

Deno.test("jobRecordOf() gives all columns of a job whose input has a digest", () => {
  assertEquals(recordAt(0, 1, "x".repeat(63)).shape, "full");
  assertEquals(recordAt(0, 1, "x".repeat(62)).shape, "plain");
});
