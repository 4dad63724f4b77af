import { assertEquals } from "@std/assert";
import { MARKS, QueueTrial, type ServerKind, SERVERS } from "../support/queue_trial.ts";

/** For how long a server is away, in s. */
const AWAY = Number(Deno.env.get("QUEUE_AWAY") ?? 3);

const WORK = `${MARKS}
/** Jobs whose number is negative are held until they are let go. */
export async function works(n: number) {
  mark(Math.abs(n));
  if (n < 0) await opened(-n);
  mark(100 + Math.abs(n));
  return \`\${Math.abs(n)} on \${host}\`;
}
export async function numbered(n: number) {
  mark(n);
  await new Promise((goOn) => setTimeout(goOn, 5));
  if (n % 50 === 0) console.log(\`prints \${n}\`);
  return n * 2;
}
`;

function files(tasks: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return { "deno.json": "{}", "fanfold.json": JSON.stringify({ tasks }), "work.ts": WORK };
}

const HELD = {
  held: { run: "./work.ts#works", inputs: [-1] },
  after: { run: "./work.ts#works", inputs: [-2, -3], needs: ["held"] },
  other: { run: "./work.ts#works", inputs: [4] },
};

/** How often each job is told of in the journal of the last run. */
async function toldOf(trial: QueueTrial): Promise<readonly number[]> {
  const shown = await trial.start(["show", "last", "--format", "ndjson"], trial.folder).end();
  return shown.stdout.trimEnd().split("\n").map((line) => JSON.parse(line).index);
}

for (const kind of SERVERS) {
  const { title, isHere } = kind;
  const ignore = !isHere;

  Deno.test({
    name:
      `a host that is stopped for longer than its lock commits nothing when it goes on, ${title}`,
    ignore,
    fn: async () => {
      await using trial = await QueueTrial.on(kind, files(HELD));
      const stopped = trial.host("a", { slots: 1 });
      const run = trial.run("held", "after");
      await trial.began(1, "a");
      const other = trial.host("b", { slots: 2 });
      stopped.kill("SIGSTOP");
      await trial.began(1, "b");
      trial.open(1);
      for (const job of [2, 3]) await trial.began(job, "b");
      stopped.kill("SIGCONT");
      // What it was at ends there, too.
      await trial.began(101, "a");
      for (const job of [2, 3]) trial.open(job);
      const { code, stdout, stderr } = await run.end();
      assertEquals([code, stdout.split("\n")[0]], [0, "1 on b"], stderr);
      assertEquals(await toldOf(trial), [0, 0, 1]);
      other.kill("SIGTERM");
      await other.end();
      assertEquals((await trial.run("other").end()).stdout, "4 on a\n");
      stopped.kill("SIGTERM");
      await stopped.end();
      assertEquals(await trial.cleaned(), []);
    },
  });

  for (const isPersistent of [true, false]) {
    Deno.test({
      name: `fanfold run --on goes on when its server comes back ${
        isPersistent ? "with" : "without"
      } its data, ${title}`,
      ignore,
      fn: async () => {
        const task = { run: "./work.ts#numbered", inputs: { range: [1, 1000] } };
        await using trial = await QueueTrial.on(kind, files({ numbered: task }), { isPersistent });
        const wanted = await trial.atHome();
        const hosts = [trial.host("a"), trial.bareHost("b")];
        const run = trial.run();
        await trial.marked(300);
        await trial.server.stop();
        await new Promise((goOn) => setTimeout(goOn, AWAY * 1000));
        assertEquals([run, ...hosts].map(({ hasEnded }) => hasEnded), [false, false, false]);
        await startedAgain(trial, kind, isPersistent);
        const { code, stdout, stderr } = await run.end();
        assertEquals([code, stdout], [0, wanted.stdout], stderr);
        assertEquals(await toldOf(trial), Array.from({ length: 1000 }, (_, i) => i));
        for (const host of hosts) host.kill("SIGTERM");
        for (const host of hosts) await host.end();
        assertEquals(await trial.cleaned(), []);
      },
    });
  }
}

/** PostgreSQL has its data whatever happens: it is taken away. */
async function startedAgain(
  { server }: QueueTrial,
  { name }: ServerKind,
  isPersistent: boolean,
): Promise<void> {
  await server.start();
  if (!isPersistent && name === "PostgreSQL") await server.loseData();
}
