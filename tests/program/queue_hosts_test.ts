import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { until } from "../support/shared_folder.ts";
import { MARKS, QueueTrial, SERVERS } from "../support/queue_trial.ts";

const WORK = `${MARKS}
/** Jobs whose number is negative are held until they are let go. */
export async function works(n: number) {
  mark(Math.abs(n));
  if (n < 0) await opened(-n);
  return \`\${Math.abs(n)} on \${host}\`;
}
`;

const FILES = {
  "deno.json": "{}",
  "fanfold.json": JSON.stringify({
    tasks: {
      held: { run: "./work.ts#works", inputs: [-1] },
      free: { run: "./work.ts#works", inputs: [2, 3] },
    },
  }),
  "other.json": JSON.stringify({ tasks: { other: { run: "./work.ts#works" } } }),
  "work.ts": WORK,
};

for (const kind of SERVERS) {
  const { title, isHere } = kind;
  const ignore = !isHere;

  Deno.test({
    name: `fanfold join ends what it has begun when it is told to end, and takes no more, ${title}`,
    ignore,
    fn: async () => {
      await using trial = await QueueTrial.on(kind, FILES);
      const leaving = trial.host("a", { slots: 2 });
      const run = trial.run("held");
      await trial.began(1, "a");
      leaving.kill("SIGTERM");
      await leaving.wrote("a drains");
      const staying = trial.host("b", { slots: 2 });
      const { stdout } = await trial.run("free").end();
      assertEquals([stdout, leaving.hasEnded], ["2 on b\n3 on b\n", false]);
      trial.open(1);
      assertEquals((await leaving.end()).code, 0);
      // A slow job may have been sent a second time, and have ended there first.
      assertMatch((await run.end()).stdout, /^1 on [ab]\n$/);
      staying.kill("SIGTERM");
      assertEquals((await staying.end()).code, 0);
      assertEquals(await trial.cleaned(), []);
    },
  });

  Deno.test({
    name: `fanfold join ends at once when it is told so again, and others do its jobs, ${title}`,
    ignore,
    fn: async () => {
      await using trial = await QueueTrial.on(kind, FILES);
      const leaving = trial.host("a", { slots: 1 });
      const run = trial.run("held");
      await trial.began(1, "a");
      leaving.kill("SIGTERM");
      await leaving.wrote("a drains");
      // One that comes right behind the first is a copy of it.
      await until("its end", () => {
        leaving.kill("SIGTERM");
        return leaving.hasEnded;
      });
      assertEquals((await leaving.end()).code, 128 + 15);
      trial.host("b", { slots: 1 });
      await trial.began(1, "b");
      trial.open(1);
      const { code, stdout, stderr } = await run.end();
      assertEquals([code, stdout], [0, "1 on b\n"], stderr);
    },
  });

  Deno.test({
    name: `fanfold run --on says why hosts that serve other tasks refuse its own, ${title}`,
    ignore,
    fn: async () => {
      await using trial = await QueueTrial.on(kind, FILES);
      const reason = 'host "a" does not run task "free": it serves no task "free"';
      trial.host("a", { serves: ["--tasks", "other.json"] });
      const alone = await trial.run("free").end();
      assertEquals([alone.code, alone.stdout], [3, ""]);
      assertStringIncludes(alone.stderr, reason);
      trial.host("b");
      while ((await trial.look()).hosts.length < 2);
      const { code, stdout, stderr } = await trial.run("free").end();
      assertEquals([code, stdout], [0, "2 on b\n3 on b\n"], stderr);
    },
  });
}
