import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { junitReport } from "../../lib/reports/junit.ts";
import { Folder, program } from "../support/program.ts";
import { HOSTILE, job, runOf, textOf, throwing, wrote } from "./reports.ts";

/** A run with every way to end, one of which is that jobs have not. */
function anyRun() {
  return runOf({
    sizes: [
      job("sizes", 0, { input: "a.txt" }),
      job("sizes", 1, { input: undefined }),
      job("sizes", 2, {
        ...throwing("too <small>", "RangeError"),
        output: wrote("1\n", "\x1b[31m2"),
      }),
    ],
    late: [
      job("late", 0, { kind: "timed-out", error: { name: "TimedOut", message: "too long" } }),
      job("late", 1, { kind: "died", error: { name: "Exit", message: "exit" }, attempts: 2 }),
    ],
    none: [],
  }, { inputs: { none: 4 } });
}

const SCHEMA = fileURLToPath(new URL("./junit.xsd", import.meta.url));

const HAS_LINT = await program("xmllint", ["--version"]).then(
  ({ code }) => code === 0,
  () => false,
);

async function assertValid(xml: string): Promise<void> {
  using folder = new Folder({ "report.xml": xml });
  const path = folder.at("report.xml");
  const { code, stderr } = await program("xmllint", ["--noout", "--schema", SCHEMA, path]);
  assertEquals([code, stderr], [0, `${path} validates\n`]);
}

Deno.test("junitReport() has a suite for each task, a case for each job, and one skipped where jobs have not ended", async () => {
  assertEquals(
    await textOf(junitReport(anyRun())),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="fanfold r" time="0.025000" tests="6" failures="1" errors="2">
  <testsuite name="sizes" tests="3" failures="1" errors="0" skipped="0" time="0.015000" timestamp="2026-01-31T12:00:00">
    <testcase name="a.txt" classname="sizes" time="0.005000"/>
    <testcase name="job 2" classname="sizes" time="0.005000"/>
    <testcase name="2" classname="sizes" time="0.005000">
      <failure message="task &quot;sizes&quot;, job 3, input 2 failed: RangeError: too &lt;small&gt;" type="RangeError">task &quot;sizes&quot;, job 3, input 2 failed: RangeError: too &lt;small&gt;</failure>
      <system-out>1
</system-out>
      <system-err>2</system-err>
    </testcase>
  </testsuite>
  <testsuite name="late" tests="2" failures="0" errors="2" skipped="0" time="0.010000" timestamp="2026-01-31T12:00:00">
    <testcase name="0" classname="late" time="0.005000">
      <error message="task &quot;late&quot;, job 1, input 0 timed-out: too long" type="TimedOut">task &quot;late&quot;, job 1, input 0 timed-out: too long</error>
    </testcase>
    <testcase name="1" classname="late" time="0.005000">
      <error message="task &quot;late&quot;, job 2, input 1 died after 2 attempts: exit" type="Exit">task &quot;late&quot;, job 2, input 1 died after 2 attempts: exit</error>
    </testcase>
  </testsuite>
  <testsuite name="none" tests="1" failures="0" errors="0" skipped="1" time="0.000000" timestamp="2026-01-31T12:00:00">
    <testcase name="jobs that have not ended" classname="none"><skipped message="0 of 4 jobs have ended"/></testcase>
  </testsuite>
</testsuites>
`,
  );
});

/** A run in which all text is hostile. */
function hostileRun() {
  const error = {
    name: HOSTILE,
    message: `${HOSTILE}\r\nend`,
    stack: `x\n    at ${HOSTILE}\n    at y`,
  };
  const output = wrote(HOSTILE, HOSTILE.repeat(1000));
  return runOf({
    [HOSTILE]: [job(HOSTILE, 0, { kind: "failed", error, output, input: HOSTILE })],
  }, { id: HOSTILE });
}

Deno.test("junitReport() has U+FFFD for what is no character of XML, and no markup of others", async () => {
  const xml = await textOf(junitReport(hostileRun()));
  // deno-lint-ignore no-control-regex
  assertEquals(xml.match(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu), null);
  const elements = new Set([...xml.matchAll(/<\/?([^\s>/]+)/g)].map(([, name]) => name));
  assertEquals([...elements], [
    ...["?xml", "testsuites", "testsuite", "testcase", "failure", "system-out", "system-err"],
  ]);
  assertStringIncludes(xml, `]]&gt;&amp;amp;&quot;\ufffd`);
  assertStringIncludes(xml, "&#13;\nend\n    at ");
  assertStringIncludes(xml, "\n    at y</failure>");
});

Deno.test("junitReport() has the end of what a job printed that did not end well, at most 8 KiB of each stream", async () => {
  const lines = Array.from({ length: 10_000 }, (_, i) => `line ${i}\n`).join("");
  const failed = job("a", 0, { ...throwing("no"), output: wrote(lines, "") });
  const xml = await textOf(
    junitReport(runOf({ a: [failed, job("a", 1, { output: failed.output })] })),
  );
  const [, out = "", ...more] = /<system-out>([^<]*)<\/system-out>/.exec(xml) ?? [];
  assertEquals([out.slice(0, 1), out.endsWith("line 9999\n"), more], ["…", true, []]);
  assertEquals(new TextEncoder().encode(out.slice(1)).length, 8192);
  assertEquals(xml.match(/<system-/g)?.length, 1);
});

Deno.test({
  name:
    "junitReport() is what the schema of Jenkins wants (needs xmllint: apt-get install libxml2-utils)",
  ignore: !HAS_LINT,
  async fn() {
    await assertValid(await textOf(junitReport(anyRun())));
    await assertValid(await textOf(junitReport(hostileRun())));
    await assertValid(await textOf(junitReport(runOf({}))));
  },
});
