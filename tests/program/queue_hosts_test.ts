import { assertEquals, assertStringIncludes } from "@std/assert";
import { MARKS, QueueTrial, SERVERS } from "../support/queue_trial.ts";

const WORK = `${MARKS}
/** Jobs whose number is negative are held until they are let go. */
export async function works(n: number) {
  mark(Math.abs(n));
  if (n < 0) await opened(-n);
  return \`\${Math.abs(n)} on \${host}\`;
}
`;

function held(numbers: readonly number[]): Readonly<Record<string, string>> {
  const tasks = { held: { run: "./work.ts#works", inputs: numbers, chunk: 1 } };
  return { "deno.json": "{}", "fanfold.json": JSON.stringify({ tasks }), "work.ts": WORK };
}

for (const kind of SERVERS) {
  const { title, isHere } = kind;
  const ignore = !isHere;

  Deno.test({
    name: `fanfold join ends what it has begun when it is told to end, and takes no more, ${title}`,
    ignore,
    fn: async () => {
      await using trial = await QueueTrial.on(kind, held([-1, -2, -3]));
      const leaving = trial.host("a", { slots: 1 });
      const run = trial.run();
      await trial.began(1, "a");
      leaving.kill("SIGTERM");
      await leaving.wrote("drain");
      const staying = trial.host("b", { slots: 1 });
      await trial.began(2, "b");
      trial.open(1);
      const { code } = await leaving.end();
      assertEquals(code, 128 + 15);
      for (const job of [2, 3]) trial.open(job);
      const { stdout, stderr } = await run.end();
      assertEquals(stdout, "1 on a\n2 on b\n3 on b\n", stderr);
      staying.kill("SIGTERM");
      assertEquals((await staying.end()).code, 128 + 15);
      assertEquals(await trial.cleaned(), []);
    },
  });

  Deno.test({
    name: `fanfold join ends at once when it is told so again, and others do its jobs, ${title}`,
    ignore,
    fn: async () => {
      await using trial = await QueueTrial.on(kind, held([-1, 2]));
      const leaving = trial.host("a", { slots: 1 });
      const run = trial.run();
      await trial.began(1, "a");
      leaving.kill("SIGTERM");
      await leaving.wrote("drain");
      leaving.kill("SIGTERM");
      assertEquals((await leaving.end()).code, 128 + 15);
      trial.host("b", { slots: 1 });
      await trial.began(1, "b");
      trial.open(1);
      const { code, stdout, stderr } = await run.end();
      assertEquals([code, stdout], [0, "1 on b\n2 on b\n"], stderr);
    },
  });

  Deno.test({
    name: `fanfold run --on says why a host that serves other tasks refuses its own, ${title}`,
    ignore,
    fn: async () => {
      await using trial = await QueueTrial.on(kind, held([1, 2]));
      const narrow = trial.host("a", { serves: ["--tasks", "other"] });
      const run = trial.run();
      await run.wrote('it serves no task "held"');
      assertStringIncludes(run.stderr, "a");
      trial.host("b");
      const { code, stdout, stderr } = await run.end();
      assertEquals([code, stdout], [0, "1 on b\n2 on b\n"], stderr);
      narrow.kill("SIGTERM");
      await narrow.end();
    },
  });
}
