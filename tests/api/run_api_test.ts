import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Fault,
  loadTasks,
  type ObservedRun,
  run,
  type RunEvent,
  type RunObserver,
  type Task,
} from "fanfold";
import { signalTree } from "../../lib/engines/system/process_tree.ts";
import { SharedFolder, until } from "../support/shared_folder.ts";
import { Folder, program, TASKS } from "../support/program.ts";

const NUMBERS = "export const double = (n: number) => n * 2;\n";

/** Tasks of a file with one task for each of some kinds of slots, over an endless input. */
async function endless(folder: Folder): Promise<readonly Task[]> {
  folder.write("numbers.ts", NUMBERS);
  const tasks = {
    worker: { run: "./numbers.ts#double", isolation: "worker" },
    process: { run: "./numbers.ts#double", isolation: "process" },
    command: { command: ["echo", "{}"] },
  };
  folder.write("fanfold.json", JSON.stringify({ tasks }));
  return (await loadTasks(folder.at("fanfold.json"))).map((task) => ({
    ...task,
    source: { kind: "range", first: 1, last: Infinity, step: 1 },
  }));
}

for (const only of ["worker", "process", "command"]) {
  Deno.test(`run() leaves nothing running when its reader leaves an endless input, ${only}`, async () => {
    using folder = new Folder();
    const tasks = await endless(folder);
    let runId = "";
    const onEvent = (event: RunEvent) => {
      if (event.kind === "run-started") runId = event.runId;
    };
    for await (const outcome of run(tasks, { only: [only], onEvent })) {
      assertEquals([outcome.kind, outcome.index, outcome.input], ["done", 0, 1]);
      break;
    }
    // Timers, Workers and the like are looked after by the test runner itself.
    assertEquals(signalTree([], { FANFOLD_RUN: runId }, "SIGCONT"), []);
  });
}

Deno.test("run() keeps the order of inputs on every engine, chunked or not", async () => {
  using folder = new Folder({ "numbers.ts": NUMBERS });
  const inputs = Array.from({ length: 500 }, (_, i) => i);
  for (const isolation of ["worker", "process"]) {
    for (const chunk of [1, 7, "auto"]) {
      const task = { run: "./numbers.ts#double", inputs, isolation, chunk };
      folder.write("fanfold.json", JSON.stringify({ tasks: { task } }));
      const outcomes = await Array.fromAsync(run(await loadTasks(folder.at("fanfold.json"))));
      const values = outcomes.map((outcome) => outcome.kind === "done" && outcome.value);
      assertEquals(values, inputs.map((n) => n * 2));
    }
  }
});

Deno.test("run() moves buffers where a task has them transferred, and move() where none has", async () => {
  using folder = new Folder();
  const lib = new URL("../../lib/mod.ts", import.meta.url).href;
  folder.write(
    "fanfold.ts",
    `import { defineTasks, move } from "${lib}";
    const inputs = () => [new Uint8Array([1, 2, 3])];
    const run = (bytes: Uint8Array) => bytes.map((byte) => byte * 2);
    export default defineTasks({
      copied: { run, inputs },
      transferred: { run, inputs, transfer: true },
      marked: { run, inputs: () => inputs().map(move) },
      apart: { run, inputs: () => inputs().map(move), transfer: true, isolation: "process" },
    });`,
  );
  const left: Record<string, unknown> = {};
  for await (const outcome of run(await loadTasks(folder.at("fanfold.ts")))) {
    left[outcome.task] = [
      (outcome.input as Uint8Array).length,
      outcome.kind === "done" && outcome.value,
    ];
  }
  const value = new Uint8Array([2, 4, 6]);
  assertEquals(left, {
    copied: [3, value],
    transferred: [0, value],
    marked: [0, value],
    apart: [3, value],
  });
});

Deno.test("run() hands the output of a job over until the next is asked for", async () => {
  const tasks = await loadTasks(`${TASKS}/multiprocessing.yaml`);
  const texts: string[] = [];
  for await (const { output } of run(tasks, { only: ["square", "done"] })) {
    if (output) texts.push(await new Response(ReadableStream.from(output.read("stdout"))).text());
  }
  assertEquals(texts, ["Square: 100\n", "Cube: 1000\n", "Done!\n"]);
});

Deno.test("run() refuses slots and names that make no sense, before anything runs", async () => {
  const tasks = await loadTasks(`${TASKS}/multiprocessing.yaml`);
  for (const slots of [0, -1, 1.5, NaN]) assertThrows(() => run(tasks, { slots }), RangeError);
  assertThrows(() => run(tasks, { only: ["dubble"] }), RangeError, '"dubble"');
});

Deno.test("loadTasks() throws a fault with all mistakes of the file", async () => {
  using folder = new Folder({ "fanfold.yaml": "tasks:\n  a: { rnu: x }\n" });
  const fault = await assertRejects(() => loadTasks(folder.at("fanfold.yaml")), Fault);
  assertEquals(fault.kind, "tasks");
  assert(fault.mistakes.length > 0);
});

Deno.test("fanfold is imported by path from a project that has no map for it", async () => {
  const module = new URL("../../lib/mod.ts", import.meta.url).href;
  using folder = new Folder({
    "deno.json": "{}",
    "numbers.ts": NUMBERS,
    "fanfold.toml": '[tasks.it]\nrun = "./numbers.ts#double"\ninputs = [1, 2]\n',
    "main.ts": `
      import { loadTasks, run } from "${module}";
      for await (const outcome of run(await loadTasks("fanfold.toml"))) {
        console.log(outcome.kind, outcome.kind === "done" && outcome.value);
      }
    `,
  });
  const { code, stdout } = await program(Deno.execPath(), ["run", "-A", "main.ts"], {
    cwd: folder.path,
  });
  assertEquals([code, stdout], [0, "done 2\ndone 4\n"]);
});

Deno.test("run() ends a command when its time is over while inputs keep its thread busy, and leaves no thread", async () => {
  const module = new URL("../../lib/mod.ts", import.meta.url).href;
  const shell = 'if [ "$1" = 1 ]; then echo quick; exit; fi; trap "echo > asked; exit" TERM; ' +
    "sleep 1000 & wait";
  using folder = new Folder({
    "deno.json": "{}",
    "inputs.js": `import { existsSync } from "node:fs";
      export function* inputs() { yield 1; yield 2; while (!existsSync("asked")); }`,
    "fanfold.json": JSON.stringify({
      tasks: { a: { shell, jobs: 2, timeout: "500ms", inputs: { module: "./inputs.js#inputs" } } },
    }),
    "main.ts": `
      import { loadTasks, run } from "${module}";
      for await (const outcome of run(await loadTasks("fanfold.json"))) console.log(outcome.kind);
    `,
  });
  // The program ends by itself, which a thread that is left would keep it from.
  const { code, stdout } = await program(Deno.execPath(), ["run", "-A", "main.ts"], {
    cwd: folder.path,
  });
  assertEquals([code, stdout], [0, "done\ntimed-out\n"]);
});

Deno.test("run() tells observers in their order before onEvent, and ends them behind the last outcome", async () => {
  using folder = new Folder({ "numbers.ts": NUMBERS });
  const tasks = { double: { run: "./numbers.ts#double", inputs: [1, 2] } };
  folder.write("fanfold.json", JSON.stringify({ tasks }));
  const loaded = await loadTasks(folder.at("fanfold.json"));
  const told: string[] = [];
  const observer = (name: string): RunObserver => ({
    onEvent: (event) => {
      if (event.kind === "inputs-counted") told.push(`${name} ${event.count}`);
    },
    end: () => Promise.resolve(void told.push(`${name} ends`)),
  });
  const onEvent = (event: RunEvent) => {
    if (event.kind === "inputs-counted") told.push("onEvent");
  };
  for await (
    const { index } of run(loaded, { observers: [observer("a"), observer("b")], onEvent })
  ) {
    told.push(`job ${index}`);
  }
  assertEquals(told, ["a 2", "b 2", "onEvent", "job 0", "job 1", "a ends", "b ends"]);
});

for (const isolation of ["worker", "process"] as const) {
  Deno.test(`run() says to observers which function runs that prints nothing, ${isolation}`, async () => {
    using folder = new SharedFolder();
    const module = import.meta.resolve("../support/functions.ts");
    const input = { folder: folder.path, name: "it" };
    const task: Task = {
      ...{ name: "held", needs: [], isolation, slots: 1, chunk: 1, ordered: true, env: {} },
      action: { kind: "function", run: { module, path: ["held"] }, spread: false },
      source: { kind: "list", values: [input] },
    };
    let observed: ObservedRun | undefined;
    const observer: RunObserver = { attach: (given) => void (observed = given), onEvent: () => {} };
    const outcomes = run([task], { observers: [observer] });
    const first = outcomes.next();
    await until("the job", () => observed?.running().length === 1);
    const [job] = observed?.running() ?? [];
    folder.open("it");
    const { value } = await first;
    assertEquals([job?.task, job?.index, job?.input], ["held", 0, input]);
    assertEquals([job?.slot, job?.pid], [value?.slot, value?.pid]);
    await outcomes.next();
    assertEquals(observed?.running(), []);
  });
}
