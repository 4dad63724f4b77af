import { assertEquals, assertRejects } from "@std/assert";
import { describeModule } from "../../../lib/engines/workers/workers.ts";

const moduleOf = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`;

Deno.test("describeModule() gives the type of every export", async () => {
  const text =
    "export const run = () => 1, list = [], nothing = undefined; export default class {}";
  assertEquals(
    [...await describeModule(moduleOf(text))].toSorted(),
    [["default", "function"], ["list", "object"], ["nothing", "undefined"], ["run", "function"]],
  );
});

Deno.test("describeModule() rejects with what a module throws, and when it ends its Worker", async () => {
  const cases = [
    ["throw new RangeError('not today')", "not today"],
    ["export const a = ;", "Expression expected"],
    ["Deno.exit(3)", "ended with exit code 3"],
    ["process.exit(4)", "ended with exit code 4"],
  ];
  for (const [text = "", why] of cases) {
    await assertRejects(() => describeModule(moduleOf(text)), Error, why);
  }
});
