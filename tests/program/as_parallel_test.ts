import { assertEquals } from "@std/assert";
import {
  type Case,
  type Difference,
  each,
  type Group,
  parallel,
  parallelHome,
  whatParallelCan,
} from "../support/parallel.ts";
import type { Folder, Printed } from "../support/program.ts";
import { COLUMNS, CSV } from "./as_parallel_columns_table.ts";
import { COMMAND_DIFFERENCES, END_DIFFERENCES } from "./as_parallel_differences_table.ts";
import { HALT_DIFFERENCES, HALTS } from "./as_parallel_halt_table.ts";
import {
  COLUMN_DIFFERENCES,
  CSV_DIFFERENCES,
  INPUT_DIFFERENCES,
} from "./as_parallel_input_differences_table.ts";
import { OUTPUT } from "./as_parallel_output_table.ts";
import { JOBS } from "./as_parallel_table.ts";

const can = await whatParallelCan();

/** What a case makes of both, where that is not as wanted; cases run two at a time. */
async function failures<T extends Case>(
  cases: readonly T[],
  look: (one: T, theirs: Printed, ours: Printed) => { found: unknown; wanted: unknown } | undefined,
): Promise<{ found: Record<string, unknown>; wanted: Record<string, unknown> }> {
  using home = parallelHome();
  const found: Record<string, unknown> = {};
  const wanted: Record<string, unknown> = {};
  const left = cases.values();
  const work = async () => {
    for (const one of left) {
      const failure = look(one, ...await both(one, home));
      if (!failure) continue;
      found[one.name] = failure.found;
      wanted[one.name] = failure.wanted;
    }
  };
  await Promise.all([work(), work()]);
  return { found, wanted };
}

async function both(one: Case, home: Folder): Promise<[theirs: Printed, ours: Printed]> {
  return [await parallel(one.args, one, home), await each(one.fanfold ?? one.args, one)];
}

/** Both print the same, and agree whether all went well. */
function likeness({ stderr }: Case, theirs: Printed, ours: Printed) {
  const isSame = theirs.stdout === ours.stdout && (theirs.code === 0) === (ours.code === 0) &&
    (!stderr || theirs.stderr === ours.stderr);
  return isSame ? undefined : { found: ours, wanted: theirs };
}

/** Each prints what the table says. */
function difference(one: Difference, theirs: Printed, ours: Printed) {
  const [theirCode, ourCode] = one.codes ?? [0, 0];
  const wanted = {
    parallel: { code: theirCode, stdout: one.parallelPrints },
    fanfold: { code: ourCode, stdout: one.fanfoldPrints },
  };
  const found = {
    parallel: { code: theirs.code, stdout: theirs.stdout },
    fanfold: { code: ours.code, stdout: ours.stdout },
  };
  return JSON.stringify(found) === JSON.stringify(wanted) ? undefined : { found, wanted };
}

/** A test that compares, named with what it needs. */
function test(claim: string, needs: "run" | "csv", fn: () => Promise<void>): void {
  const packages = needs === "csv" ? "parallel libtext-csv-perl" : "parallel";
  Deno.test({
    name: `fanfold each ${claim} (needs GNU parallel: apt-get install ${packages})`,
    ignore: !can[needs],
    fn,
  });
}

function testGroup({ claim, cases }: Group, needs: "run" | "csv"): void {
  test(`${claim}, as GNU parallel does`, needs, async () => {
    const { found, wanted } = await failures(cases, likeness);
    assertEquals(found, wanted);
  });
}

for (const group of [...JOBS, ...COLUMNS, ...OUTPUT, ...HALTS]) testGroup(group, "run");
testGroup(CSV, "csv");

function testDifferences(where: string, cases: readonly Difference[], needs: "run" | "csv"): void {
  test(`differs from GNU parallel ${where} as the table says`, needs, async () => {
    const { found, wanted } = await failures(cases, difference);
    assertEquals(found, wanted);
  });
}

testDifferences("in commands", COMMAND_DIFFERENCES, "run");
testDifferences("in its ends", END_DIFFERENCES, "run");
testDifferences("in halts", HALT_DIFFERENCES, "run");
testDifferences("in inputs", INPUT_DIFFERENCES, "run");
testDifferences("in columns", COLUMN_DIFFERENCES, "run");
testDifferences("in CSV", CSV_DIFFERENCES, "csv");
