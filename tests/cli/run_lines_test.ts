import { assertEquals } from "@std/assert";
import { commandLineOf, resumptionOf } from "../../lib/cli/run_lines.ts";

function resumed(folder: string, ...argv: readonly string[]): string {
  return resumptionOf({ id: "ID", folder, argv: JSON.stringify(argv) }, "resume");
}

Deno.test("resumptionOf() is the same command line, with the run", () => {
  assertEquals(
    resumed(Deno.cwd(), "run", "a b", "-f", "x.yaml"),
    "fanfold run --resume=ID 'a b' -f x.yaml",
  );
  assertEquals(resumed("/else where", "run"), "cd '/else where' && fanfold run --resume=ID");
});

Deno.test("resumptionOf() leaves out how the run went on itself, and no option of a command", () => {
  const here = Deno.cwd();
  assertEquals(
    resumed(here, "run", "--resume", "--resume-failed=x", "a"),
    "fanfold run --resume=ID a",
  );
  assertEquals(
    resumed(here, "each", "--resume", "grep", "--resume"),
    "fanfold each --resume=ID grep --resume",
  );
});

Deno.test("resumptionOf() shows each character of its words", () => {
  const line = resumed("/d\x1b[2J", "each", "a\u202eb\n", ":::", "c");
  assertEquals(line, "cd $'/d\\033[2J' && fanfold each --resume=ID $'a\\342\\200\\256b\\n' ::: c");
});

Deno.test("commandLineOf() is quoted for a shell", () => {
  assertEquals(commandLineOf({ argv: '["run","$x"]' }), "fanfold run '$x'");
});
