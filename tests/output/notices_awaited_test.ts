import { assertEquals } from "@std/assert";
import type { Awaited } from "../../lib/events.ts";
import { awaitedText } from "../../lib/output/notices.ts";

Deno.test("awaitedText() says for whom what is awaited, with paths from the current folder on", () => {
  const module = `file://${Deno.cwd()}/a%20b/m.ts`;
  const run = { module, path: ["f"] };
  const texts: [Awaited, string][] = [
    [{ kind: "import", slot: 2, module }, 'task "a", slot 2, to import ./a b/m.ts'],
    [{ kind: "import", slot: 1, module: "npm:x" }, 'task "a", slot 1, to import npm:x'],
    [{ kind: "init", slot: 1, run }, 'task "a", slot 1, to run its init, ./a b/m.ts#f'],
    [{ kind: "fold", index: 3 }, 'the fold of task "a", at the value of job 4'],
    [{ kind: "fold" }, 'the fold of task "a", to be loaded'],
    [{ kind: "input" }, 'the next input of task "a"'],
  ];
  for (const [what, text] of texts) {
    assertEquals(awaitedText('task "a"', what), `still waiting for ${text}`);
  }
});
