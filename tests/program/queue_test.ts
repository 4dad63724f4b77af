import { assertEquals, assertMatch } from "@std/assert";
import { fanfold } from "../support/program.ts";
import { MARKS, QueueTrial, SERVERS } from "../support/queue_trial.ts";

const FILES = {
  "deno.json": "{}",
  "fanfold.json": JSON.stringify({
    tasks: { held: { run: "./work.ts#held", inputs: { range: [1, 50] }, chunk: 1 } },
  }),
  "work.ts": `${MARKS}
export async function held(n: number) {
  mark(n);
  await opened("all");
  return n;
}`,
};

async function refused(...args: readonly string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await fanfold(["queue", ...args]);
  assertEquals([code, stdout], [2, ""]);
  return stderr.trimEnd().split("\n");
}

Deno.test("fanfold queue wants one URL, and repeats none: there may be a password in it", async () => {
  const hint = "  hint: fanfold queue redis://localhost, or postgres://localhost/NAME";
  const wanted = "wanted the URL of one";
  assertEquals(await refused(), [
    `fanfold: Cannot look at a queue: found nothing, ${wanted}`,
    hint,
  ]);
  assertEquals(await refused("redis://:secret@a", "redis://:secret@b"), [
    `fanfold: Cannot look at a queue: found 2 operands, ${wanted}`,
    hint,
  ]);
  assertEquals(
    (await refused("redis://a", "--format", "csv"))[0],
    [
      'fanfold: Cannot read --format: found "csv", wanted text|json',
    ][0],
  );
});

for (const kind of SERVERS) {
  Deno.test({
    name: `fanfold queue tells what is on a server, and cleans it of what is gone, ${kind.title}`,
    ignore: !kind.isHere,
    fn: async () => {
      await using trial = await QueueTrial.on(kind, FILES);
      const queue = (...args: readonly string[]) =>
        trial.start(["queue", trial.server.url, ...args], trial.folder).end();
      assertEquals((await queue()).stdout, "0 runs, 0 hosts, 0 slices to be taken\n");
      const host = trial.host("alone", { slots: 1 });
      const run = trial.run();
      await trial.marked(1);
      // It tells how many of its slots are busy at most four times a second.
      while ((await trial.look()).hosts[0]?.busy !== 1);
      const { stdout } = await queue();
      const [ofRun = "", ofHost = "", total = ""] = stdout.split("\n");
      assertMatch(ofRun, /^run {3}\S+ +\d+ slices? to be taken, [1-9] with hosts {2}silent for /);
      assertMatch(ofRun, /held, from \S/);
      assertMatch(ofHost, /^host {2}alone +1 of 1 slot busy +silent for .* {2}serves held/);
      assertMatch(total, /^1 run, 1 host, \d+ slices? to be taken$/);
      const told = JSON.parse((await queue("--format", "json")).stdout);
      assertEquals([told.runs.length, told.hosts[0].name, told.hosts[0].busy], [1, "alone", 1]);
      assertEquals(told.depth, told.runs[0].waiting);
      // Both are alive.
      assertEquals(JSON.parse((await queue("--clean", "--format", "json")).stdout), {
        runs: [],
        hosts: [],
        isEmpty: false,
      });
      trial.open("all");
      assertEquals((await run.end()).code, 0);
      host.kill("SIGTERM");
      await host.end();
      const { code, stdout: cleaned, stderr } = await queue("--clean");
      assertEquals([code, stderr], [0, ""]);
      assertEquals(cleaned, "0 runs and 0 hosts removed; nothing is left on the server\n");
      assertEquals(await trial.server.keys(), []);
    },
  });
}
