import { assertEquals, assertStringIncludes } from "@std/assert";
import { read, toCloneBytes } from "../../lib/clones/clone_bytes.ts";
import { loadTasks } from "../../lib/api/run_api.ts";
import type { Item, Report } from "../../lib/engines/queue/messages.ts";
import { freeze } from "../../lib/engines/queue/modules/freeze.ts";
import { connect } from "../../lib/engines/queue/server/connect.ts";
import { isAlive } from "../support/is_alive.ts";
import { fanfold, Folder } from "../support/program.ts";
import { HAS_REDIS, NEEDS_REDIS, startRedis } from "../support/queue_servers.ts";
import { until } from "../support/shared_folder.ts";
import { StartedProgram } from "../support/started_program.ts";

const FILES = {
  "deno.json": "{}",
  "fanfold.json": JSON.stringify({
    defaults: { cwd: "." },
    tasks: {
      double: { run: "./work.ts#double", inputs: [1] },
      held: { shell: 'echo $$ > "$1.new"; mv "$1.new" "$1"; sleep 600', inputs: ["x"] },
    },
  }),
  "work.ts": "export const double = (n: number) => 2 * n;\n",
};

const PASSWORD = "open sesame";

/** A server, and a run of the tasks of a folder on it. */
async function trial(folder: Folder) {
  const server = await startRedis({ password: PASSWORD });
  const broker = await connect(server.url);
  const tasks = await loadTasks(folder.at("fanfold.json"));
  const { sent, bundles } = freeze(tasks, folder.path);
  const reports: Report[] = [];
  const run = { version: 1, session: "s", runId: "r", name: "n", from: "f", tasks: sent } as const;
  const link = await broker.openRun({
    run,
    bundles,
    events: {
      reported: (report) => void reports.push(report),
      lost: () => {},
      unreachable: () => {},
      reachable: () => {},
    },
  });
  const send = (id: string, task: string, inputs: readonly unknown[]) => {
    const parts = [{ first: 0, count: inputs.length, attempt: 1 }];
    return link.send({ id, session: "s", task, parts, expectedMs: 10 }, toCloneBytes(inputs));
  };
  const items = () => reports.flatMap((report) => read(report.items) as Item[]);
  const join = (...args: readonly string[]) =>
    new StartedProgram(["join", server.url, ...args], { cwd: folder.path });
  const end = async () => {
    await link.close(10_000);
    await broker.close();
    await server[Symbol.asyncDispose]();
  };
  return { server, link, send, items, join, reports, [Symbol.asyncDispose]: end };
}

const test = (name: string, fn: () => Promise<void>) =>
  Deno.test({
    name: HAS_REDIS ? name : `${name} ${NEEDS_REDIS}`,
    ignore: !HAS_REDIS,
    fn,
  });

test("fanfold join serves the tasks file of its folder, shows no password, and ends well on TERM", async () => {
  using folder = new Folder(FILES);
  await using queue = await trial(folder);
  await using host = queue.join("--name", "a", "-j", "2");
  await host.wrote("a serves Redis at 127.0.0.1:");
  await queue.send("one", "double", [1, 2, 3]);
  await until("its values", () => queue.reports.at(-1)?.isLast === true);
  const values = queue.items().flatMap((item) =>
    item.kind === "done" ? Array.from(item.values) : []
  );
  assertEquals(values, [2, 4, 6], `${host.stderr} ${Deno.inspect(queue.items())}`);
  host.child.kill("SIGTERM");
  const { code, stderr } = await host.end();
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "with 2 slots: tasks double, held");
  assertStringIncludes(stderr, "a drains");
  assertEquals(stderr.includes("sesame"), false);
});

test("fanfold join kills its jobs at a second signal, and others have its slices at once", async () => {
  using folder = new Folder(FILES);
  await using queue = await trial(folder);
  await using host = queue.join("--name", "a", "-j", "1", "--lock", "10m");
  await host.wrote("serves");
  await queue.send("one", "held", [folder.at("pid")]);
  const pid = () => Number(Deno.readTextFileSync(folder.at("pid")));
  await until(
    "its job",
    () => [...Deno.readDirSync(folder.path)].some(({ name }) => name === "pid"),
  );
  const first = pid();
  host.child.kill("SIGTERM");
  await host.wrote("drains");
  host.child.kill("SIGINT");
  const { code } = await host.end();
  assertEquals(code, 128 + 2);
  await until("the end of its job", () => !isAlive(first));
  assertEquals(await queue.link.statesOf(["one"]), new Map([["one", "waiting"]]));
});

Deno.test("fanfold join says what to give where it has nothing to serve, and reads its options", async () => {
  using folder = new Folder();
  const errorOf = async (...args: readonly string[]) => {
    const { code, stderr } = await fanfold(["join", ...args], { cwd: folder.path });
    assertEquals(code, 2, stderr);
    return stderr;
  };
  const url = "redis://me:sesame@localhost";
  const nothing = await errorOf(url);
  assertStringIncludes(nothing, "Cannot join: found no tasks file in this folder");
  assertStringIncludes(nothing, "--bundles any");
  assertStringIncludes(await errorOf(), "found nothing, wanted the URL of a server");
  assertEquals((await errorOf(url, url)).includes("sesame"), false);
  assertStringIncludes(await errorOf(url, "--lock", "5ms"), "wanted 1s or more");
  assertStringIncludes(await errorOf(url, "--name", "a b"), 'found "a b"');
  assertStringIncludes(await errorOf(url, "--bundles", "x"), "wanted any, none, or a digest");
  assertStringIncludes(
    await errorOf(url, "--bundles", "any", "--bundles", "none"),
    "Cannot combine",
  );
});
