import { assertEquals } from "@std/assert";
import { didYouMean, nearest } from "../lib/nearest.ts";

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
