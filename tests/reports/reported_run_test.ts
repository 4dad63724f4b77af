import { assertEquals } from "@std/assert";
import { restText } from "../../lib/reports/reported_run.ts";

Deno.test("restText() says how many jobs have ended, of how many where that is known", () => {
  const texts = [{ jobs: 0 }, { jobs: 1 }, { jobs: 2 }, { jobs: 1, inputs: 2 }].map(restText);
  assertEquals(texts, [
    "0 jobs have ended",
    "1 job has ended",
    "2 jobs have ended",
    "1 of 2 jobs have ended",
  ]);
});
