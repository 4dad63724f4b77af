import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Outcome } from "../../lib/job.ts";
import { htmlReport } from "../../lib/reports/html.ts";
import type { ReportedRun } from "../../lib/reports/reported_run.ts";
import { SCRIPT, STYLE } from "../../lib/reports/page_parts.ts";
import { HOSTILE, job, runOf, textOf, throwing, wrote } from "./reports.ts";

/** What is seen of a page: its text, without scripts. */
function seen(html: string): string {
  return html.replaceAll(/<(style|script)[^]*?<\/\1>/g, "").replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">")
    .replaceAll(/\s+/g, " ").trim();
}

/** The jobs that can be searched. */
function jobsIn(html: string): readonly unknown[][] {
  const [, json = "{}"] =
    /<script type="application\/json" id="data">([^]*?)<\/script>/.exec(html) ??
      [];
  return JSON.parse(json).jobs;
}

Deno.test("htmlReport() tells how a run ended and why, its tasks, slots, times, and jobs", async () => {
  const run = runOf({
    sizes: [
      job("sizes", 0, { input: "a.txt" }),
      job("sizes", 1, { input: "b", ...throwing("no"), output: wrote("", "one\ntwo\n") }),
    ],
    none: [],
  }, { inputs: { none: 4 }, state: "halted after 2 jobs: 1 done, 1 failed" });
  const html = await textOf(htmlReport(run));
  const text = seen(html);
  assertStringIncludes(
    text,
    'fanfold r halted after 2 jobs: 1 done, 1 failed task "sizes", job 2, input "b" failed: ' +
      "Error: no | one | two fanfold run in /, started ",
  );
  assertStringIncludes(
    text,
    "Tasks task jobs done failed total median sizes 2 1 1 10 ms 5.0 ms none 0 of 4 0 0 0.0 ms 5.0 ms",
  );
  assertStringIncludes(text, "Slots 0 to 15 ms; ");
  assertStringIncludes(text, "How long jobs took to 5.0 ms 2 Slowest jobs job outcome time ");
  assertStringIncludes(
    text,
    'Jobs that did not end well task "sizes", job 2, input "b" failed: Error: no | one | two ',
  );
  assertEquals(jobsIn(html), [
    [0, 1, 0, "5.0 ms", '"a.txt"'],
    [0, 2, 1, "5.0 ms", '"b"'],
  ]);
});

Deno.test("htmlReport() loads nothing, and allows no script but its own", async () => {
  const html = await textOf(htmlReport(runOf({ a: [job("a", 0)] })));
  assertEquals(html.match(/\b(?:https?:|src=|href="(?!#)|url\(|@import)/g), null);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(SCRIPT));
  const own = `sha256-${new Uint8Array(digest).toBase64()}`;
  const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
  assertEquals(policy, `default-src 'none'; style-src 'unsafe-inline'; script-src '${own}'`);
});

Deno.test("htmlReport() has the way to each part that is there, and to no other", async () => {
  const parts: [ReportedRun, string[]][] = [
    [runOf({ a: [] }), ["tasks"]],
    [runOf({ a: [job("a", 0)] }), ["tasks", "slots", "times", "slowest", "jobs"]],
  ];
  for (const [run, ways] of parts) {
    const html = await textOf(htmlReport(run));
    assertEquals([...html.matchAll(/<a href="#(.*?)">/g)].map(([, id]) => id), ways);
    assertEquals([...html.matchAll(/<section id="(.*?)">/g)].map(([, id]) => id), ways);
  }
});

/** A job in which all text is hostile. */
function hostileJob(index: number, length: number): Outcome {
  const long = HOSTILE.repeat(length);
  const error = { name: long, message: `${long}\n${long}\u05d0`, stack: long };
  const output = wrote(long, `${long}\n${long}`);
  return job(HOSTILE, index, { kind: "failed", error, output, input: [long, index] });
}

Deno.test("htmlReport() shows hostile text, and makes no markup of it", async () => {
  const run = runOf({ [HOSTILE]: [hostileJob(0, 100)] }, {
    ...{ id: HOSTILE, state: HOSTILE, line: HOSTILE, folder: HOSTILE },
  });
  const html = await textOf(htmlReport(run));
  assertEquals(html.match(/[[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028]--\n]/gv), null);
  const own = html.replace(STYLE, "").replace(SCRIPT, "");
  const tags = new Set([...own.matchAll(/<([^\s>/]+)/g)].map(([, tag]) => tag));
  for (const tag of ["img", "iframe"]) assert(!tags.has(tag), tag);
  assertEquals(own.match(/<script/g)?.length, 2);
  const ways = ["tasks", "slots", "times", "slowest", "failures", "jobs"];
  assertEquals(own.match(/<a[^>]*>/g), ways.map((id) => `<a href="#${id}">`));
  const unquoted = own.replaceAll(/"[^"]*"/g, '""');
  assertEquals(unquoted.match(/<[^>]*\son\w+=/g), null);
  assertStringIncludes(html, "&lt;/script&gt;&lt;script&gt;alert(1)");
  assertStringIncludes(html, "\\u202e");
  assertEquals(jobsIn(html).length, 1);
});

Deno.test("htmlReport() has at most 5 MB however many jobs there are, and says of how many it tells", async () => {
  const jobs = {
    *[Symbol.iterator]() {
      for (let i = 0; i < 30_000; i++) yield job("quick", i, { slot: i % 100 + 1 });
    },
  };
  const bad = Array.from({ length: 1000 }, (_, i) => job("bad", i, throwing("no")));
  const html = await textOf(htmlReport(runOf({ quick: jobs, bad })));
  const text = seen(html);
  assertStringIncludes(text, "the first 64 of 101 slots");
  assertStringIncludes(text, "the first 200 of 1000 ");
  assertStringIncludes(text, "the first of each task: 11000 of 31000 jobs");
  assertEquals(jobsIn(html).length, 11_000);
});

Deno.test("htmlReport() has at most 5 MB however long texts are, and whatever takes most room", async () => {
  // In markup and in data these take six times as much.
  const [marks, starts] = ['"'.repeat(10_000), "<".repeat(10_000)];
  const output = wrote("", `${marks}\n`.repeat(10));
  const tasks = Array.from({ length: 1000 }, (_, i) => `${marks}${i}`);
  const jobs = (task: string) =>
    Array.from({ length: 60 }, (_, i) => {
      return job(task, i, { slot: i, input: starts, ...throwing(marks), output });
    });
  const run = runOf(Object.fromEntries(tasks.map((task) => [task, jobs(task)])));
  const html = await textOf(htmlReport({ ...run, line: marks, folder: marks, state: marks }));
  const { length } = new TextEncoder().encode(html);
  assert(length > 3_000_000 && length < 5_000_000, `${length} bytes`);
  const text = seen(html);
  assertStringIncludes(text, "the first 500 of 1000 tasks");
  for (const [, few] of text.matchAll(/the first (\d+) of 60000 /g)) assert(Number(few) < 200, few);
  assert(jobsIn(html).length < 20_000);
});

Deno.test("htmlReport() tells of a run without jobs", async () => {
  const html = await textOf(htmlReport(runOf({ a: [] })));
  assertStringIncludes(seen(html), "Tasks task jobs done total median a 0 0 0.0 ms 5.0 ms");
  assertEquals(html.includes("<script"), false);
});
