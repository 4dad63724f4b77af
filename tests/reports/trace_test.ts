import { assert, assertEquals } from "@std/assert";
import { traceReport } from "../../lib/reports/trace.ts";
import { HOSTILE, job, runOf, START, textOf, throwing } from "./reports.ts";

interface Bar {
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly args: Readonly<Record<string, unknown>>;
}

async function barsOf(run: ReturnType<typeof runOf>): Promise<readonly Bar[]> {
  const { traceEvents } = JSON.parse(await textOf(traceReport(run)));
  return traceEvents.filter(({ ph }: Bar) => ph === "X");
}

Deno.test("traceReport() has a bar for each job, in the process of its task and the thread of its slot", async () => {
  const run = runOf({
    sizes: [job("sizes", 0, { input: "a" }), job("sizes", 1, { slot: 2, durationMs: 0.5 })],
    "next": [job("next", 3, { input: undefined, ...throwing("no"), attempts: 2 })],
  });
  assertEquals(
    await textOf(traceReport(run)),
    `{"displayTimeUnit":"ms","otherData":{"run":"r","line":"fanfold run","folder":"/","state":"ended","startedAt":"${START}"},"traceEvents":[
{"ph":"M","name":"process_name","pid":1,"args":{"name":"sizes"}},
{"ph":"M","name":"process_sort_index","pid":1,"args":{"sort_index":1}},
{"ph":"M","name":"thread_name","pid":1,"tid":1,"args":{"name":"slot 1"}},
{"ph":"X","name":"\\"a\\"","cat":"done","pid":1,"tid":1,"ts":0,"dur":5000,"args":{"job":1,"input":"\\"a\\"","outcome":"done","attempts":1}},
{"ph":"M","name":"thread_name","pid":1,"tid":2,"args":{"name":"slot 2"}},
{"ph":"X","name":"1","cat":"done","pid":1,"tid":2,"ts":10000,"dur":500,"args":{"job":2,"input":"1","outcome":"done","attempts":1}},
{"ph":"M","name":"process_name","pid":2,"args":{"name":"next"}},
{"ph":"M","name":"process_sort_index","pid":2,"args":{"sort_index":2}},
{"ph":"M","name":"thread_name","pid":2,"tid":1,"args":{"name":"slot 1"}},
{"ph":"X","name":"job 4","cat":"failed","pid":2,"tid":1,"ts":30000,"dur":5000,"args":{"job":4,"outcome":"failed","attempts":2,"error":"task \\"next\\", job 4 failed after 2 attempts: Error: no"}}
]}
`,
  );
});

Deno.test("traceReport() has no bar begin before the one in front of it in its slot has ended, though starts be told in whole ms", async () => {
  const times = [[0, 10.7], [10, 0.2], [10, 5], [20, 1]] as const;
  const jobs = times.map(([at, durationMs], i) =>
    job("a", i, { startedAt: START + at, durationMs })
  );
  const bars = await barsOf(runOf({ a: jobs }));
  assertEquals(bars.map(({ ts, dur }) => [ts, dur]), [
    [0, 10_700],
    [10_700, 0],
    [10_700, 4300],
    [20_000, 1000],
  ]);
  // One that is done again ran long after its neighbours.
  const again = await barsOf(runOf({
    a: [job("a", 0, { startedAt: START + 500 }), job("a", 1, { startedAt: START + 7 })],
  }));
  assertEquals(again.map(({ ts }) => ts), [500_000, 7000]);
});

Deno.test("traceReport() shows hostile text, and long inputs cut off", async () => {
  const hostile = job(HOSTILE, 0, { ...throwing(HOSTILE), input: HOSTILE.repeat(100) });
  const text = await textOf(traceReport(runOf({ [HOSTILE]: [hostile] })));
  assertEquals(text.match(/[[\p{Cc}\p{Cs}\p{Bidi_Control}]--\n]/gv), null);
  const [bar] = JSON.parse(text).traceEvents.filter(({ ph }: Bar) => ph === "X");
  assert(bar.name.length <= 60 && bar.args.input.length <= 400, JSON.stringify(bar));
});

Deno.test("traceReport() is JSON without any job", async () => {
  assertEquals(JSON.parse(await textOf(traceReport(runOf({})))).traceEvents, []);
});
