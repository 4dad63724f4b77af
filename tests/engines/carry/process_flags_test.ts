import { assertEquals } from "@std/assert";
import { ProcessFlags, takeFlags } from "../../../lib/engines/carry/process_flags.ts";

const ignore = !ProcessFlags.areThere;

Deno.test({
  name: "ProcessFlags are nothing before they were taken, and then the same memory on both sides",
  ignore,
  fn: () => {
    using near = ProcessFlags.open();
    assertEquals([near?.taken, near?.last], [undefined, undefined]);
    const far = takeFlags(near?.path ?? "");
    assertEquals([near?.taken?.at, near?.last?.at], [undefined, undefined]);
    far?.mark(2 ** 40, 1.5);
    assertEquals([near?.taken?.at, near?.taken?.startedAt], [2 ** 40, 1.5]);
    near?.taken?.requestFlush();
    assertEquals(far?.isDue(), true);
  },
});

Deno.test({
  name: "ProcessFlags know the last job when their memory is given back",
  ignore,
  fn: () => {
    const near = ProcessFlags.open();
    takeFlags(near?.path ?? "")?.mark(7, 1.5);
    near?.[Symbol.dispose]();
    near?.[Symbol.dispose]();
    assertEquals([near?.taken, near?.last], [undefined, { at: 7, startedAt: 1.5 }]);
  },
});

Deno.test("takeFlags() gives nothing where there is no such memory", () => {
  assertEquals(takeFlags("/proc/self/fd/999999"), undefined);
});
