import { assert, assertEquals } from "@std/assert";
import { SpoolStore } from "../../lib/engines/spools/spool.ts";
import type { Engine } from "../../lib/engines/engine.ts";
import type { Output } from "../../lib/job.ts";
import { textOf, Trial } from "../support/engine_harness.ts";
import { until } from "../support/shared_folder.ts";
import { FUNCTION_KINDS, type FunctionOptions, openCommands } from "../support/works.ts";
import { PATCHED_LINES, type PrintInput } from "../support/hostile_printing.ts";

/** The job that prints too much; the others print their number. */
const HOSTILE = 2;
const JOBS = 6;

/** How much of what is printed may be in memory. */
const CAPACITY = 2 ** 20;

/** What is printed by each engine, in the language it speaks. */
type What = PrintInput["what"];
const SCRIPTS: Readonly<Partial<Record<What, string>>> = {
  withoutEnd: "exec yes",
  longLine: "head -c 52428800 /dev/zero | tr '\\0' x",
  allBytes: 'for n in $(seq 0 255); do printf "\\\\$(printf %03o $n)"; done',
};

type PrintOptions = Pick<FunctionOptions, "timeout" | "store">;

/** Opens an engine whose jobs print, one that tells them what, and the others their number. */
type Open = (what: What, options: PrintOptions) => { engine: Engine; inputs: unknown[] };

const openScripts: Open = (what, options) => ({
  engine: openCommands((script) => ({ argv: ["sh", "-c", String(script)] }), {
    slots: 2,
    ...options,
  }),
  inputs: Array.from({ length: JOBS }, (_, i) => i === HOSTILE ? SCRIPTS[what] ?? "" : `echo ${i}`),
});

const KINDS: readonly {
  readonly name: string;
  readonly open: Open;
  readonly isKillable: boolean;
}[] = [
  ...FUNCTION_KINDS.map(({ name, openFunction }) => {
    const run = { module: import.meta.resolve("../support/hostile_printing.ts"), path: ["prints"] };
    const open: Open = (what, options) => ({
      engine: openFunction("", { run, chunk: JOBS, ...options }),
      inputs: Array.from({ length: JOBS }, (_, i) => i === HOSTILE ? { what } : { number: i }),
    });
    return { name, open, isKillable: name === "processes" };
  }),
  { name: "commands", open: openScripts, isKillable: true },
];

/** How much is looked at of what has no end. */
const MOST_BYTES = 4 * CAPACITY;

/** Has jobs print, of which all but one end well. Gives what that has printed, up to a length. */
async function printed(
  open: Open,
  what: What,
  options: PrintOptions = {},
  most = Infinity,
): Promise<Uint8Array> {
  using store = new SpoolStore(CAPACITY);
  const { engine, inputs } = open(what, { ...options, store });
  await using trial = new Trial(engine, inputs);
  await trial.over;
  assert(store.held <= store.capacity, `${store.held} bytes in memory`);
  assertEquals(trial.told.toSorted(), [...inputs.keys()]);
  const kinds = trial.endings.map(({ kind }) => kind);
  const limited = options.timeout === undefined ? "done" : "timed-out";
  assertEquals(kinds, inputs.map((_, i) => i === HOSTILE ? limited : "done"));
  for (const [i, { output }] of trial.endings.entries()) {
    if (i !== HOSTILE) assertEquals(await textOf(output), `${i}\n`);
  }
  return await firstOf(trial.endings[HOSTILE]?.output, most);
}

async function firstOf(output: Output | undefined, most: number): Promise<Uint8Array> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  assert(output);
  for await (const piece of output.read("stdout")) {
    pieces.push(piece.slice());
    length += piece.length;
    if (length >= most) break;
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

for (const { name, open, isKillable } of KINDS) {
  Deno.test(`${name} give back a line of 50 MiB, of which a part is in memory`, async () => {
    const line = new TextDecoder().decode(await printed(open, "longLine"));
    assert(line === "x".repeat(50 * 2 ** 20), `${line.length} characters`);
  });

  Deno.test(`${name} give back every byte there is, and no line end that was not there`, async () => {
    assertEquals(await printed(open, "allBytes"), Uint8Array.from({ length: 256 }, (_, i) => i));
  });

  if (name !== "commands") {
    Deno.test(`${name} give back all that is printed once a function has changed how lists and bytes work`, async () => {
      const lines = new TextDecoder().decode(await printed(open, "patched"));
      assertEquals(lines, "line\n".repeat(PATCHED_LINES));
    });

    Deno.test(`${name} give back bytes that are printed, whatever they are a view of`, async () => {
      assertEquals(new TextDecoder().decode(await printed(open, "views")), "abc");
    });
  }

  if (isKillable) {
    Deno.test(`${name} hold in memory a part of what a job prints without end until it is too late`, async () => {
      const bytes = await printed(open, "withoutEnd", { timeout: { ms: 300 } }, MOST_BYTES);
      assert(bytes.length >= MOST_BYTES, `only ${bytes.length} bytes`);
      assert(bytes.every((byte, i) => byte === (i % 2 === 0 ? "y" : "\n").charCodeAt(0)));
    });
  }

  Deno.test(`${name} hold in memory a part of what a job prints without end until it is stopped`, async () => {
    using store = new SpoolStore(CAPACITY);
    const { engine, inputs } = open("withoutEnd", { store });
    const trial = new Trial(engine, inputs);
    await until("more than fits", () => store.held > store.capacity - 2 ** 17);
    await trial[Symbol.asyncDispose]();
    assert(store.held <= store.capacity, `${store.held} bytes in memory`);
    assertEquals(trial.told.includes(HOSTILE), false);
  });
}
