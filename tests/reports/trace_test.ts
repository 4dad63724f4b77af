import { assert, assertEquals } from "@std/assert";
import { buildModel } from "@tracerbench/trace-model";
import fc from "fast-check";
import type { Outcome } from "../../lib/job.ts";
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
{"ph":"M","name":"process_name","cat":"__metadata","pid":1,"tid":0,"ts":0,"args":{"name":"sizes"}},
{"ph":"M","name":"process_sort_index","cat":"__metadata","pid":1,"tid":0,"ts":0,"args":{"sort_index":1}},
{"ph":"M","name":"thread_name","cat":"__metadata","pid":1,"tid":1,"ts":0,"args":{"name":"slot 1"}},
{"ph":"X","name":"\\"a\\"","cat":"done","pid":1,"tid":1,"ts":0,"dur":5000,"args":{"job":1,"input":"\\"a\\"","outcome":"done","attempts":1}},
{"ph":"M","name":"thread_name","cat":"__metadata","pid":1,"tid":2,"ts":0,"args":{"name":"slot 2"}},
{"ph":"X","name":"1","cat":"done","pid":1,"tid":2,"ts":10000,"dur":500,"args":{"job":2,"input":"1","outcome":"done","attempts":1}},
{"ph":"M","name":"process_name","cat":"__metadata","pid":2,"tid":0,"ts":0,"args":{"name":"next"}},
{"ph":"M","name":"process_sort_index","cat":"__metadata","pid":2,"tid":0,"ts":0,"args":{"sort_index":2}},
{"ph":"M","name":"thread_name","cat":"__metadata","pid":2,"tid":1,"ts":0,"args":{"name":"slot 1"}},
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

/** What each event of a phase has, by the public description of the Trace Event Format. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  M: { name: "string", cat: "string", pid: "number", tid: "number", ts: "number", args: "object" },
  X: {
    ...{ name: "string", cat: "string", pid: "number", tid: "number", ts: "number" },
    ...{ dur: "number", args: "object" },
  },
};

/** When a job started and how long it took, in ms, as journals have it: some starts are whole ms. */
const jobsOfSlot = fc.array(
  fc.tuple(
    fc.double({ min: 0, max: 50, noNaN: true }),
    fc.double({ min: 0, max: 2, noNaN: true }),
    fc.boolean(),
  ),
  { maxLength: 20 },
);

Deno.test("traceReport() is read by a reader of the format: tasks are processes, slots threads, and no job lies within another", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.array(jobsOfSlot, { minLength: 1, maxLength: 3 }), { maxLength: 3 }),
    async (tasks) => {
      const jobs: Record<string, Outcome[]> = {};
      for (const [i, slots] of tasks.entries()) {
        const name = `task ${i}`;
        const list: Outcome[] = jobs[name] = [];
        for (const [j, times] of slots.entries()) {
          let at = START;
          for (const [durationMs, pauseMs, isWhole] of times) {
            const startedAt = isWhole ? Math.floor(at) : at;
            list.push(job(name, list.length, { slot: j + 1, startedAt, durationMs }));
            at += durationMs + pauseMs;
          }
        }
      }
      const trace = JSON.parse(await textOf(traceReport(runOf(jobs))));
      for (const event of trace.traceEvents) {
        const types = Object.entries(event).map(([key, value]) => [key, typeof value]);
        const { ph: _, ...fields } = Object.fromEntries(types);
        assertEquals(fields, FIELDS[event.ph]);
      }
      const model = buildModel(trace);
      assertEquals(
        model.processes.map(({ name, threads }) => [name, threads.map(({ name }) => name)]),
        tasks.map((slots, i) => [
          `task ${i}`,
          slots.flatMap((times, j) => times.length > 0 ? [`slot ${j + 1}`] : []),
        ]),
      );
      for (const { id, threads } of model.processes) {
        for (const thread of threads) {
          const bars = thread.events.filter((event) => event.isComplete());
          assertEquals(bars.length, tasks[id - 1]?.[thread.id - 1]?.length);
          for (const [i, { start }] of bars.entries()) {
            assert(i === 0 || start >= bars[i - 1]!.end, `${start} lies within the one before`);
          }
        }
      }
    },
  ));
});
