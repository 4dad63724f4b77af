import { assertEquals } from "@std/assert";
import { JobLog } from "../../lib/observers/joblog.ts";
import { openResults } from "../../lib/observers/results.ts";
import type { Results } from "../../lib/observers/results.ts";
import { cancelled, FakeSinks } from "../output/fakes.ts";
import { settle } from "../support/gate.ts";
import { Folder } from "../support/folder.ts";
import { EACH, type Listener, perform, start, tree } from "./logged_jobs.ts";

const onFailure = (reason: unknown) => {
  throw reason;
};

/** Opens results of jobs whose input is one value. */
function open(where: string, isOrdered = true): Results {
  return openResults(where, {
    names: [],
    argsOf: (input) => [String(input)],
    commandOf: ({ index }) => `c${index + 1}`,
    isOrdered,
    stdout: new FakeSinks().stdout,
    onFailure,
  });
}

/** Has a job end that was cancelled, before it started if it has no trace. */
function cancel(listener: Listener, index: number, input: unknown, hasStarted = false): void {
  const trace = hasStarted ? { startedAt: 1000, durationMs: 2, slot: 1, attempts: 1 } : {};
  const outcome = { ...cancelled(EACH, index), ...trace, input };
  listener.onEvent({ kind: "job-ended", outcome });
}

/** Two jobs that are done, and before, between and behind them some that are cancelled. */
function performAll(listener: Listener): void {
  perform(listener, 3, "three", { stdout: "3" });
  start(listener, 2, "two").write("stdout", "so far").end();
  cancel(listener, 2, "two", true);
  cancel(listener, 4, "four");
  perform(listener, 1, "one", { stdout: "1" });
  cancel(listener, 0, "zero");
}

Deno.test("JobLog has no line for a job that was cancelled", async () => {
  using folder = new Folder();
  await using log = new JobLog(folder.at("log"), {
    commandOf: ({ index }) => `c${index + 1}`,
    stdout: new FakeSinks().stdout,
    onFailure,
  });
  performAll(log);
  await log.end();
  const rows = Deno.readTextFileSync(folder.at("log")).split("\n").slice(1, -1);
  assertEquals(rows.map((row) => row.split("\t").at(-1)), ["c4", "c2"]);
});

for (const [isOrdered, wanted] of [[true, ["2", "4"]], [false, ["4", "2"]]] as const) {
  Deno.test(`a table of results ${isOrdered ? "in input order " : ""}has no row for a job that was cancelled, and goes on behind it`, async () => {
    using folder = new Folder();
    await using results = open(folder.at("a.csv"), isOrdered);
    const rows = () =>
      Deno.readTextFileSync(folder.at("a.csv")).split("\n").slice(1, -1).map((row) =>
        row.split(",")[0]
      );
    performAll(results);
    await results.end();
    assertEquals(rows(), [...wanted]);
  });
}

Deno.test("a table of results in input order has rows behind a job that was cancelled before the end", async () => {
  const sinks = new FakeSinks();
  await using results = openResults("-.csv", {
    names: [],
    argsOf: (input) => [String(input)],
    commandOf: () => "c",
    isOrdered: true,
    stdout: sinks.stdout,
    onFailure,
  });
  cancel(results, 0, "zero");
  perform(results, 1, "one", { stdout: "1" });
  await settle();
  assertEquals((await sinks.text()).stdout.split("\n").length, 3);
  await results.end();
});

Deno.test("a folder of results has what a job wrote that was cancelled, and nothing of one that did not start", async () => {
  using folder = new Folder();
  await using results = open(folder.at("out"));
  performAll(results);
  await results.end();
  assertEquals(tree(folder.at("out")), {
    "1/": "",
    ...Object.fromEntries(
      [["one", "1", "2"], ["two", "so far", "3"], ["three", "3", "4"]].flatMap((
        [name, stdout, seq],
      ) => [
        [`1/${name}/`, ""],
        [`1/${name}/stdout`, stdout],
        [`1/${name}/stderr`, ""],
        [`1/${name}/seq`, seq],
      ]),
    ),
  });
});
