import { assertEquals } from "@std/assert";
import {
  type Beside,
  MARKS,
  QueueTrial,
  type ServerKind,
  SERVERS,
} from "../support/queue_trial.ts";

/** For how long a server is away, in s. */
const AWAY = Number(Deno.env.get("QUEUE_AWAY") ?? 3);

const WORK = `${MARKS}
/** Jobs whose number is negative are held until they are let go. */
export async function works(n: number) {
  mark(Math.abs(n));
  if (n < 0) await opened(-n);
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

function held(numbers: readonly number[]): Readonly<Record<string, string>> {
  return files({ held: { run: "./work.ts#works", inputs: numbers, chunk: 1 } });
}

async function code(program: Beside): Promise<number> {
  return (await program.end()).code;
}

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
      await using trial = await QueueTrial.on(kind, held([-1, -2, 3]));
      const stopped = trial.host("a", { slots: 1 });
      const run = trial.run();
      await trial.began(1, "a");
      const other = trial.host("b", { slots: 1 });
      await trial.began(2, "b");
      stopped.kill("SIGSTOP");
      trial.open(2);
      await trial.began(1, "b");
      trial.open(1);
      await trial.began(3, "b");
      stopped.kill("SIGCONT");
      const { code, stdout, stderr } = await run.end();
      assertEquals([code, stdout], [0, "1 on b\n2 on b\n3 on b\n"], stderr);
      assertEquals(await toldOf(trial), [0, 1, 2]);
      for (const host of [stopped, other]) host.kill("SIGTERM");
      for (const host of [stopped, other]) await host.end();
      assertEquals(await trial.cleaned(), []);
    },
  });

  Deno.test({
    name: `a host that was stopped works for its queue again when it goes on, ${title}`,
    ignore,
    fn: async () => {
      await using trial = await QueueTrial.on(kind, held([-1, -2, -3]));
      const stopped = trial.host("a", { slots: 1 });
      const run = trial.run();
      await trial.began(1, "a");
      stopped.kill("SIGSTOP");
      trial.host("b", { slots: 1 });
      // It has job 1 or 2 first, and the other next.
      for (const job of [1, 2]) trial.open(job);
      await trial.began(1, "b");
      await trial.began(3, "b");
      const rest = trial.run("held");
      stopped.kill("SIGCONT");
      await trial.began(3, "a");
      trial.open(3);
      assertEquals([await code(run), await code(rest)], [0, 0]);
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
