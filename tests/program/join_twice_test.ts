import { assertEquals, assertStringIncludes } from "@std/assert";
import { fanfold, Folder } from "../support/program.ts";
import { HAS_REDIS, NEEDS_REDIS, startRedis } from "../support/queue_servers.ts";
import { until } from "../support/shared_folder.ts";
import { StartedProgram } from "../support/started_program.ts";

const name =
  "fanfold join starts no job again that may not run twice, when the host of it is killed";

Deno.test({
  name: HAS_REDIS ? name : `${name} ${NEEDS_REDIS}`,
  ignore: !HAS_REDIS,
  fn: async () => {
    const once = { shell: "echo start >> log; sleep 600", inputs: [1], twice: "never" };
    const tasks = { defaults: { cwd: "." }, tasks: { once } };
    using folder = new Folder({
      "deno.json": "{}",
      "fanfold.json": JSON.stringify(tasks),
      "log": "",
    });
    await using server = await startRedis();
    const join = (name: string) =>
      new StartedProgram(["join", server.url, "--name", name, "-j", "1", "--lock", "2s"], {
        cwd: folder.path,
      });
    await using first = join("a");
    await first.wrote("serves");
    const run = fanfold(["run", "--no-journal", "--on", server.url], { cwd: folder.path });
    await until("its start", () => Deno.readTextFileSync(folder.at("log")) === "start\n");
    await using second = join("b");
    await second.wrote("serves");
    first.child.kill("SIGKILL");
    const { code, stderr } = await run;
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, "job 1, input 1 died: Lost");
    await second.wrote("it may not run twice");
    assertEquals(Deno.readTextFileSync(folder.at("log")), "start\n");
  },
});
