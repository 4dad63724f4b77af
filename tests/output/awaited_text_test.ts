import { assertEquals } from "@std/assert";
import type { Awaited } from "../../lib/job.ts";
import { awaitedText } from "../../lib/output/awaited_text.ts";

Deno.test("awaitedText() says for whom what is awaited, with paths from the current folder on", () => {
  const module = `file://${Deno.cwd()}/a%20b/m.ts`;
  const run = { module, path: ["f"] };
  const texts: [Awaited, string][] = [
    [{ kind: "import", slot: 2, module }, "slot 2, to import ./a b/m.ts"],
    [{ kind: "import", slot: 1, module: "npm:x" }, "slot 1, to import npm:x"],
    [{ kind: "init", slot: 1, run }, "slot 1, to run its init, ./a b/m.ts#f"],
  ];
  for (const [what, text] of texts) {
    assertEquals(awaitedText('task "a"', what), `fanfold: still waiting for task "a", ${text}`);
  }
});
