import { assert, assertEquals, assertMatch } from "@std/assert";
import { MARKS, QueueTrial, SERVERS } from "../support/queue_trial.ts";
import { program, TASKS } from "../support/program.ts";

const WORK = `${MARKS}
export async function works(n: number) {
  mark(n);
  await new Promise((goOn) => setTimeout(goOn, 20));
  return n;
}
export async function never(n: number) {
  mark(n);
  await new Promise(() => {});
}
`;

const FILES = {
  "deno.json": "{}",
  "fanfold.json": JSON.stringify({
    tasks: {
      first: { run: "./work.ts#works", inputs: { range: [1, 100] } },
      second: { run: "./work.ts#works", inputs: { range: [101, 200] } },
      never: { run: "./work.ts#never", inputs: [1000, 1001, 1002] },
    },
  }),
  "work.ts": WORK,
};

/** What a tasks file of the project and its modules are. */
function filesOf(...names: readonly string[]): Readonly<Record<string, string>> {
  const files = names.map((name) => [name, Deno.readTextFileSync(`${TASKS}/${name}`)]);
  return { "deno.json": "{}", ...Object.fromEntries(files) };
}

for (const kind of SERVERS) {
  const { title, isHere } = kind;
  const ignore = !isHere;

  Deno.test({
    name: `two runs on one queue have fair shares of its hosts, ${title}`,
    ignore,
    fn: async () => {
      await using trial = await QueueTrial.on(kind, FILES);
      const runs = [trial.run("first"), trial.run("second")];
      for (;;) {
        const { runs } = await trial.look();
        if (runs.filter(({ waiting }) => waiting > 0).length === 2) break;
      }
      trial.host("a");
      for (const run of runs) assertEquals((await run.end()).code, 0, run.stderr);
      const firstHalf = trial.marks.slice(0, 100);
      const ofFirst = firstHalf.filter(({ job }) => job <= 100).length;
      assert(ofFirst >= 25 && ofFirst <= 75, `of the first 100 jobs ${ofFirst} are of one run`);
    },
  });

  Deno.test({
    name: `fanfold run --on that is interrupted leaves no keys, and hosts stop its jobs, ${title}`,
    ignore,
    fn: async () => {
      await using trial = await QueueTrial.on(kind, FILES);
      const host = trial.host("a", { slots: 2 });
      const run = trial.run("never");
      await trial.marked(2);
      run.kill("SIGINT");
      assertEquals((await run.end()).code, 128 + 2);
      // Both slots are free again.
      const next = trial.run("first");
      assertEquals((await next.end()).code, 0, next.stderr);
      assertEquals((await trial.look()).runs, []);
      host.kill("SIGTERM");
      await host.end();
      assertEquals(await trial.cleaned(), []);
    },
  });

  Deno.test({
    name: `fanfold refuses a wrong password and a port where nobody listens, ${title}`,
    ignore,
    fn: async () => {
      await using trial = await QueueTrial.on(kind, FILES, { password: "right:secret" });
      const wrong = new URL(trial.server.url);
      wrong.password = "wrong-secret";
      const refused = new URL(wrong);
      await trial.server.stop();
      refused.port = String(trial.server.port);
      const commands = (url: URL) => [
        ["queue", url.href],
        ["join", url.href, "--bundles", "any"],
        ["run", "first", "--on", url.href],
      ];
      const tellsOf = async (url: URL) => {
        for (const args of commands(url)) {
          const { code, stdout, stderr } = await trial.start(args, trial.folder).end();
          assertEquals([code, stdout], [3, ""], stderr);
          assert(stderr.startsWith("fanfold: Cannot "), stderr);
          assertEquals(stderr.includes("secret"), false, stderr);
        }
      };
      await tellsOf(refused);
      await trial.server.start();
      await tellsOf(wrong);
      assertEquals((await trial.look()).runs, []);
    },
  });

  Deno.test({
    name: `the lessons print on hosts what they print at home, ${title}`,
    ignore,
    fn: async () => {
      const files = filesOf("multiprocessing.yaml", "multiprocessing.ts");
      await using trial = await QueueTrial.on(kind, files);
      trial.join(trial.newFolder(files), "a", { serves: ["--tasks", "multiprocessing.yaml"] });
      trial.bareHost("b");
      const args = ["-f", "multiprocessing.yaml"];
      const { code, stdout, stderr } = await trial.run(...args).end();
      const withoutIds = (text: string) => text.replaceAll(/(?<=ID: )\d+/g, "N");
      assertEquals(code, 0, stderr);
      assertEquals(withoutIds(stdout), withoutIds((await trial.atHome(...args)).stdout));
    },
  });

  Deno.test({
    name: `checksums are on hosts what they are at home, and both work, ${title}`,
    ignore,
    fn: async () => {
      const files = filesOf("checksums.yaml", "checksums.ts");
      await using trial = await QueueTrial.on(kind, files);
      trial.join(trial.newFolder(files), "a", { serves: ["--tasks", "checksums.yaml"] });
      trial.bareHost("b");
      const find = "find /usr/share -type f -size -200k 2>/dev/null | head -n 3000 | LC_ALL=C sort";
      const { stdout: paths } = await program("sh", ["-c", find]);
      const wanted = await program("xargs", ["-d", "\n", "sha256sum"], { stdin: paths });
      const args = ["run", "-f", "checksums.yaml", "--on", trial.server.url, "--verbose"];
      const ran = trial.start(args, trial.folder, { stdin: paths });
      const { code, stdout, stderr } = await ran.end();
      assertEquals([code, stdout], [0, wanted.stdout], stderr);
      for (const host of ["a", "b"]) assertMatch(stderr, RegExp(`\\d+ jobs  host "${host}"`));
    },
  });
}
