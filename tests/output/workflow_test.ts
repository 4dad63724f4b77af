import { assertEquals } from "@std/assert";
import type { ErrorRecord } from "../../lib/job.ts";
import { causeOf } from "../../lib/output/notices.ts";
import { annotate, Groups } from "../../lib/output/workflow.ts";
import { FakeSinks, functions, notDone } from "./fakes.ts";

const WORKFLOW = { workspace: "/work", readsStdout: true };

/** What GitHub Actions is told of a job that has failed so, in a run that was called in this folder. */
function told(error: Partial<ErrorRecord>, { name = "a", here = "/work" } = {}): string {
  const cause = causeOf(notDone(functions(name), 0, error, { input: undefined }));
  const lines: unknown[] = [];
  const to = { put: (line: unknown) => void lines.push(line) };
  annotate(to, cause ? [cause] : [], WORKFLOW, here);
  return lines.join("");
}

/** An error thrown at this place. */
const thrownAt = (place: string) => ({ message: "no", stack: `Error: no\n    at f (${place})` });

Deno.test("Groups open where a task first prints, and close before another does and at the end", async () => {
  const sinks = new FakeSinks();
  const groups = new Groups(sinks);
  groups.end();
  const [a, b] = [groups.of("a"), groups.of("50%\r\n::error::b")];
  a.stdout.put("");
  a.stderr.put("err\n");
  a.stdout.put("open");
  a.stdout.put("\nopen");
  b.stdout.put("b\n");
  groups.end();
  groups.end();
  assertEquals(await sinks.text(), {
    stdout: "::group::a\nopen\nopen\n::endgroup::\n" +
      "::group::50%25%0D%0A::error::b\nb\n::endgroup::\n",
    stderr: "err\n",
  });
});

Deno.test("annotate() tells each cause in one line, in which text and properties are escaped", () => {
  assertEquals(
    told({ message: "50% of it\n::error::other" }),
    '::error::task "a", job 1 failed: Error: 50%25 of it%0A    ::error::other\n',
  );
  assertEquals(
    told(thrownAt("file:///work/a,b%25:c.ts:3:9")),
    '::error file=a%2Cb%25%3Ac.ts,line=3,col=9::task "a", job 1 failed: Error: no\n',
  );
  assertEquals(
    told({ message: "x" }, { name: "a\n::warning::b" }),
    '::error::task "a%0A    ::warning::b", job 1 failed: Error: x\n',
  );
});

Deno.test("annotate() names files from the workspace, others by their path, and no URLs", () => {
  const fileIn = (place: string, here?: string) =>
    / file=([^,]*),/.exec(told(thrownAt(place), { here }))?.[1];
  assertEquals(fileIn("file:///work/sub/m.ts:1:2"), "sub/m.ts");
  assertEquals(fileIn("file:///work/..m.ts:1:2"), "..m.ts");
  assertEquals(fileIn("file:///else/m.ts:1:2"), "/else/m.ts");
  assertEquals(fileIn("file:///worker/m.ts:1:2"), "/worker/m.ts");
  assertEquals(fileIn("https://example.org/m.ts:1:2"), undefined);
  assertEquals(fileIn("data:text/javascript,x:1:2"), undefined);
});
