import { assertEquals } from "@std/assert";
import { didYouMean, meantOrAll, nearest } from "../../lib/text/nearest.ts";

Deno.test("nearest() allows one slip in three letters", () => {
  const known = ["inputs", "needs", "run", "description"];
  const given = [
    "inputz",
    "Inputs",
    "inptus",
    "nedes",
    "rum",
    "descripton",
    "deskriptoin",
    "xyz",
    "in",
  ];
  assertEquals(given.map((name) => nearest(name, known)), [
    "inputs",
    "inputs",
    "inputs",
    "needs",
    "run",
    "description",
    "description",
    undefined,
    undefined,
  ]);
});

Deno.test("nearest() takes the first of equally near names", () => {
  assertEquals(nearest("c", ["a", "b"]), "a");
  assertEquals(nearest("", []), undefined);
});

Deno.test("didYouMean() asks, or says nothing", () => {
  assertEquals(didYouMean("job", ["jobs"]), 'did you mean "jobs"?');
  assertEquals(didYouMean("colour", ["jobs"]), undefined);
});

Deno.test("meantOrAll() tells the nearest name, or the first of all", () => {
  assertEquals(meantOrAll("biuld", ["test", "build"], "tasks"), 'did you mean "build"?');
  assertEquals(meantOrAll("x", ["test", "build"], "tasks"), "its tasks are test, build");
  const names = Array.from({ length: 21 }, (_, i) => `task${i}`);
  const first = names.slice(0, 20).join(", ");
  assertEquals(meantOrAll("x", names, "tasks"), `its tasks are ${first} and 1 more`);
  const long = `its tasks are ${"n".repeat(59)}…`;
  assertEquals(meantOrAll("x", ["n".repeat(100_000)], "tasks"), long);
});
