import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { sortPaths } from "../../../lib/inputs/readers/file_paths.ts";

Deno.test("sortPaths() orders any texts by the bytes of their UTF-8", () => {
  const bytes = (text: string) =>
    Array.from(new TextEncoder().encode(text), (byte) => byte + 256).join();
  const text = fc.array(fc.constantFrom("a", "b", "é", "\uE000", "\uFFFD", "🧨", "🧪", "\uD7FF"))
    .map((characters) => characters.join(""));
  fc.assert(fc.property(fc.array(text), (texts) => {
    const expected = [...texts].sort((a, b) =>
      bytes(a) < bytes(b) ? -1 : bytes(a) > bytes(b) ? 1 : 0
    );
    assertEquals(sortPaths([...texts]), expected);
  }));
});
