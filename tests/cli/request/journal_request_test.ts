import { assertEquals } from "@std/assert";
import { isLogResumed } from "../../../lib/cli/request/journal_request.ts";

Deno.test("isLogResumed() leaves it to the journal where a run or a folder of runs is named", () => {
  const joblog = "log";
  assertEquals(isLogResumed({ options: { joblog, resume: "" } }), true);
  assertEquals(isLogResumed({ options: { joblog, "resume-failed": "" } }), true);
  assertEquals(isLogResumed({ options: { joblog } }), false);
  assertEquals(isLogResumed({ options: { resume: "" } }), false);
  assertEquals(isLogResumed({ options: { joblog, resume: "2026" } }), false);
  assertEquals(isLogResumed({ options: { joblog, resume: "", "resume-failed": "2026" } }), false);
  assertEquals(isLogResumed({ options: { joblog, resume: "", "state-dir": "kept" } }), false);
});
