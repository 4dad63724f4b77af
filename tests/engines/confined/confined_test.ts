import { assert, assertEquals, assertRejects } from "@std/assert";
import { Confined } from "../../../lib/engines/confined/confined.ts";
import { domainOf } from "../../../lib/engines/confined/domain.ts";
import {
  type FromThread,
  type ToThread,
  WINDOW_BYTES,
} from "../../../lib/engines/confined/messages.ts";
import { Fault } from "../../../lib/fault.ts";
import { permissionsOf, type PermissionsRecord } from "../../../lib/rules/permissions.ts";
import { bytesOf, type EngineTrialOptions, textOf, Trial } from "../../support/engine_harness.ts";
import { Folder } from "../../support/folder.ts";
import { isAlive } from "../../support/is_alive.ts";
import { HOLDS_COMMANDS, openConfined } from "../../support/works.ts";

/** A test of what takes Landlock. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `${name} (boot with lsm=landlock)`, ignore: !HOLDS_COMMANDS, fn });
}

/** An engine of scripts that find their input in `$1`. */
function scripts(script: string, said: PermissionsRecord, options: EngineTrialOptions = {}) {
  const lineOf = (input: unknown) => ({ argv: ["sh", "-c", script, "sh", String(input)] });
  return openConfined(lineOf, said, options);
}

/** An engine of programs, each the first of its input. */
function programs(said: PermissionsRecord, options: EngineTrialOptions = {}) {
  const lineOf = (input: unknown) => ({ argv: input as string[] });
  return openConfined(lineOf, said, { program: undefined, ...options });
}

async function over(engine: ReturnType<typeof scripts>, inputs: readonly unknown[]) {
  await using trial = new Trial(engine, inputs);
  await trial.over;
  return trial;
}

test("confined commands end with their exit code, their signal, and at their limit", async () => {
  const script = `case $1 in code) exit 3 ;; signal) kill -9 $$ ;; late) sleep 100 ;; esac`;
  const engine = scripts(script, { run: ["sleep"] }, { timeout: { ms: 300 }, slots: 4 });
  const trial = await over(engine, ["well", "code", "signal", "late"]);
  assertEquals(trial.values, [
    undefined,
    "failed: the command ended with exit code 3",
    "died: the command was killed by SIGKILL",
    "timed-out: it took longer than 300 ms",
  ]);
});

test("confined commands are told apart, 64 at a time, in every byte", async () => {
  const script = `head -c "$1" /dev/zero; echo "$1"; echo "not $1" >&2`;
  const sizes = Array.from({ length: 200 }, (_, i) => i * 997);
  const trial = await over(scripts(script, { run: ["head"] }, { slots: 64 }), sizes);
  for (const [i, size] of sizes.entries()) {
    const { output } = trial.endings[i] ?? {};
    const bytes = await bytesOf(output);
    assertEquals(bytes.length, size + `${size}\n`.length);
    assert(bytes.subarray(0, size).every((byte) => byte === 0));
    assertEquals(new TextDecoder().decode(bytes.subarray(size)), `${size}\n`);
    assertEquals(await textOf(output, "stderr"), `not ${size}\n`);
  }
});

test("confined commands have PATH, what is listed and what is theirs of the environment", async () => {
  const start = {
    cwd: undefined,
    env: () => ({
      variables: { PATH: Deno.env.get("PATH") ?? "", HOME: "/home", TOKEN: "secret" },
      areAll: true,
    }),
  };
  const names = async (env: PermissionsRecord["env"]) => {
    const engine = programs({ run: ["env"], env }, { start, env: { OWN: "1" } });
    const trial = await over(engine, [["env"]]);
    const lines = (await textOf(trial.endings[0]?.output)).trim().split("\n");
    return lines.map((line) => line.split("=")[0]).sort().join(" ");
  };
  const OURS = "FANFOLD_ATTEMPT FANFOLD_INDEX FANFOLD_RUN FANFOLD_SLOT FANFOLD_TASK";
  assertEquals(await names(false), `${OURS} OWN PATH`);
  assertEquals(await names(["HOME", "NONE"]), `${OURS} HOME OWN PATH`);
  assertEquals(await names(["TO*"]), `${OURS} OWN PATH TOKEN`);
  assertEquals(await names(true), `${OURS} HOME OWN PATH TOKEN`);
});

test("a program that may not be run is told with the line that lets it", async () => {
  using folder = new Folder({ "script": "#!/usr/bin/env sh\necho script\n", "plain": "" });
  Deno.chmodSync(folder.at("script"), 0o755);
  const inputs = [["true"], ["./script"], ["./plain"], ["./none"], ["nosuch"]];
  const told = async (said: PermissionsRecord) =>
    (await over(programs(said, { cwd: folder.path }), inputs)).values.map((value) =>
      String(value).replaceAll(folder.path, "").replace("failed: Cannot start ", "")
    );
  const others = [
    '"./plain": the file may not be executed, which chmod +x allows',
    '"./none": there is no file "/none"',
    '"nosuch": there is no such program on the PATH',
  ];
  assertEquals(await told({}), [
    '"true": its task may not run it; add run: [true] to its permissions',
    '"./script": its task may not run it; add run: [./script] to its permissions',
    ...others,
  ]);
  assertEquals(await told({ run: ["true", folder.at("script")] }), [
    "undefined",
    "undefined",
    ...others,
  ]);
  assertEquals(await told({ run: true }), [
    "undefined",
    '"./script": its task may not run it; add read: [/script] to its permissions',
    ...others,
  ]);
});

test("a confined command fails alone whose arguments are too long, or hold what no text may", async () => {
  const engine = programs({ run: ["true"] });
  const trial = await over(engine, [
    ["true", "x".repeat(2 ** 18)],
    ["true", "\0"],
    ["true", "\ud800"],
    ["true", "x"],
  ]);
  assertEquals(trial.endings.map(({ kind }) => kind), ["failed", "failed", "failed", "done"]);
});

test("confined commands that are being started when their task is halted are ended", async () => {
  await using trial = new Trial(scripts("exec sleep 1000", { run: ["sleep"] }, { slots: 8 }), [
    ...Array(8).keys(),
  ]);
  trial.halt("now");
  await trial.over;
  assertEquals([...new Set(trial.endings.map(({ kind }) => kind))], ["cancelled"]);
  assertEquals(trial.endings.map(({ pid }) => pid && isAlive(pid)).filter(Boolean), []);
});

test("confined commands that are being started are ended with their engine, and not told", async () => {
  const trial = new Trial(scripts("exec sleep 1000", { run: ["sleep"] }, { slots: 8 }), [
    ...Array(8).keys(),
  ]);
  await trial[Symbol.asyncDispose]();
  assertEquals([trial.started, trial.told], [[], []]);
});

/** The thread of what is made meanwhile. */
async function threadOf<T>(make: () => T): Promise<[T, Worker]> {
  const { Worker: Before } = globalThis;
  let thread: Worker | undefined;
  globalThis.Worker = class extends Before {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      thread = this;
    }
  };
  try {
    return await Promise.resolve([make(), thread as unknown as Worker]);
  } finally {
    globalThis.Worker = Before;
  }
}

test("a confined command waits for a slow reader, and a window of its output alone is under way", async () => {
  const BYTES = 16 * 2 ** 20;
  const permissions = permissionsOf({ run: ["head"] }, "/");
  const lookup = { folder: "/", path: Deno.env.get("PATH") ?? "" };
  const domain = domainOf(permissions, { lookup });
  const [confined, thread] = await threadOf(() => new Confined("it", domain, () => undefined));
  using _end = confined;
  let [come, taken, most] = [0, 0, 0];
  thread.addEventListener("message", ({ data }: MessageEvent<FromThread>) => {
    if (data.kind === "wrote") come += data.bytes.length;
    most = Math.max(most, come - taken);
  });
  const args = ["-c", String(BYTES), "/dev/zero"];
  const { stdout, status } = await confined.start("head", { args, env: {} });
  for (let bytes; (bytes = await stdout.read());) {
    taken += bytes.length;
    await new Promise((on) => setTimeout(on));
  }
  assertEquals([taken, (await status).code], [BYTES, 0]);
  assert(most >= WINDOW_BYTES && most < 2 * WINDOW_BYTES, `${most} bytes were under way`);
});

test("the run cannot go on when the thread of confined commands has ended", async () => {
  const [engine, thread] = await threadOf(() => scripts("exec sleep 1000", { run: ["sleep"] }));
  await using trial = new Trial(engine, [1]);
  while (trial.started.length === 0) await new Promise((on) => setTimeout(on, 1));
  const senseless = { kind: "taken", id: 1, stream: "none", bytes: 1 } as unknown as ToThread;
  thread.postMessage(senseless);
  const fault = await assertRejects(() => trial.over, Fault, "their thread has ended");
  assertEquals(fault.kind, "engine");
});

test("nothing is started by a thread that could not be confined", async () => {
  const calls = { changesFiles: false, sharesMemory: false };
  using confined = new Confined("it", { paths: [], ports: [-1], calls }, () => undefined);
  const started = async () => await confined.start("true", { args: [], env: {} });
  await assertRejects(started, Fault, 'of task "it": their thread cannot be confined, the kernel');
  await assertRejects(started, Fault, "their thread cannot be confined");
});
