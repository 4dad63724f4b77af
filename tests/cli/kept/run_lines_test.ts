import { assertEquals } from "@std/assert";
import { wordsToKeep } from "../../../lib/cli/kept/kept_folder.ts";
import {
  isSameLine,
  lineOfRun,
  resumptionBy,
  resumptionOf,
  stdinReadBy,
} from "../../../lib/cli/kept/run_lines.ts";

const HERE = "/the project";

function resumed(...argv: readonly string[]): string | undefined {
  return resumptionBy(argv, "resume-failed", { id: "ID", where: [] });
}

Deno.test("resumptionBy() is the same command line, with the run", () => {
  assertEquals(
    resumed("run", "a b", "-f", "x.yaml"),
    "fanfold run --resume-failed=ID 'a b' -f x.yaml",
  );
  assertEquals(resumed("run", "--", "--resume"), "fanfold run --resume-failed=ID -- --resume");
});

Deno.test("resumptionBy() leaves out how the run went on itself, and no option of a command", () => {
  assertEquals(
    resumed("run", "--resume", "--resume-failed=x", "a", "--state-dir", "x", "--state-dir=y"),
    "fanfold run --resume-failed=ID a",
  );
  const each = (...argv: string[]) => resumed("each", ...argv);
  assertEquals(
    each("--resume", "grep", "--resume", "--state-dir", "x", ":::", "--resume"),
    "fanfold each --resume-failed=ID grep --resume --state-dir x ::: --resume",
  );
  assertEquals(
    each("-kj", "4", "-C", "--resume", "--state-dir", "x", "--", "-rf", "--resume"),
    "fanfold each --resume-failed=ID -kj 4 -C --resume -- -rf --resume",
  );
  assertEquals(
    resumed("map", "m.ts#f", "-j1", "--resume", "--json", ":::", "--resume"),
    "fanfold map --resume-failed=ID 'm.ts#f' -j1 --json ::: --resume",
  );
});

Deno.test("resumptionBy() names the folder of runs where it is another than usual", () => {
  const line = (runs: string) =>
    resumptionBy(["run"], "resume", { id: "ID", where: wordsToKeep(runs, HERE) });
  assertEquals(line(`${HERE}/.fanfold/runs`), "fanfold run --resume=ID");
  assertEquals(line(`${HERE}/a b/runs`), "fanfold run --resume=ID --state-dir 'a b'");
  assertEquals(line("/else/where/runs"), "fanfold run --resume=ID --state-dir /else/where");
  assertEquals(line(`${HERE}/-j/runs`), "fanfold run --resume=ID --state-dir ./-j");
});

Deno.test("resumptionBy() gives no line that is very long", () => {
  assertEquals(resumed("each", "echo", ":::", "x".repeat(2000)), undefined);
});

Deno.test("resumptionOf() goes to the folder of the run", () => {
  const record = { id: "ID", folder: HERE, argv: '["run"]' };
  const runs = `${HERE}/.fanfold/runs`;
  assertEquals(resumptionOf(record, runs, HERE), "fanfold run --resume=ID");
  assertEquals(
    resumptionOf(record, runs, "/else"),
    "(cd '/the project' && fanfold run --resume=ID)",
  );
});

Deno.test("isSameLine() leaves out which run a line is about", () => {
  assertEquals(isSameLine(["run", "--resume=a"], ["run", "--state-dir", "b"]), true);
  assertEquals(isSameLine(["run", "-j1"], ["run"]), false);
  assertEquals(isSameLine(["each", "a", "--resume"], ["each", "a"]), false);
});

Deno.test("stdinReadBy() tells what a line takes from stdin", () => {
  const read = (...argv: string[]) => stdinReadBy({ argv: JSON.stringify(argv) });
  assertEquals(read("each", "echo"), "inputs");
  assertEquals(read("each", "--header", ":", "echo"), "header");
  assertEquals(read("each", "-a", "-", "-j1", "echo"), "inputs");
  assertEquals(read("each", "-a", "file", "echo"), "nothing");
  assertEquals(read("map", "m.ts#f", "::::", "-"), "inputs");
  assertEquals(read("map", "m.ts#f", ":::"), "nothing");
  assertEquals(read("run"), "nothing");
});

Deno.test("lineOfRun() is quoted for a shell, and acts on no terminal", () => {
  assertEquals(
    lineOfRun({ argv: '["run","$x","a\\u001b\\u202e"]' }),
    "fanfold run '$x' $'a\\033\\342\\200\\256'",
  );
});
