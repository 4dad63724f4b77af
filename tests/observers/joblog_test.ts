import { assert, assertEquals, assertThrows } from "@std/assert";
import { Fault } from "../../lib/fault.ts";
import { JobLog, logCells, type LoggedOutcome } from "../../lib/observers/joblog.ts";
import { done, FakeSinks, functions } from "../output/fakes.ts";
import { Folder, program } from "../support/program.ts";
import { until } from "../support/shared_folder.ts";
import {
  end,
  HARD_JOBS,
  hardCommands,
  HAS_PARALLEL,
  NEEDS_PARALLEL,
  parallel,
  perform,
  start,
} from "../cli/logged_jobs.ts";

const HEADING = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n";

/** The line of a job that is done. */
function line(seq: number, received = 0): string {
  return `${seq}\t:\t1.000\t     0.002\t0\t${received}\t0\t0\techo ${seq}\n`;
}

/** A log whose commands are `echo` and the number of the job. */
function open(name: string, more: Partial<ConstructorParameters<typeof JobLog>[1]> = {}): JobLog {
  return new JobLog(name, {
    commandOf: ({ index }) => `echo ${index + 1}`,
    stdout: new FakeSinks().stdout,
    onFailure: (reason) => {
      throw reason;
    },
    ...more,
  });
}

Deno.test("JobLog has jobs in the order in which they end, with what they wrote to stdout", async () => {
  using folder = new Folder();
  await using log = open(folder.at("log"));
  const [one, two] = [start(log, 0, "a"), start(log, 1, "b")];
  two.write("stdout", "12345").write("stderr", "123").write("stdout", "6");
  one.write("stderr", "1");
  end(log, 1, "b");
  end(log, 0, "a");
  await log.end();
  assertEquals(Deno.readTextFileSync(folder.at("log")), HEADING + line(2, 6) + line(1));
});

Deno.test("JobLog has the line in the file while other jobs still run", async () => {
  using folder = new Folder();
  await using log = open(folder.at("log"));
  start(log, 0, "a");
  perform(log, 1, "b");
  const wanted = HEADING + line(2);
  await until("the line", () => Deno.readTextFileSync(folder.at("log")).length >= wanted.length);
  assertEquals(Deno.readTextFileSync(folder.at("log")), wanted);
});

Deno.test("JobLog counts what the last attempt wrote, and not that of the job before", async () => {
  using folder = new Folder();
  await using log = open(folder.at("log"));
  const first = start(log, 0, "a").write("stdout", "12345");
  start(log, 0, "a").write("stdout", "12");
  first.write("stdout", "678");
  end(log, 0, "a");
  end(log, 0, "a");
  await log.end();
  assertEquals(Deno.readTextFileSync(folder.at("log")), HEADING + line(1, 2) + line(1));
});

Deno.test("JobLog tells commandOf the input, the index and the slot", async () => {
  using folder = new Folder();
  const commandOf = (job: { input: unknown; index: number; slot: number }) =>
    [job.input, job.index, job.slot].join(" ");
  await using log = open(folder.at("log"), { commandOf });
  perform(log, 4, "a b");
  await log.end();
  assertEquals(Deno.readTextFileSync(folder.at("log")).endsWith("\ta b 4 1\n"), true);
});

Deno.test("JobLog empties the file that it is given", async () => {
  using folder = new Folder({ log: "long ago\n".repeat(100) });
  await using log = open(folder.at("log"));
  await log.end();
  assertEquals(Deno.readTextFileSync(folder.at("log")), HEADING);
});

Deno.test("JobLog adds to a file after a +, with one heading", async () => {
  using folder = new Folder({ torn: HEADING + "1\t:\t1.0" });
  for (const seq of [1, 2]) {
    await using log = open(`+${folder.at("log")}`);
    perform(log, seq - 1, "a");
    await log.end();
  }
  assertEquals(Deno.readTextFileSync(folder.at("log")), HEADING + line(1) + line(2));
  {
    await using log = open(`+${folder.at("torn")}`);
    perform(log, 2, "a");
  }
  assertEquals(Deno.readTextFileSync(folder.at("torn")), `${HEADING}1\t:\t1.0\n${line(3)}`);
});

Deno.test("JobLog goes to stdout as -", async () => {
  const sinks = new FakeSinks();
  await using log = open("-", { stdout: sinks.stdout });
  perform(log, 0, "a");
  await log.end();
  assertEquals(await sinks.text(), { stdout: HEADING + line(1), stderr: "" });
});

Deno.test("JobLog refuses a file that cannot be opened, and none", () => {
  using folder = new Folder({ "file": "" });
  const cannot = (name: string) => `Cannot open --joblog "${folder.at(name)}": `;
  const isFolder = "found a folder, wanted a file";
  const refused = {
    [folder.at("no/log")]: `${cannot("no/log")}there is no folder "${folder.at("no")}"`,
    [folder.at("file/log")]: `${cannot("file/log")}"${folder.at("file")}" is a file and no folder`,
    [folder.at("")]: `${cannot("")}${isFolder}`,
    [folder.at("new/")]: `${cannot("new/")}${isFolder}`,
    [`+${folder.path}`]: `Cannot open --joblog "${folder.path}": ${isFolder}`,
    "+": 'Cannot read --joblog: found "+", wanted a file',
    "": 'Cannot read --joblog: found "", wanted a file',
  };
  // It is there, and takes no file.
  const { message } = assertThrows(() => open("/proc/log"), Fault);
  assertEquals(message.includes("no folder"), Deno.build.os !== "linux");
  for (const [name, message] of Object.entries(refused)) {
    const fault = assertThrows(() => open(name), Fault);
    assertEquals([fault.kind, fault.message], ["usage", message]);
  }
});

Deno.test({
  name: "JobLog tells of a full disk once, and goes on without writing (needs /dev/full of Linux)",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const told = Promise.withResolvers<unknown>();
    let count = 0;
    const onFailure = (reason: unknown) => {
      count++;
      told.resolve(reason);
    };
    await using log = open("/dev/full", { onFailure });
    perform(log, 0, "a");
    const fault = await told.promise;
    perform(log, 1, "b");
    const thrown = await log.end().then(() => undefined, (reason) => reason);
    assert(fault instanceof Fault && fault === thrown);
    assertEquals([count, fault.kind], [1, "engine"]);
    const start = 'Cannot write to --joblog "/dev/full": No space left on device';
    assertEquals(fault.message.slice(0, start.length), start);
  },
});

Deno.test({
  name: "JobLog tells of a pipe whose reader has left (needs mkfifo)",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = new Folder();
    await program("mkfifo", [folder.at("log")]);
    const reader = program("head", ["-c", "3", folder.at("log")]);
    const told = Promise.withResolvers<unknown>();
    await using log = open(folder.at("log"), { onFailure: told.resolve });
    assertEquals((await reader).stdout, "Seq");
    perform(log, 0, "a");
    const fault = await told.promise;
    const start = `Cannot write to --joblog "${folder.at("log")}": Broken pipe`;
    assert(fault instanceof Fault);
    assertEquals([fault.kind, fault.message.slice(0, start.length)], ["engine", start]);
  },
});

Deno.test({
  name: `JobLog writes what GNU parallel writes ${NEEDS_PARALLEL}`,
  ignore: !HAS_PARALLEL,
  async fn() {
    using folder = new Folder();
    const command = hardCommands((name, text) => folder.write(name, text));
    const values = HARD_JOBS.map((_, i) => `v${i}`);
    await parallel(["--joblog", "theirs", command("{#}"), ":::", ...values], folder.path);
    await using log = open(folder.at("ours"), {
      commandOf: ({ index }) => command(String(index + 1)),
    });
    HARD_JOBS.forEach((job, i) => perform(log, i, `v${i}`, job));
    await log.end();
    const [ours, theirs] = ["ours", "theirs"].map((name) => {
      const text = Deno.readTextFileSync(folder.at(name));
      return text.replaceAll(/^(\d+\t:\t)\d+\.\d{3}\t *\d+\.\d{3}\t/gm, "$1TIMES\t").split("\n");
    });
    assertEquals(ours, theirs);
    assertEquals(theirs?.length, HARD_JOBS.length + 2);
  },
});

Deno.test({
  name: `JobLog has the exit code of a command that is not there ${NEEDS_PARALLEL}`,
  ignore: !HAS_PARALLEL,
  async fn() {
    using folder = new Folder();
    await parallel(["--joblog", "theirs", "./none", ":::", "a"], folder.path);
    await using log = open(folder.at("ours"));
    perform(log, 0, "a", { error: { name: "NotStarted" } });
    await log.end();
    const [ours, theirs] = ["ours", "theirs"].map((name) =>
      Deno.readTextFileSync(folder.at(name)).split("\n")[1]?.split("\t").slice(4, 8)
    );
    assertEquals(ours, theirs);
  },
});

Deno.test("logCells() names the host that did a job", () => {
  const task = functions("a");
  const cells = logCells({ ...done(task, 0), host: "h1" } as LoggedOutcome, 0, "true");
  assertEquals(cells.slice(0, 2), ["1", "h1"]);
});
