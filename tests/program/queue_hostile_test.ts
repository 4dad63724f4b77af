import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Beside, MARKS, QueueTrial, SERVERS } from "../support/queue_trial.ts";

const WORK = `${MARKS}
export async function works(n: number) {
  mark(n);
  if (n === 7) Deno.kill(Deno.pid, "SIGKILL");
  // Its neighbours are at the same host when it is killed.
  await new Promise((goOn) => setTimeout(goOn, 200));
  return n;
}
`;

const FILES = {
  "deno.json": "{}",
  "fanfold.json": JSON.stringify({
    tasks: {
      functions: { run: "./work.ts#works", inputs: { range: [1, 12] } },
      scripts: {
        shell: "if [ $1 = 7 ]; then kill -KILL $PPID; fi; sleep 0.2; echo $1",
        inputs: { range: [1, 12] },
      },
    },
  }),
  "work.ts": WORK,
};

for (const kind of SERVERS) {
  for (const task of ["functions", "scripts"]) {
    Deno.test({
      name:
        `a job that kills each host that has it has died, and its neighbours are done, ${task} on ${kind.title}`,
      ignore: !kind.isHere,
      fn: async () => {
        await using trial = await QueueTrial.on(kind, FILES);
        const folder = trial.newFolder(FILES);
        let host: Beside | undefined;
        let isOver = false;
        const serving = (async () => {
          while (!isOver) await (host = trial.join(folder, "a", { slots: 4 })).end();
        })();
        const { code, stdout, stderr } = await trial.run(task).end();
        isOver = true;
        host?.kill("SIGTERM");
        await serving;
        assertEquals([code, stdout], [1, "1\n2\n3\n4\n5\n6\n8\n9\n10\n11\n12\n"], stderr);
        assertStringIncludes(stderr, "job 7, input 7 died: Lost: ");
        assertEquals(await trial.cleaned(), []);
      },
    });
  }
}
