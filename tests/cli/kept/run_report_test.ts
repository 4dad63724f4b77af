import { assertEquals } from "@std/assert";
import { reportOf } from "../../../lib/cli/kept/run_report.ts";
import { KeptRun as OpenRun } from "../../../lib/journal/kept_run.ts";
import { failing, jobEnded, KeptRun, known } from "../../journal/kept_run.ts";

Deno.test("reportOf() tells of a run that is under way what there is at one moment, and holds nothing up", async () => {
  using kept = new KeptRun();
  await using session = await kept.session([known("it")]);
  const end = (index: number, how = {}) => {
    session.onEvent(jobEnded("it", index, index, how));
    session.onEvent({ kind: "jobs-told" });
  };
  end(0);
  end(2, failing("no"));
  using run = await OpenRun.open(kept.path);
  assertEquals(run.state, "under way");
  const count = async (pieces: AsyncIterable<string>) => {
    const xml = (await Array.fromAsync(pieces)).join("");
    return [/<testsuite .* tests="(\d+)"/.exec(xml)?.[1], xml.match(/<testcase /g)?.length];
  };
  const report = reportOf(run, "junit", new AbortController().signal);
  await report.next();
  end(1);
  end(3);
  assertEquals(kept.jobs.length, 4);
  // Two jobs, and that others may come.
  assertEquals(await count(report), ["3", 3]);
  assertEquals(await count(reportOf(run, "junit", new AbortController().signal)), ["5", 5]);
});
