import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { FakeClock } from "../support/fake_clock.ts";
import { Folder } from "../support/folder.ts";
import { Hosted, sentTask } from "../support/hosted.ts";
import { isAlive } from "../support/is_alive.ts";
import { until } from "../support/shared_folder.ts";

const isThere = (path: string) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
};

const pidIn = (path: string) => Number(Deno.readTextFileSync(path));

Deno.test("Host.leave() kills what runs, and gives its slices back without a report", async () => {
  using folder = new Folder();
  const script = 'trap "" TERM; echo $$ > "$1.new"; mv "$1.new" "$1"; while :; do sleep 1; done';
  const hosted = await Hosted.start([
    sentTask("stays", { action: { kind: "shell", script } }),
  ]);
  const slice = await hosted.send("stays", [folder.at("pid")]);
  await until("its command", () => isThere(folder.at("pid")));
  await hosted.host.leave();
  assertEquals(hosted.queue.slices.map(({ number }) => number), [2]);
  assertEquals(slice.reports, []);
  await until("its end", () => !isAlive(pidIn(folder.at("pid"))));
});

Deno.test("Host ends the slots of a task that has had nothing to do for a while", async () => {
  const clock = new FakeClock();
  await using hosted = await Hosted.start([sentTask("pid", { isolation: "process" })], { clock });
  const pidOf = async () => {
    const { values: [pid] } = await hosted.run("pid", [0]);
    return pid as number;
  };
  const pid = await pidOf();
  clock.pass(9_000);
  assertEquals(await pidOf(), pid);
  clock.pass(9_000);
  assertEquals(isAlive(pid), true);
  clock.pass(1_000);
  await until("its end", () => !isAlive(pid));
  assertEquals(await pidOf() === pid, false);
});

Deno.test("Host that is killed leaves nothing running", async () => {
  using folder = new Folder();
  const paths = ["a", "b"].map((name) => folder.at(name));
  const program = fileURLToPath(new URL("../support/host_program.ts", import.meta.url));
  await using child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", program, ...paths],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await until("its commands", () => paths.every(isThere));
  const pids = paths.map(pidIn);
  assertEquals(pids.every(isAlive), true);
  child.kill("SIGKILL");
  await child.status;
  await until("the end of its commands", () => !pids.some(isAlive));
});
