import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { move, Process } from "../../lib/mod.ts";
import { near } from "../../lib/errors/reason.ts";
import { Folder } from "../support/folder.ts";
import { SANITIZED } from "../support/sanitized.ts";
import { SharedFolder } from "../support/shared_folder.ts";
import { REFUSED } from "../support/travellers.ts";

/** URL of a function for tests. */
function target(name: string, module = "targets"): URL {
  return new URL(`../support/${module}.ts#${name}`, import.meta.url);
}

/** Runs a function to its end, with all that it writes. */
async function ran(name: string, ...args: unknown[]) {
  const process = new Process(target(name), {
    args,
    stdout: "captured",
    stderr: "captured",
    // Errors have colours where Deno thinks fit.
    env: { NO_COLOR: "1" },
  });
  process.start();
  const { stdout, stderr } = await process.output();
  const text = new TextDecoder();
  return {
    code: process.exitCode,
    stdout: text.decode(stdout),
    stderr: text.decode(stderr),
  };
}

Deno.test(
  "Process calls a function with arguments, and join() waits for it",
  SANITIZED,
  async () => {
    const process = new Process(target("hello"), { args: ["bob"], stdout: "captured" });
    process.start();
    assertEquals(await process.join(), true);
    assertEquals(new TextDecoder().decode((await process.output()).stdout), "hello bob\n");
  },
);

Deno.test("Processes run at the same time, each with an id of its own", SANITIZED, async () => {
  using folder = new SharedFolder();
  const all = [0, 1, 2, 3].map((name) =>
    new Process(target("held", "functions"), { args: [{ folder: folder.path, name }] })
  );
  for (const process of all) process.start();
  for (const name of all.keys()) await folder.noted(String(name));
  for (const name of all.keys()) folder.open(name);
  for (const process of all) await process.join();
  assertEquals(new Set([Deno.pid, ...all.map(({ pid }) => pid)]).size, 5);

  const printing = [0, 1, 2, 3].map((n) =>
    new Process(target("printProcess"), { args: [n], stdout: "captured" })
  );
  for (const process of printing) process.start();
  for (const [n, process] of printing.entries()) {
    const { stdout } = await process.output();
    assertEquals(new TextDecoder().decode(stdout), `Process ID: ${process.pid} Number: ${n}\n`);
  }
});

Deno.test("Process.exitCode is 0, n or -n", SANITIZED, async () => {
  assertEquals((await ran("hello", "bob")).code, 0);
  assertEquals((await ran("exits", 3)).code, 3);
  assertEquals((await ran("exitsAsNode", 4)).code, 4);
  assertEquals((await ran("setsExitCode", 5)).code, 5);
  assertEquals((await ran("throws", new Error("no"))).code, 1);
  using folder = new SharedFolder();
  for (const [signal, number] of [["SIGTERM", 15], ["SIGKILL", 9], ["SIGINT", 2]] as const) {
    const place = { folder: folder.path, name: signal };
    const process = new Process(target("held", "functions"), { args: [place] });
    process.start();
    await folder.noted(signal);
    assertEquals(process.exitCode, undefined);
    Deno.kill(process.pid as number, signal);
    await process.join();
    assertEquals(process.exitCode, -number);
  }
});

Deno.test("Process.isAlive is true from its start to its end", SANITIZED, async () => {
  using folder = new SharedFolder();
  const process = new Process(target("held", "functions"), {
    args: [{ folder: folder.path, name: "it" }],
  });
  assertEquals([process.isAlive, process.pid, process.exitCode], [false, undefined, undefined]);
  process.start();
  assert(process.isAlive && process.pid !== undefined);
  await folder.noted("it");
  assert(process.isAlive && process.exitCode === undefined);
  folder.open("it");
  await process.join();
  assertEquals([process.isAlive, process.exitCode], [false, 0]);
});

Deno.test("Process.join() within a time says whether it has ended", SANITIZED, async () => {
  using folder = new SharedFolder();
  const process = new Process(target("held", "functions"), {
    args: [{ folder: folder.path, name: "it" }],
  });
  process.start();
  await folder.noted("it");
  assertEquals(await process.join({ timeoutMs: 0 }), false);
  assertEquals(await process.join({ timeoutMs: 1 }), false);
  const joins = [{}, { timeoutMs: Infinity }, { timeoutMs: 2 ** 40 }, { timeoutMs: 3_600_000 }]
    .map((options) => process.join(options));
  folder.open("it");
  assertEquals(await Promise.all(joins), [true, true, true, true]);
  assertEquals(await process.join({ timeoutMs: 0 }), true);
});

Deno.test(
  "Process.join() gives up when its signal aborts, and the process runs on",
  SANITIZED,
  async () => {
    using folder = new SharedFolder();
    const process = new Process(target("held", "functions"), {
      args: [{ folder: folder.path, name: "it" }],
    });
    process.start();
    const leaving = new AbortController();
    const join = assertRejects(
      () => process.join({ signal: leaving.signal }),
      RangeError,
      "enough",
    );
    leaving.abort(new RangeError("enough"));
    await join;
    const aborted = AbortSignal.abort(new RangeError("enough"));
    await assertRejects(() => process.join({ signal: aborted }), RangeError, "enough");
    assert(process.isAlive);
    folder.open("it");
    await process.join({ signal: new AbortController().signal });
    assertEquals(process.exitCode, 0);
  },
);

Deno.test("Process refuses to be started twice, and to be joined before", SANITIZED, async () => {
  const process = new Process(target("hello"), { name: "square", stdout: "null" });
  const early = 'Cannot join process "square": it was not started';
  await assertRejects(() => process.join(), Error, early);
  await assertRejects(() => process.output(), Error, early);
  process.terminate();
  process.kill();
  process.start();
  const again = 'Cannot start process "square" again: a process is started once';
  assertThrows(() => process.start(), Error, again);
  await process.join();
  assertThrows(() => process.start(), Error, again);
  process.terminate();
  process.kill();
  assertEquals(process.exitCode, 0);
});

Deno.test("Process without a name is named by its number, as in Python", () => {
  const numberOf = ({ name }: Process) => Number(/^Process-(\d+)$/.exec(name)?.[1]);
  const first = numberOf(new Process(target("hello")));
  assertEquals(new Process(target("hello"), { name: "square" }).name, "square");
  assertEquals(numberOf(new Process(target("hello"))), first + 2);
});

Deno.test("Process calls the default export, and one that a text names", SANITIZED, async () => {
  assertEquals((await ran("default", 1, "a", [null])).stdout, '[ 1, "a", [ null ] ]\n');
  const module = "data:application/javascript,export const %C3%BC = () => console.log('umlaut')";
  const process = new Process(`${module}#%C3%BC`, { stdout: "captured" });
  process.start();
  assertEquals(new TextDecoder().decode((await process.output()).stdout), "umlaut\n");
});

Deno.test(
  "Process hands its arguments on as structured clones of what they are at its start",
  SANITIZED,
  async () => {
    const args: unknown[] = [new Map([["a", 1n]]), new Uint8Array([1]), undefined, { list: [1] }];
    const process = new Process(target("default"), { args, stdout: "captured" });
    args.push("late");
    process.start();
    args.push("too late");
    const { stdout } = await process.output();
    assertEquals(new TextDecoder().decode(stdout), `${Deno.inspect(args.slice(0, -1))}\n`);
  },
);

Deno.test("Process is passed a copy of what is marked to be moved", SANITIZED, async () => {
  const bytes = new Uint8Array([1, 2]);
  const args = [move(bytes), move({ list: [bytes.buffer] })];
  const wanted = `${Deno.inspect(args)}\n`;
  for (let time = 0; time < 2; time++) assertEquals((await ran("default", ...args)).stdout, wanted);
  assertEquals(bytes.length, 2);
});

Deno.test("Process.start() refuses what cannot be cloned, says where it is, and starts nothing", () => {
  const refused = (...args: unknown[]) => {
    const process = new Process(target("hello"), { args, name: "square" });
    const { message } = assertThrows(() => process.start(), TypeError);
    assertEquals([process.pid, process.isAlive], [undefined, false]);
    return message;
  };
  const cannot = 'Cannot start process "square": ';
  assertEquals(refused(1, { onDone: () => {} }), `${cannot}args[1].onDone is a function`);
  assertEquals(refused(Symbol("a")), `${cannot}args[0] is a symbol`);
  const url = new URL("https://example.com");
  assertEquals(refused([url]), `${cannot}args[0][0] is a URL, which cannot be cloned`);
  for (const { make, process } of Object.values(REFUSED)) {
    assertEquals(refused({ a: make() }), `${cannot}args[0].a ${process}`);
  }
});

Deno.test(
  "Process writes an error of its function to stderr with its stack and causes",
  SANITIZED,
  async () => {
    const { code, stdout, stderr } = await ran("throwsDeep");
    assertEquals([code, stdout], [1, ""]);
    const lines =
      /^error: Uncaught .*RangeError: too far\n[^]*at throwsDeep \(.*targets\.ts:[^]*Caused by:? TypeError: no map\n/;
    assertMatch(stderr, lines);
    assertMatch((await ran("throws", undefined)).stderr, /^error: Uncaught .*undefined\n$/);
    const left = await ran("leavesRejection");
    assertEquals(left.code, 1);
    assertMatch(left.stderr, /Error: left behind/);
  },
);

Deno.test("Process says what is wrong with its target", SANITIZED, async () => {
  const failed = async (url: URL) => {
    const process = new Process(url, { name: "square", stderr: "captured" });
    process.start();
    const { stderr } = await process.output();
    assertEquals(process.exitCode, 1);
    return new TextDecoder().decode(stderr);
  };
  const cannot = 'Cannot run process "square": ';
  const slip = target("helo");
  assertEquals(
    await failed(slip),
    `${cannot}${near(slip.href)} is missing, wanted a function; did you mean "hello"?\n`,
  );
  const number = target("limit");
  assertEquals(await failed(number), `${cannot}${near(number.href)} is 5, wanted a function\n`);
  const nowhere = target("hello", "none");
  const [module = ""] = nowhere.href.split("#");
  const imported = `${cannot}importing ${near(module)} failed: `;
  assertEquals(await failed(nowhere), `${imported}Module not found "${near(module)}"\n`);
  using folder = new Folder({
    "m.ts": 'import "./h.ts";\n',
    "h.ts": 'export function f() {}\nthrow new TypeError("no");\n',
    "realm.ts": 'import vm from "node:vm";\n' +
      "export const f = () => vm.runInNewContext(\"throw new AggregateError(['a'], 'b')\");\n",
  });
  assertEquals(
    await failed(new URL(`${folder.url("m.ts")}#f`)),
    `${cannot}importing ${folder.url("m.ts")} failed: TypeError: no\n  at ${
      folder.at("h.ts")
    }:2:7\n`,
  );
  const ofOther = await failed(new URL(`${folder.url("realm.ts")}#f`));
  assertMatch(
    ofOther,
    /^error: Uncaught AggregateError: b\n- "a" was thrown[^]* at f \(.*realm\.ts:2:27\)/,
  );
});

Deno.test("Process runs where it is told, with what it is told", SANITIZED, async () => {
  using folder = new SharedFolder();
  const env = { COLOUR: "blue" };
  for (const cwd of [folder.path, new URL(`file://${folder.path}`)]) {
    const process = new Process(target("printsPlace"), { cwd, env, stdout: "captured" });
    process.start();
    const { stdout } = await process.output();
    assertEquals(JSON.parse(new TextDecoder().decode(stdout)), [folder.path, "blue", ""]);
  }
});

Deno.test("Process.start() says that its folder is not there, and nothing runs", () => {
  const process = new Process(target("hello"), { name: "square", cwd: "/no-such-folder" });
  const words = 'Cannot start process "square": there is no folder "/no-such-folder" to run it in';
  assertEquals(assertThrows(() => process.start(), Error).message, words);
  assertEquals([process.pid, process.isAlive], [undefined, false]);
});

Deno.test(
  "Process gives as streams what is piped, and none of what is not",
  SANITIZED,
  async () => {
    const process = new Process(target("hello"), { args: ["bob"], stdout: "piped" });
    assertEquals(process.stdout, undefined);
    process.start();
    assertEquals(process.stderr, undefined);
    assertEquals(await new Response(process.stdout).text(), "hello bob\n");
    await process.join();
    assertEquals((await process.output()).stdout.length, 0);
  },
);

Deno.test(
  "Process.start() refuses variables with a NUL, and does not tell their values",
  SANITIZED,
  () => {
    const process = new Process(target("hello"), { env: { TOKEN: "s3cret\0" } });
    const { message } = assertThrows(() => process.start(), TypeError);
    assertEquals(message, "its environment contains a NUL");
  },
);
