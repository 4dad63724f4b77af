import { assertEquals } from "@std/assert";
import { MARKS, QueueTrial, SERVERS } from "../support/queue_trial.ts";

/** Jobs that note when they began and how long they were seen to be alive. */
const WORK = `${MARKS}
import { writeFileSync } from "node:fs";
export async function alone(n: number) {
  mark(n);
  const file = \`\${log}-\${n}-\${host}-\${Date.now()}\`;
  const start = Date.now();
  const end = start + (n === 1 ? 4000 : 100);
  while (Date.now() < end) {
    writeFileSync(file, JSON.stringify([start, Date.now()]));
    await new Promise((goOn) => setTimeout(goOn, 5));
  }
  return n;
}
`;

const FILES = {
  "deno.json": "{}",
  "fanfold.json": JSON.stringify({
    tasks: { alone: { run: "./work.ts#alone", inputs: { range: [1, 6] }, jobs: 1 } },
  }),
  "work.ts": WORK,
};

/** When each job that was begun was seen to be alive, in ms. */
function lives(trial: QueueTrial): readonly (readonly [number, number])[] {
  return [...Deno.readDirSync(trial.folder.path)].filter(({ name }) => name.startsWith("log-"))
    .map(({ name }) => JSON.parse(Deno.readTextFileSync(trial.folder.at(name))))
    .sort(([a], [b]) => a - b);
}

for (const kind of SERVERS) {
  Deno.test({
    name:
      `a task of one job at a time has no two at a time, though its run is killed and resumed, ${kind.title}`,
    ignore: !kind.isHere,
    fn: async () => {
      await using trial = await QueueTrial.on(kind, FILES);
      const hosts = [trial.host("a"), trial.host("b")];
      while ((await trial.look()).hosts.length < hosts.length);
      const killed = trial.run();
      await trial.marked(1);
      killed.kill("SIGKILL");
      await killed.end();
      const { code, stdout, stderr } = await trial.run("--resume").end();
      assertEquals([code, stdout], [0, "1\n2\n3\n4\n5\n6\n"], stderr);
      const seen = lives(trial);
      const overlaps = seen.filter(([start], i) => i > 0 && start < (seen[i - 1]?.[1] ?? 0));
      assertEquals([seen.length, overlaps], [7, []], JSON.stringify(seen));
      for (const host of hosts) host.kill("SIGTERM");
      for (const host of hosts) await host.end();
      assertEquals(await trial.server.keys(), []);
    },
  });
}
