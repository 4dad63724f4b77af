import { assertEquals, assertThrows } from "@std/assert";
import { Fault } from "../lib/fault.ts";
import { indexOfJob, jobNumber } from "../lib/job_number.ts";

Deno.test("indexOfJob() reads what jobNumber() gives", () => {
  for (const index of [0, 1, 99, 2 ** 40]) {
    assertEquals(indexOfJob(String(jobNumber(index))), index);
  }
});

Deno.test("indexOfJob() refuses what is no number from 1", () => {
  for (
    const text of ["0", "-1", "1.5", "1e3", "first", "", " 1", "9".repeat(20), "99".repeat(500)]
  ) {
    const message = `Cannot read the number of a job: found "${text}", wanted 1, 2, 3…`;
    assertThrows(() => indexOfJob(text), Fault, message);
  }
});
