import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { fanfold, Folder, MAIN, type Printed, program } from "../support/program.ts";

const LIB = MAIN.replace(/main\.ts$/, "lib");

/** A tasks file in TypeScript with one task, which takes until all has happened that this text does. */
function tasksFile(does: string): string {
  return `import { defineTasks } from "${LIB}/mod.ts";
export default defineTasks({ it: { shell: "sleep 1000" } });
${does}
`;
}

const REJECTED = [
  "a promise that nobody awaits was rejected",
  "await it where it is made, or catch what it throws",
];
const THREW = ["a timer or a listener threw", "catch it there: nobody else can"];

const STRAYS: readonly (readonly [does: string, told: readonly string[]])[] = [
  ['Promise.reject(new Error("oh"));', REJECTED],
  ['(async () => { await 0; throw new Error("oh"); })();', REJECTED],
  ['setTimeout(() => Promise.reject(new Error("oh")));', REJECTED],
  ['setTimeout(() => { throw new Error("oh"); });', THREW],
  ['setInterval(() => { throw new Error("oh"); });', THREW],
  ['queueMicrotask(() => { throw new Error("oh"); });', THREW],
  ['process.nextTick(() => { throw new Error("oh"); });', THREW],
  [
    'const t = new EventTarget(); t.addEventListener("x", () => { throw new Error("oh"); });' +
    ' t.dispatchEvent(new Event("x"));',
    THREW,
  ],
];

for (const [does, [what, hint]] of STRAYS) {
  Deno.test(`fanfold run tells of ${does} in a tasks file as the user's, with its place`, async () => {
    using folder = new Folder({ "fanfold.ts": tasksFile(does) });
    const { code, stdout, stderr } = await fanfold(["run"], { cwd: folder.path });
    assertEquals([code, stdout], [2, ""]);
    const [message, place = "", ...more] = stderr.split("\n");
    assertEquals([message, more], [`fanfold: Cannot go on: ${what}: Error: oh`, [
      `  hint: ${hint}`,
      "",
    ]]);
    const column = does.indexOf("Error(") - "new ".length + 1;
    assertEquals(place, `  at ${folder.at("fanfold.ts")}:3:${column}`);
  });
}

Deno.test("fanfold run tells of what throws in a Worker of a tasks file, in its words", async () => {
  const does = 'new Worker("data:text/javascript,throw new Error(`oh`)", { type: "module" });';
  using folder = new Folder({ "fanfold.ts": tasksFile(does) });
  const { code, stderr } = await fanfold(["run"], { cwd: folder.path });
  // Deno tells of it, too.
  const own = stderr.slice(stderr.indexOf("fanfold: "));
  assertEquals([code, own], [
    2,
    "fanfold: Cannot go on: a timer or a listener threw: Error: oh\n" +
    "  at data:text/javascript,throw new Error(`oh`):1\n" +
    "  hint: catch it there: nobody else can\n",
  ]);
});

Deno.test("fanfold tells of what inputs and folds throw where nobody waits for it, and keeps what ended", async () => {
  const module = `
const fail = (): Promise<void> => Promise.reject(new Error("oh"));
export async function* inputs() {
  yield* [1, 2, 3];
  while (!Deno.readTextFileSync("ran").endsWith("3\\n")) await new Promise((goOn) => setTimeout(goOn, 5));
  if (Deno.readTextFileSync("fails") === "inputs") fail();
}
export function fold(all: string[], value: string): string[] {
  if (value === "2" && Deno.readTextFileSync("fails") === "fold") fail();
  return [...all, value];
}
`;
  const task = {
    shell: "echo $1 >> ran; [ $1 != 3 ] || [ ! -s fails ] || sleep 1000; echo $1",
    inputs: { module: "./m.ts#inputs" },
    fold: "./m.ts#fold",
    initial: [],
    jobs: 1,
  };
  const json = JSON.stringify({ tasks: { it: task } });
  using folder = new Folder({ "m.ts": module, "fanfold.json": json });
  for (const fails of ["inputs", "fold"]) {
    folder.write("ran", "");
    folder.write("fails", fails);
    const { code, stdout, stderr } = await fanfold(["run"], { cwd: folder.path });
    assertEquals([code, stdout], [2, ""]);
    const [message, place, hint, ...more] = stderr.split("\n");
    assertEquals([message, place, hint], [
      `fanfold: Cannot go on: ${REJECTED[0]}: Error: oh`,
      `  at ${folder.at("m.ts")}:2:50`,
      `  hint: ${REJECTED[1]}`,
    ]);
    assertMatch(more.join("\n"), /^fanfold: \d jobs: \d done\nfanfold: go on with: fanfold .*\n$/);
    folder.write("fails", "");
    const resumed = await fanfold(["run", "--resume"], { cwd: folder.path });
    assertEquals([resumed.code, resumed.stdout], [0, '["1","2","3"]\n']);
    assertMatch(resumed.stderr, /^fanfold: goes on with run \S+: [23] jobs had ended\n$/);
    assertMatch(Deno.readTextFileSync(folder.at("ran")), /^1\n2\n(?:3\n){1,2}$/);
  }
});

Deno.test("fanfold leaves what is thrown to who listens for it", async () => {
  const listen = (type: string) =>
    `globalThis.addEventListener("${type}", (event) => event.preventDefault());`;
  const cases = [
    `${listen("unhandledrejection")} Promise.reject(new Error("oh"));`,
    `${listen("error")} setTimeout(() => { throw new Error("oh"); });`,
    'process.on("unhandledRejection", () => {}); Promise.reject(new Error("oh"));',
    'process.on("uncaughtException", () => {}); setTimeout(() => { throw new Error("oh"); });',
  ];
  for (const does of cases) {
    const file = tasksFile(`${does} await new Promise((goOn) => setTimeout(goOn, 1));`)
      .replace("sleep 1000", "echo well");
    using folder = new Folder({ "fanfold.ts": file });
    const printed = await fanfold(["run", "--no-journal"], { cwd: folder.path });
    assertEquals(printed, { code: 0, stdout: "well\n", stderr: "" }, does);
  }
});

/** What stands before something that is to be done as soon as fanfold hears of it. */
const LATER = `
  const { addSignalListener } = Deno;
  Deno.addSignalListener = (...args) => {
    Deno.addSignalListener = addSignalListener;
    addSignalListener(...args);
    setTimeout(act);
  };
  const act = () =>`;

/** Runs fanfold with something loaded before it, which makes a mistake as if it were one of fanfold's own. */
function spoilt(
  preload: string,
  args: readonly string[],
  options: Parameters<typeof program>[2] = {},
): Promise<Printed> {
  const mistake = `
    const mistake = new TypeError("x is not a function");
    mistake.stack = mistake + "\\n    at Outbox.flush (${new URL(`file://${LIB}`)}/run/run.ts:7:9)";
  `;
  const module = `data:text/javascript,${encodeURIComponent(mistake + preload)}`;
  return program(Deno.execPath(), ["run", "-A", "--preload", module, MAIN, ...args], options);
}

const OWN = `fanfold: Cannot go on, by a mistake of fanfold itself: TypeError: x is not a function
  at lib/run/run.ts:7:9 (fanfold ${config.version}, Deno ${Deno.version.deno}, ` +
  `${Deno.build.os} ${Deno.build.arch})
  hint: please report it, with these lines and the command line; FANFOLD_TRACE=1 tells more
`;

Deno.test("fanfold tells of a mistake of its own where it is and how to report it, and exits 70", async () => {
  const told = { code: 70, stdout: "", stderr: OWN };
  const write = "Deno.stdout.write = () => { throw mistake; };";
  const spoils: readonly (readonly [preload: string, args: readonly string[]])[] = [
    ["Object.defineProperty(Deno, 'cwd', { value: () => { throw mistake; } });", ["run"]],
    ["Object.defineProperty(Deno, 'cwd', { value: () => { throw mistake; } });", ["runs"]],
    [`${LATER} { throw mistake; }`, ["each", "sleep", "1000", ":::", "1"]],
    [`${LATER} Promise.reject(mistake)`, ["each", "sleep", "1000", ":::", "1"]],
  ];
  assertStringIncludes((await spoilt(write, ["version"])).stderr, "Cannot write to stdout");
  for (const [preload, args] of spoils) assertEquals(await spoilt(preload, args), told, preload);
});

Deno.test("fanfold ends what runs at a mistake of its own, and keeps what ended", async () => {
  using folder = new Folder({ ran: "" });
  const preload = `Deno.addSignalListener("SIGUSR2", () => { throw mistake; });`;
  const script = "echo $1 >> ran; [ $1 = 1 ] || [ -e go ] || { kill -USR2 $PPID; sleep 1000; }";
  const line = ["each", "-j1", "--resume", "--shell", script, ":::", "1", "2"];
  const { code, stdout, stderr } = await spoilt(preload, line, { cwd: folder.path });
  assertEquals([code, stdout, stderr.slice(0, OWN.length)], [70, "", OWN]);
  const more = /^fanfold: 1 job: 1 done\nfanfold: go on with: fanfold retry \S+\n$/;
  assertMatch(stderr.slice(OWN.length), more);
  folder.write("go", "");
  assertEquals((await fanfold(line, { cwd: folder.path })).code, 0);
  assertEquals(Deno.readTextFileSync(folder.at("ran")), "1\n2\n2\n");
});

Deno.test("fanfold waits for 10 s for a run to close that has a mistake of ours, and no longer", async () => {
  const preload = `
    const { setTimeout } = globalThis;
    globalThis.setTimeout = (act, ms, ...more) => setTimeout(act, ms === 10_000 ? 1 : ms, ...more);
    Deno.stdout.write = () => {
      setTimeout(() => { throw mistake; });
      return new Promise(() => {});
    };
  `;
  assertEquals(await spoilt(preload, ["each", "echo", ":::", "1"]), {
    code: 70,
    stdout: "",
    stderr: OWN,
  });
});

Deno.test("FANFOLD_TRACE has fanfold tell the whole trace of a mistake and of a fault", async () => {
  const env = { FANFOLD_TRACE: "1" };
  const fault = await fanfold(["nonsense"], { env });
  assertEquals(fault.code, 2);
  assertMatch(fault.stderr, /^fanfold: Cannot run fanfold: unknown command "nonsense"\n {2}hint/);
  assertMatch(
    fault.stderr,
    /\n +at unknownCommand \(file:.*lib\/cli\/request\/commands_elsewhere\.ts:\d+:\d+\)\n/,
  );
  const preload = `${LATER} { throw new Error("outer", { cause: mistake }); }`;
  const args = ["each", "sleep", "1000", ":::", "1"];
  const { stderr } = await spoilt(preload, args, { env });
  assertMatch(stderr, /\[cause\]: TypeError: x is not a function\n +at Outbox\.flush/);
  for (const FANFOLD_TRACE of ["", "0"]) {
    const short = await fanfold(["nonsense"], { env: { FANFOLD_TRACE } });
    assert(!/^ +at /m.test(short.stderr), short.stderr);
  }
});
