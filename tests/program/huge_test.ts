/** What is far too big, or too deep, ends in a fault or is done lazily; memory is that of the program that is run. */

import { assertEquals } from "@std/assert";
import { peakOf } from "../support/peak.ts";
import { Folder } from "../support/program.ts";

/** A program that has hardly begun takes 60 MB and more, and V8 collects no garbage before some 50 MB of it. */
const LIMIT_MB = 200;

const MODULE = "export const same = (x: unknown) => x;\n";

Deno.test("fanfold makes slots when they are needed, however many there may be", async () => {
  using folder = new Folder({ "m.ts": MODULE });
  const jobs = "1000000000";
  const commands = [
    ["each", "-j", jobs, "echo", ":::", "1", "2", "3"],
    ["map", "-j", jobs, "./m.ts#same", ":::", "1", "2", "3"],
    ["map", "-j", jobs, "--isolation", "process", "./m.ts#same", ":::", "1", "2", "3"],
    ["each", "-n", "999999999", "-j", jobs, "printf", "%s\\n", ":::", "1", "2", "3"],
  ];
  for (const args of commands) {
    const { peakMb, ...printed } = await peakOf(args, { cwd: folder.path });
    assertEquals(printed, { code: 0, stdout: "1\n2\n3\n", stderr: "" });
    assertEquals(peakMb > LIMIT_MB, false, `${args}: ${peakMb} MB`);
  }
});
