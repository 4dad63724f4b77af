import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type Args, readArgs } from "../../../lib/cli/request/args.ts";
import type { NamedOption, OptionName } from "../../../lib/cli/request/options.ts";
import { ALL_OPTIONS } from "../../../lib/cli/request/rule_options.ts";
import { Fault } from "../../../lib/fault.ts";

const NAMES = named("file", "jobs", "format", "unordered", "isolation", "help");

function named(...names: readonly OptionName[]): readonly NamedOption[] {
  return ALL_OPTIONS.filter(({ name }) => names.includes(name));
}

function read(...argv: readonly string[]): Pick<Args, "operands" | "options"> {
  const { operands, options, inputs, lists } = readArgs("run", argv, NAMES);
  assertEquals([inputs, lists], [[], {}]);
  return { operands, options };
}

/** Message and hint of the fault in these arguments. */
function fault(...argv: readonly string[]): readonly [message: string, hint: string | undefined] {
  const { kind, message, mistakes } = assertThrows(() => read(...argv), Fault);
  assertEquals(kind, "usage");
  return [message, mistakes[0]?.hint];
}

const FORMATS = "text|json|ndjson|csv|none";

Deno.test("readArgs() reads an option in every way in which it can be written", () => {
  const ways = [["-j4"], ["-j", "4"], ["-j=4"], ["--jobs=4"], ["--jobs", "4"]];
  for (const argv of ways) assertEquals(read(...argv), { operands: [], options: { jobs: "4" } });
  assertEquals(read("--help"), { operands: [], options: { help: "" } });
  assertEquals(read("-h"), { operands: [], options: { help: "" } });
});

Deno.test("readArgs() reads every value of --jobs, attached or not", () => {
  for (const value of ["4", "50%", "+1", "-1", "100"]) {
    for (const argv of [[`-j${value}`], ["-j", value], [`--jobs=${value}`], ["--jobs", value]]) {
      assertEquals(read(...argv, "x"), { operands: ["x"], options: { jobs: value } });
    }
  }
});

Deno.test("readArgs() leaves it to the command what a time or a number of retries is", () => {
  const options = named("retries", "timeout", "grace");
  for (const { name } of options) {
    for (const value of ["0", "-5", "1.5s", "200%", "1 s", "NaN"]) {
      for (const argv of [[`--${name}=${value}`], [`--${name}`, value]]) {
        assertEquals(readArgs("run", argv, options).options, { [name]: value });
      }
    }
  }
});

Deno.test("readArgs() keeps a value as it was written", () => {
  const values = ["007", "1e3", "a=b", "a b", "true", "-", "é\n", "./x.yaml", "."];
  for (const file of values) {
    for (const argv of [["-f", file], ["--file", file], [`--file=${file}`], [`-f${file}`]]) {
      assertEquals(read(...argv), { operands: [], options: { file } });
    }
  }
  assertEquals(read("--file=--jobs").options, { file: "--jobs" });
  assertEquals(read("--file==").options, { file: "=" });
});

Deno.test("readArgs() reads letters that share a dash", () => {
  assertEquals(read("-hj4", "a"), { operands: ["a"], options: { help: "", jobs: "4" } });
  assertEquals(read("-hj", "4"), { operands: [], options: { help: "", jobs: "4" } });
  assertEquals(read("-jh").options, { jobs: "h" });
});

Deno.test("readArgs() keeps operands as they were written, between options and behind", () => {
  const { operands, options } = read("007", "--unordered", "true", "-j4", "1e3", "", "-", "0x1");
  assertEquals(operands, ["007", "true", "1e3", "", "-", "0x1"]);
  assertEquals(options, { unordered: "", jobs: "4" });
  assertEquals(read("-h", "false").operands, ["false"]);
});

Deno.test("readArgs() takes all that follows -- as operands", () => {
  const { operands, options } = read("a", "-j4", "--", "--jobs=5", "-x", "--", "-", "1");
  assertEquals([operands, options], [["a", "--jobs=5", "-x", "--", "-", "1"], { jobs: "4" }]);
});

Deno.test("readArgs() gives operands back whatever they are, behind --", () => {
  fc.assert(fc.property(fc.array(fc.string()), (operands) => {
    assertEquals(read("-h", "--", ...operands), { operands, options: { help: "" } });
  }));
});

Deno.test("readArgs() reads any value that is attached to a long option", () => {
  fc.assert(fc.property(fc.string({ minLength: 1 }), (file) => {
    assertEquals(read(`--file=${file}`), { operands: [], options: { file } });
  }));
});

Deno.test("readArgs() reads as many operands as a system hands over", () => {
  const operands = Array.from({ length: 300_000 }, (_, i) => `${i}`);
  const readAll = (argv: readonly string[]) => readArgs("run", argv, NAMES).operands.length;
  assertEquals(readAll(["--", ...operands]), 300_000);
  assertEquals(readAll([...operands, "-h"]), 300_000);
});

Deno.test("readArgs() counts the last of an option given several times", () => {
  assertEquals(read("-j4", "--jobs", "5", "--jobs=6").options, { jobs: "6" });
  assertEquals(read("--jobs=6", "-j4", "-h", "-h").options, { jobs: "4", help: "" });
});

Deno.test("readArgs() refuses an option without its value", () => {
  const wanted = `Cannot read --format: no value, wanted ${FORMATS}`;
  const cases = [
    ["--format"],
    ["--format="],
    ["--format", ""],
    ["--format", "--jobs=4"],
    ["--format", "-j4"],
    ["--format", "--", "json"],
  ];
  for (const argv of cases) assertEquals(fault(...argv)[0], wanted);
  assertEquals(fault("-j")[0], "Cannot read -j: no value, wanted N");
  assertEquals(fault("-j=")[0], "Cannot read -j: no value, wanted N");
  assertEquals(fault("-hf")[0], "Cannot read -f: no value, wanted FILE");
});

Deno.test("readArgs() refuses a value where none is wanted", () => {
  assertEquals(fault("--help=foo")[0], 'Cannot read --help: found "foo", wanted no value');
  assertEquals(
    fault("--unordered=false")[0],
    'Cannot read --unordered: found "false", wanted no value',
  );
  assertEquals(fault("--help=")[0], 'Cannot read --help: found "", wanted no value');
  assertEquals(fault("-h=foo")[0], 'Cannot read -h: found "foo", wanted no value');
  assertEquals(fault("-h-")[0], 'Cannot read -h: found "-", wanted no value');
});

Deno.test("readArgs() names the nearest choice for a wrong one", () => {
  assertEquals(fault("--format=jsno"), [
    `Cannot read --format: found "jsno", wanted ${FORMATS}`,
    'did you mean "json"?',
  ]);
  assertEquals(fault("--isolation", "Proces")[1], 'did you mean "process"?');
  assertEquals(fault("--format", "spreadsheet")[1], undefined);
});

Deno.test("readArgs() names the nearest option for one it does not know", () => {
  const help = "fanfold run --help lists the options";
  const message = (title: string) => `Cannot run fanfold run: unknown option "${title}"`;
  assertEquals(fault("--job=4"), [message("--job"), 'did you mean "--jobs"?']);
  assertEquals(fault("--unorderd"), [message("--unorderd"), 'did you mean "--unordered"?']);
  assertEquals(fault("--no-journal"), [message("--no-journal"), help]);
  assertEquals(fault("--version"), [message("--version"), help]);
  assertEquals(fault("-J4"), [message("-J"), 'did you mean "-j"?']);
  assertEquals(fault("-y"), [message("-y"), help]);
  assertEquals(fault("-hy"), [message("-y"), help]);
  assertEquals(fault("-5"), [message("-5"), help]);
  assertEquals(fault("-😀"), [message("-😀"), help]);
  for (const title of ["--h", "--j", "---", "--__proto__", "--constructor", "--jobs.x"]) {
    assertEquals(fault(`${title}=4`)[0], message(title));
  }
});

Deno.test("readArgs() takes only the options of its command", () => {
  const { message } = assertThrows(
    () => readArgs("list", ["--jobs=4"], named("file", "help")),
    Fault,
  );
  assertEquals(message, 'Cannot run fanfold list: unknown option "--jobs"');
  assertThrows(() => readArgs("list", ["-j4"], named("file", "help")), Fault, 'option "-j"');
});

Deno.test("readArgs() reads options that begin with no-, and values that may be absent", () => {
  const names = named("no-journal", "resume", "resume-failed");
  const read = (...argv: string[]) => readArgs("run", argv, names);
  assertEquals(read("--no-journal").options, { "no-journal": "" });
  const resumed = read("--resume", "double");
  assertEquals([resumed.options, resumed.operands], [{ resume: "" }, ["double"]]);
  assertEquals(read("--resume=r-1", "--resume-failed").options, {
    "resume": "r-1",
    "resume-failed": "",
  });
  for (const argv of [["--without-journal"], ["--no-journal=x"], ["--resume="]]) {
    assertThrows(() => read(...argv), Fault);
  }
});

Deno.test("readArgs() refuses the name of a run behind --resume, where nobody would read it", () => {
  const names = named("jobs", "resume", "resume-failed");
  const read = (...argv: string[]) => readArgs("each", argv, names, { stopsEarly: true });
  const runs = ["last", "20260131", "20260131-", "20260131-23", "20260131-235959-1a2b3c"];
  for (const title of ["--resume", "--resume-failed"]) {
    for (const run of runs) {
      const { kind, message, mistakes } = assertThrows(
        () => read("-j2", title, run, "echo"),
        Fault,
      );
      assertEquals([kind, message], [
        "usage",
        `Cannot read ${title}: found "${run}" behind it, wanted ${title}=${run}`,
      ]);
      const hint = `what is no run, but has such a name, stands behind --: ${title} -- ${run}`;
      assertEquals(mistakes[0]?.hint, hint);
      assertEquals(read(title, "--", run, "x").operands, [run, "x"]);
      assertEquals(read(`${title}=${run}`, run).operands, [run]);
      assertEquals(read(title, "-j2", run).operands, [run]);
    }
    for (const word of ["lastly", "2026", "20260131x", "20260131-echo", "./last"]) {
      assertEquals(read(title, word).operands, [word]);
    }
  }
});

Deno.test("readArgs() does not hint at the only value that it wants", () => {
  const read = () => readArgs("each", ["--header", "x", "echo"], named("header"));
  const { message, mistakes } = assertThrows(read, Fault);
  assertEquals([message, mistakes[0]?.hint], [
    'Cannot read --header: found "x", wanted :',
    undefined,
  ]);
});
