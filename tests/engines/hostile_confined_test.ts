import { assertEquals } from "@std/assert";
import { meansHere } from "../../lib/engines/confined/refusal.ts";
import { SINCE } from "../../lib/engines/confined/rights.ts";
import type { Engine } from "../../lib/engines/engine.ts";
import type { Ending } from "../../lib/job.ts";
import type { PermissionsRecord } from "../../lib/rules/permissions.ts";
import {
  type Attack,
  languages,
  onAbstractSocket,
  onNetwork,
  onProcess,
} from "../support/attacks/attacks.ts";
import { FINE, SECRET, type Tools, toolsIn, World } from "../support/attacks/world.ts";
import { textOf, Trial } from "../support/engine_harness.ts";
import { Folder } from "../support/folder.ts";
import { openCommands, openConfined } from "../support/works.ts";

const means = meansHere();
const folder = new Folder();
const tools: Tools = await toolsIn(folder);
globalThis.addEventListener("unload", () => folder[Symbol.dispose]());

/** What a command printed, and how it ended. */
interface Done {
  readonly kind: Ending["kind"];
  readonly stdout: string;
  readonly stderr: string;
}

const argvOf = (input: unknown) => ({ argv: input as string[] });

/** Deno keeps what it has compiled. */
function envOf(world: World): Record<string, string> {
  return { DENO_DIR: world.at("open/deno") };
}

/** Runs programs to their ends. */
async function run(engine: Engine, programs: readonly (readonly string[])[]): Promise<Done[]> {
  await using trial = new Trial(engine, programs);
  await trial.over;
  return await Promise.all(trial.endings.map(async (ending) => ({
    kind: ending.kind,
    stdout: await textOf(ending.output),
    stderr: await textOf(ending.output, "stderr") +
      ("error" in ending ? ending.error.message : ""),
  })));
}

/** Whether a program did what it was to do; what it is to read it has to print. */
function hasDone({ kind, stdout }: Done, text: string | undefined, makes?: string): boolean {
  const isThere = makes === undefined || isAt(makes);
  return kind === "done" && (text === undefined || stdout.includes(text)) && isThere;
}

function isAt(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** What is wrong with how attacks and their twins went that were confined. */
async function flaws(
  world: World,
  attacks: readonly Attack[],
  permissions: PermissionsRecord = world.permissions,
): Promise<string[]> {
  const before = world.untouched;
  const options = { program: undefined, slots: 2, env: envOf(world) };
  const engine = openConfined(argvOf, permissions, options);
  const done = await run(engine, attacks.flatMap(({ argv, twin }) => [argv, twin]));
  assertEquals(world.untouched, before);
  assertEquals(world.intruders, 0);
  return attacks.flatMap(({ name, reads, makes }, i) => {
    const [attack, twin] = done.slice(2 * i, 2 * i + 2) as [Done, Done];
    const isRefused = attack.kind === "failed" || attack.stdout.trim() === "";
    const hasLeaked = `${attack.stdout}${attack.stderr}`.includes(SECRET);
    return [
      ...isRefused && !hasLeaked ? [] : [`${name}: ${JSON.stringify(attack)}`],
      ...hasDone(twin, reads && FINE, makes)
        ? []
        : [`the twin of ${name}: ${JSON.stringify(twin)}`],
    ];
  });
}

for (const { name, missing, attacks } of languages(tools)) {
  const needs = missing ?? "boot with lsm=landlock";
  Deno.test({
    name: `programs in ${name} do to nothing what they may not, and to the rest all (${needs})`,
    ignore: means.kind === "none" || missing !== undefined,
    fn: async () => {
      await using world = new World(tools);
      assertEquals(await flaws(world, [...attacks(world)]), []);
    },
  });

  Deno.test({
    name: `programs in ${name} do what they may not where nothing holds them (${needs})`,
    ignore: missing !== undefined,
    fn: async () => {
      await using first = new World(tools);
      const harmless: string[] = [];
      for (const i of [...attacks(first)].keys()) {
        await using world = new World(tools);
        const { name, argv, reads } = [...attacks(world)][i] as Attack;
        const [done] = await run(openCommands(argvOf, { env: envOf(world) }), [argv]) as [Done];
        const text = reads && (done.stdout.includes(FINE) ? FINE : SECRET);
        // Who becomes another user, and who makes devices, has to be root.
        const isOfRoot = /another user|device|disk/.test(name) && Deno.uid() !== 0;
        if (!isOfRoot && !hasDone(done, text)) harmless.push(`${name}: ${JSON.stringify(done)}`);
      }
      assertEquals(harmless, []);
    },
  });
}

/** A process that waits until it is disposed of, once it has said that it does. */
async function started(
  argv: readonly [string, ...string[]],
): Promise<{ readonly pid: number } & AsyncDisposable> {
  const [program, ...args] = argv;
  const child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped" }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  return {
    pid: child.pid,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await Promise.all([child.status, reader.cancel(), child.stdin.close()]);
    },
  };
}

Deno.test({
  name: "confined programs see no other process, and signal none (Linux 6.12, gcc)",
  ignore: means.kind === "none" || means.version < SINCE.scopes || tools.c === undefined,
  fn: async () => {
    await using world = new World(tools);
    const lineOf = () => ({ argv: [tools.c as string, "wait"] });
    await using sibling = openConfined(lineOf, {}, { program: tools.c });
    await using trial = new Trial(sibling, [0]);
    while (trial.started.length === 0) await new Promise((on) => setTimeout(on, 1));
    const [{ pid = 0 } = {}] = sibling.runningJobs();
    const attacks = [
      ...onProcess(world, Deno.pid, "the runner"),
      ...onProcess(world, pid, "a command of another task"),
    ];
    assertEquals(await flaws(world, attacks), []);
  },
});

Deno.test({
  name: "programs see other processes where nothing holds them (gcc)",
  ignore: tools.c === undefined,
  fn: async () => {
    await using world = new World(tools);
    await using other = await started([tools.c as string, "listen-abstract", world.at("socket")]);
    const attacks = [
      ...onProcess(world, other.pid, "a process"),
      onAbstractSocket(world, world.at("socket")),
    ];
    const done = await run(openCommands(argvOf), attacks.map(({ argv }) => argv));
    const harmless = done.map((one, i) => hasDone(one, undefined) ? "" : attacks[i]?.name);
    assertEquals(harmless.filter(Boolean), []);
  },
});

Deno.test({
  name: "confined programs connect to no abstract socket of others (Linux 6.12, gcc)",
  ignore: means.kind === "none" || means.version < SINCE.scopes || tools.c === undefined,
  fn: async () => {
    await using world = new World(tools);
    const name = world.at("socket");
    await using _listener = await started([tools.c as string, "listen-abstract", name]);
    assertEquals(await flaws(world, [onAbstractSocket(world, name)]), []);
  },
});

Deno.test({
  name: "confined programs reach nobody where the network is not allowed (gcc)",
  ignore: means.kind === "none" || tools.c === undefined,
  fn: async () => {
    await using world = new World(tools);
    const permissions = { ...world.permissions, net: false };
    assertEquals(await flaws(world, [...onNetwork(world)], permissions), []);
  },
});

Deno.test({
  name: "confined programs win nothing by a setuid program (root, gcc)",
  ignore: means.kind === "none" || Deno.uid() !== 0 || tools.c === undefined,
  fn: async () => {
    const NOBODY = 65534;
    await using world = new World(tools);
    const program = world.at("shown/setuid");
    Deno.copyFileSync(tools.c as string, program);
    Deno.chownSync(program, NOBODY, NOBODY);
    Deno.chmodSync(program, 0o4755);
    const argv = [program, "privileges"];
    const [plain] = await run(openCommands(argvOf), [argv]);
    assertEquals(plain?.stdout, `0 ${NOBODY}\n`);
    const permissions = { ...world.permissions, run: [program] };
    const [confined] = await run(openConfined(argvOf, permissions), [argv]);
    assertEquals(confined?.stdout, "1 0\n");
  },
});

Deno.test({
  name: "confined commands that may write nothing change no modes, owners and times (Landlock)",
  ignore: means.kind === "none",
  fn: async () => {
    using folder = new Folder({ "theirs": "" });
    const path = folder.at("theirs");
    const programs = [
      ["chmod", "0777", path],
      ["chown", `${Deno.uid()}:${Deno.gid()}`, path],
      ["touch", "-d", "2001-01-01", path],
    ];
    const permissions = { read: true, run: ["chmod", "chown", "touch"] };
    const before = Deno.statSync(path);
    const held = await run(openConfined(argvOf, permissions, { program: undefined }), programs);
    assertEquals(held.map(({ kind }) => kind), ["failed", "failed", "failed"]);
    const { mode, mtime } = Deno.statSync(path);
    assertEquals({ mode, mtime }, { mode: before.mode, mtime: before.mtime });
    const free = await run(openCommands(argvOf), programs);
    assertEquals(free.map(({ kind }) => kind), ["done", "done", "done"]);
  },
});

const hasPrlimit = await isOnPath("prlimit");

Deno.test({
  name: "confined commands set no limits to other processes (Landlock, util-linux)",
  ignore: means.kind === "none" || !hasPrlimit,
  fn: async () => {
    await using other = await started(["sh", "-c", "echo; read _"]);
    const argv = ["prlimit", "--pid", String(other.pid), "--nofile=7:7"];
    const anything = { read: true, write: true, net: true, run: true };
    const [held] = await run(openConfined(argvOf, anything, { program: undefined }), [argv]);
    assertEquals(held?.kind, "failed");
    const [free] = await run(openCommands(argvOf), [argv]);
    assertEquals(free?.kind, "done");
  },
});

Deno.test({
  name: "confined commands of root cannot do what is root's alone (Landlock)",
  ignore: means.kind === "none",
  fn: async () => {
    const permissions = { read: ["/proc"], run: ["cat"] };
    const argv = ["cat", "/proc/self/status"];
    const [held] = await run(openConfined(argvOf, permissions, { program: undefined }), [argv]);
    const [, digits] = /^CapEff:\s*(\w+)$/m.exec(held?.stdout ?? "") ?? [];
    const [MODULE, ADMIN, BOOT, BPF] = [16n, 21n, 22n, 39n];
    const has = (right: bigint) => (BigInt(`0x${digits}`) >> right & 1n) === 1n;
    assertEquals([MODULE, ADMIN, BOOT, BPF].filter(has), []);
  },
});

async function isOnPath(program: string): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}
