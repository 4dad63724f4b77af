import { assert, assertEquals, assertThrows } from "@std/assert";
import { openResults } from "../../lib/observers/results.ts";
import type { Results, ResultsOptions } from "../../lib/observers/results.ts";
import { Fault } from "../../lib/fault.ts";
import { Sink } from "../../lib/output/sink.ts";
import { FakeSinks } from "../output/fakes.ts";
import { settle } from "../support/gate.ts";
import { Folder } from "../support/folder.ts";
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

const HEADING =
  "Seq,Host,Starttime,JobRuntime,Send,Receive,Exitval,Signal,Command,V1,Stdout,Stderr\n";

/** Opens results of jobs whose inputs are lists of values. */
function open(where: string, more: Partial<ResultsOptions> = {}): Results {
  return openResults(where, {
    names: [],
    argsOf: (input) => [input].flat().map(String),
    commandOf: ({ index }) => `c${index + 1}`,
    isOrdered: false,
    stdout: new FakeSinks().stdout,
    onFailure: (reason) => {
      throw reason;
    },
    ...more,
  });
}

const MIB = 1024 * 1024;

/** Has temporary files be made in another folder. */
function temporaryFolder(path: string): Disposable {
  const before = Deno.env.get("TMPDIR");
  Deno.env.set("TMPDIR", path);
  return {
    [Symbol.dispose]: () =>
      before === undefined ? Deno.env.delete("TMPDIR") : Deno.env.set("TMPDIR", before),
  };
}

/** The row of a job that is done. */
function row(
  seq: number,
  value: string,
  stdout: string,
  stderr = "",
  received = stdout.length,
): string {
  return `${seq},:,1.000,0.002,0,${received},0,0,c${seq},${value},${stdout},${stderr}\n`;
}

Deno.test("a table of results has rows as jobs end", async () => {
  using folder = new Folder({ "a.csv": "long ago\n".repeat(100) });
  await using results = open(folder.at("a.csv"));
  const one = start(results, 0, "x").write("stdout", "o ");
  perform(results, 1, "y", { stdout: "two", stderr: "err" });
  one.write("stdout", "ne");
  end(results, 0, "x");
  await results.end();
  const text = Deno.readTextFileSync(folder.at("a.csv"));
  assertEquals(text, HEADING + row(2, "y", "two", "err") + row(1, "x", '"o ne"', "", 4));
});

Deno.test("a table of results has rows in input order, the rest at the end", async () => {
  using folder = new Folder();
  await using results = open(folder.at("a.csv"), { isOrdered: true });
  start(results, 3, "never");
  for (const index of [5, 1, 2, 0, 4]) perform(results, index, "x", { stdout: `o${index}` });
  await results.end();
  assertEquals(
    Deno.readTextFileSync(folder.at("a.csv")),
    HEADING + [0, 1, 2, 4, 5].map((index) => row(index + 1, "x", `o${index}`)).join(""),
  );
});

Deno.test("a table of results has the row of a job that ended when others still run", async () => {
  using folder = new Folder();
  await using results = open(folder.at("a.csv"), { isOrdered: true });
  start(results, 1, "y");
  perform(results, 0, "x", { stdout: "one" });
  const wanted = HEADING + row(1, "x", "one");
  await until("the line", () => Deno.readTextFileSync(folder.at("a.csv")).length >= wanted.length);
  assertEquals(Deno.readTextFileSync(folder.at("a.csv")), wanted);
});

Deno.test("a table of results has what the last attempt wrote, and rows of jobs that did not start", async () => {
  using folder = new Folder();
  await using results = open(folder.at("a.csv"));
  const first = start(results, 0, "x").write("stdout", "first, ");
  start(results, 0, "x").write("stdout", "second");
  first.write("stdout", "late");
  end(results, 0, "x");
  perform(results, 1, "y", { error: { name: "NotStarted" } });
  await results.end();
  assertEquals(
    Deno.readTextFileSync(folder.at("a.csv")),
    HEADING + row(1, "x", "second") + row(2, "y", "").replace("0,0,0,c2", "0,127,0,c2"),
  );
});

Deno.test("a table of results is written when it is left, without its end", async () => {
  using folder = new Folder();
  {
    await using results = open(folder.at("a.csv"), { isOrdered: true });
    perform(results, 1, "y", { stdout: "two" });
  }
  assertEquals(Deno.readTextFileSync(folder.at("a.csv")), HEADING + row(2, "y", "two"));
});

Deno.test("a table of results without jobs is empty", async () => {
  using folder = new Folder();
  await using results = open(folder.at("a.csv"));
  await results.end();
  assertEquals(Deno.readTextFileSync(folder.at("a.csv")), "");
});

Deno.test("a table of results goes to stdout as -.tsv", async () => {
  const sinks = new FakeSinks();
  await using results = open("-.tsv", { stdout: sinks.stdout });
  perform(results, 0, "x", { stdout: "one" });
  await results.end();
  const { stdout } = await sinks.text();
  assertEquals(stdout, (HEADING + row(1, "x", "one")).replaceAll(",", "\t"));
});

Deno.test("a table of results holds more output than its memory has room for", async () => {
  using folder = new Folder();
  await using results = open(folder.at("a.csv"));
  const line = "x".repeat(999_999) + "\n";
  const outputs = [0, 1].map((index) => start(results, index, "x"));
  for (let i = 0; i < 12; i++) for (const output of outputs) output.write("stdout", line);
  outputs.forEach((_, index) => end(results, index, "x"));
  await results.end();
  const stdout = `"${line.repeat(12)}"`;
  const start12 = (seq: number) => `${seq},:,1.000,0.002,0,12000000,0,0,c${seq},x,`;
  const text = Deno.readTextFileSync(folder.at("a.csv"));
  assert(text === `${HEADING}${start12(1)}${stdout},\n${start12(2)}${stdout},\n`);
});

Deno.test("a table of results reads what it holds only as fast as it is written", async () => {
  const puts: unknown[] = [];
  class Stuck extends Sink {
    override put(piece: string | Uint8Array): Promise<void> {
      puts.push(piece);
      return new Promise(() => {});
    }
  }
  const results = open("-.json", { stdout: new Stuck(() => Promise.resolve()) });
  perform(results, 0, "x", { stdout: "one" });
  perform(results, 1, "x", { stdout: "two" });
  await settle();
  assertEquals(puts.length, 1);
});

Deno.test("a table of results tells once when it cannot hold output, and its end throws it", async () => {
  using folder = new Folder();
  using _ = temporaryFolder(folder.at("missing"));
  const told: unknown[] = [];
  await using results = open(folder.at("a.csv"), { onFailure: (reason) => told.push(reason) });
  const output = start(results, 0, "x").write("stdout", new Uint8Array(16 * MIB));
  assertEquals(told, []);
  output.write("stderr", "more").write("stderr", "and more");
  perform(results, 1, "y");
  const fault = await results.end().then(() => undefined, (reason) => reason);
  assertEquals(told, [fault]);
  assertEquals(fault instanceof Fault && fault.kind, "engine");
});

Deno.test("a table of results holds nothing of an earlier attempt", async () => {
  using folder = new Folder();
  using _ = temporaryFolder(folder.at("missing"));
  await using results = open(folder.at("a.csv"));
  for (let attempt = 0; attempt < 4; attempt++) {
    start(results, 0, "x").write("stdout", new Uint8Array(5 * MIB));
  }
});

Deno.test({
  name: "a table of results leaves no file open (needs /dev/fd)",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = new Folder();
    const openFiles = () => [...Deno.readDirSync("/dev/fd")].length;
    const before = openFiles();
    {
      await using results = open(folder.at("a.csv"));
      start(results, 0, "x").write("stdout", new Uint8Array(17 * MIB));
      assertEquals(openFiles(), before + 2);
    }
    assertEquals(openFiles(), before);
  },
});

Deno.test("a table of results is refused where it cannot be opened", () => {
  using folder = new Folder();
  const fault = assertThrows(() => open(folder.at("no/a.json")), Fault);
  const cannot = `Cannot open --results "${folder.at("no/a.json")}"`;
  const message = `${cannot}: there is no folder "${folder.at("no")}"`;
  assertEquals([fault.kind, fault.message], ["usage", message]);
});

Deno.test({
  name:
    "a table of results tells of a full disk once, and goes on without writing (needs /dev/full of Linux)",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using folder = new Folder();
    Deno.symlinkSync("/dev/full", folder.at("a.csv"));
    const told = Promise.withResolvers<unknown>();
    let count = 0;
    const onFailure = (reason: unknown) => {
      count++;
      told.resolve(reason);
    };
    await using results = open(folder.at("a.csv"), { onFailure });
    const running = start(results, 0, "x");
    perform(results, 1, "y", { stdout: "one" });
    const fault = await told.promise;
    running.write("stdout", "more");
    end(results, 0, "x");
    const thrown = await results.end().then(() => undefined, (reason) => reason);
    assert(fault instanceof Fault && fault === thrown);
    assertEquals([count, fault.kind], [1, "engine"]);
    const wanted = `Cannot write to --results "${folder.at("a.csv")}": No space left on device`;
    assertEquals(fault.message.slice(0, wanted.length), wanted);
  },
});

/** The times of rows, which differ from run to run. */
const TIMES = {
  csv: /^(\d+,:,)\d+\.\d{3},\d+\.\d{3}(?=,)/gm,
  tsv: /^(\d+\t:\t)\d+\.\d{3}\t\d+\.\d{3}(?=\t)/gm,
  json: /^(\{ "Seq": \d+, "Host": ":", )"Starttime": \d+\.\d{3}, "JobRuntime": \d+\.\d{3}(?=,)/gm,
};

for (const format of ["csv", "tsv", "json"] as const) {
  Deno.test({
    name: `a ${format} table of results is what GNU parallel writes ${NEEDS_PARALLEL}`,
    ignore: !HAS_PARALLEL,
    async fn() {
      using folder = new Folder();
      const command = hardCommands((name, text) => folder.write(name, text));
      const values = ['a"b,c', "s p", "n\nl", "", "é", "\\"];
      const more = values.map((_, i) => String(i));
      const sources = [":::", "first", ...values, ":::+", "a b", ...more];
      const options = ["--results", `theirs.${format}`, "-0", "--header", ":"];
      const { stderr } = await parallel([...options, command("{#}"), ...sources], folder.path);
      assertEquals(stderr, "");
      await using results = open(folder.at(`ours.${format}`), {
        names: ["first", "a b"],
        commandOf: ({ index }) => command(String(index + 1)),
      });
      HARD_JOBS.forEach((job, i) => perform(results, i, [values[i], more[i]], job));
      await results.end();
      const [ours, theirs] = ["ours", "theirs"].map((name) =>
        Deno.readTextFileSync(folder.at(`${name}.${format}`)).replaceAll(TIMES[format], "$1TIMES")
          .split("\n")
      );
      assertEquals(ours, theirs);
      const rows = theirs?.filter((line) => line.includes("TIMES"));
      assertEquals(rows?.length, HARD_JOBS.length);
    },
  });
}

Deno.test({
  name: `a csv table of results numbers its values as GNU parallel does ${NEEDS_PARALLEL}`,
  ignore: !HAS_PARALLEL,
  async fn() {
    using folder = new Folder();
    await parallel(["--results", "theirs.csv", ": {#}", ":::", "x", ":::", "y"], folder.path);
    await using results = open(folder.at("ours.csv"), { names: [] });
    perform(results, 0, ["x", "y"]);
    await results.end();
    const [ours, theirs] = ["ours", "theirs"].map((name) =>
      Deno.readTextFileSync(folder.at(`${name}.csv`)).split("\n")[0]
    );
    assertEquals(ours, theirs);
  },
});
