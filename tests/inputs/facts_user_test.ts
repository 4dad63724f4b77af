import { assertEquals } from "@std/assert";
import type { AnySource as Source } from "../../lib/inputs/sources.ts";
import { waitsForUser } from "../../lib/inputs/facts.ts";

const USER: Source = { kind: "module", run: { module: "file:///m.ts", path: ["inputs"] } };
const GIVEN: Source = { kind: "iterable", open: () => [] };
const OWN: Source = { kind: "iterable", open: () => [], isOwn: true };
const LIST: Source = { kind: "list", values: [1] };
const STDIN: Source = { kind: "lines" } as Source;

Deno.test("waitsForUser() is so of what only code of the user can keep waiting", () => {
  const zip = (...parts: Source[]): Source => ({ kind: "zip", parts }) as Source;
  const sources: [Source, boolean][] = [
    [USER, true],
    [GIVEN, true],
    [OWN, false],
    [LIST, false],
    [STDIN, false],
    [{ kind: "from", task: "a" } as Source, false],
    [{ kind: "mapped", source: USER, change: (input) => input } as Source, true],
    [{ kind: "modified", source: GIVEN, batch: 2 } as Source, true],
    [{ kind: "modified", source: STDIN, batch: 2 } as Source, false],
    [zip(USER, LIST), true],
    [zip(USER, STDIN), false],
    [zip(LIST, LIST), false],
  ];
  for (const [source, isSo] of sources) {
    assertEquals(waitsForUser(source), isSo, Deno.inspect(source));
  }
});
