import { assertEquals, assertThrows } from "@std/assert";
import { rulesText } from "../../../lib/cli/commands/tasks_commands.ts";
import { rulesOf, underRules } from "../../../lib/cli/request/rule_options.ts";
import { Fault } from "../../../lib/fault.ts";
import type { Halt, Retries, Task } from "../../../lib/job.ts";
import { fanfold, Folder } from "../../support/program.ts";

const RUN = {
  kind: "function",
  run: { module: "file:///n.ts", path: ["f"] },
  spread: false,
} as const;
const RETRIES: Retries = {
  times: 1,
  backoffMs: 1000,
  factor: 3,
  maxMs: 9000,
  jitter: 0,
  on: ["died"],
};

const HALT: Halt = { when: "now", why: "fail", limit: { percent: 10 } };

function taskWith(keys: Partial<Task>): Task {
  return {
    name: "a",
    action: { kind: "shell", script: "x" },
    source: { kind: "list", values: [] },
    needs: [],
    isolation: "process",
    slots: 1,
    chunk: 1,
    ordered: true,
    env: {},
    ...keys,
  };
}

const inWorker = taskWith({ action: RUN, isolation: "worker" });

Deno.test("rulesOf() gives what options say, and nothing else", () => {
  assertEquals(rulesOf({ options: {} }), {});
  assertEquals(
    rulesOf({ options: { retries: "3", timeout: "1.5m", grace: "2", isolation: "process" } }),
    { times: 3, timeout: { ms: 90_000 }, graceMs: 2000, isolation: "process" },
  );
  assertEquals(rulesOf({ options: { timeout: "200%" } }), { timeout: { percent: 200 } });
  assertEquals(rulesOf({ options: { retries: "0" } }), { times: 0 });
  assertEquals(rulesOf({ options: { delay: "1.5", halt: "never" } }), {
    delayMs: 1500,
    halt: "never",
  });
  assertEquals(rulesOf({ options: { halt: "now,fail=10%" } }), { halt: HALT });
});

const DURATION = "a duration like 500ms, 30s, 5m or 2h, up to 24d";
const wrong = [
  ...["-1", "1.5", "1e3", "two", "+1", "1 "]
    .map((found) => ["retries", found, "a whole number from 0"] as const),
  ["retries", "9".repeat(20), "a whole number from 0 to 9007199254740991"] as const,
  ...["0", "-1", "1 s", "5x", "NaN", "25d", "0%", "-5%"]
    .map((found) => ["timeout", found, `${DURATION}, or a share of the median like 200%`] as const),
  ...["0", "-1s", "1 s", "5x", "200%"].flatMap((found) =>
    [["grace", found, DURATION], ["delay", found, DURATION]] as const
  ),
  ...["", "Now", "3", "now,fail=0", "now,fail", "soon,fail=101%", "now,oops=1", "now, fail=1"].map((
    found,
  ) =>
    [
      "halt",
      found,
      "never, soon, now, or like soon,fail=3, now,fail=10% or now,success=1",
    ] as const
  ),
];
for (const [name, found, wanted] of wrong) {
  Deno.test(`rulesOf() refuses a --${name} of ${JSON.stringify(found)}`, () => {
    const fault = assertThrows(() => rulesOf({ options: { [name]: found } }), Fault);
    assertEquals(fault.kind, "usage");
    assertEquals(fault.message, `Cannot read --${name}: found "${found}", wanted ${wanted}`);
  });
}

Deno.test("rulesOf() refuses a timeout in Workers with its reason", () => {
  const options = { timeout: "1s", isolation: "worker" };
  const { kind, message } = assertThrows(() => rulesOf({ options }), Fault);
  assertEquals([kind, message], [
    "usage",
    "Cannot combine --isolation worker and --timeout, for a time-out cannot end a loop in a Worker",
  ]);
});

Deno.test("rulesOf() says what to write for no time, and for units in words", () => {
  const hintOf = (name: string, text: string) =>
    assertThrows(() => rulesOf({ options: { [name]: text } }), Fault).mistakes[0]?.hint;
  for (const [name, hint] of [["delay", "leave it out for none"], ["grace", "1ms is the least"]]) {
    for (const text of ["0", "0s", "0.0 ms"]) assertEquals(hintOf(String(name), text), hint);
  }
  assertEquals(hintOf("timeout", "30 seconds"), 'did you mean "30s"?');
  assertEquals(hintOf("timeout", "5min"), 'did you mean "5m"?');
  assertEquals(hintOf("grace", "10 millis"), 'did you mean "10ms"?');
  assertEquals(hintOf("delay", "5 parsecs"), undefined);
  assertEquals(hintOf("retries", "0s"), undefined);
});

Deno.test("underRules() leaves a task as it is where no rule is given", () => {
  const timeout = { percent: 200 };
  for (const task of [inWorker, taskWith({ retries: RETRIES, timeout, graceMs: 5 })]) {
    assertEquals(underRules(task, {}), task);
  }
});

Deno.test("underRules() puts what is given before what the task says", () => {
  const task = taskWith({ timeout: { percent: 200 }, graceMs: 5 });
  const under = underRules(task, { timeout: { ms: 1 }, graceMs: 7 });
  assertEquals(under, taskWith({ timeout: { ms: 1 }, graceMs: 7 }));
  const halted = taskWith({ delayMs: 5, halt: HALT });
  const now: Halt = { when: "now", why: "done", limit: { count: 1 } };
  assertEquals(underRules(halted, { delayMs: 7, halt: now }), taskWith({ delayMs: 7, halt: now }));
  assertEquals(underRules(halted, { times: 0 }), halted);
});

Deno.test("underRules() never halts a task of which that is said, whatever it says itself", () => {
  assertEquals(underRules(taskWith({ halt: HALT }), { halt: "never" }), taskWith({}));
});

Deno.test("underRules() changes only the number of retries", () => {
  const ofTask = (retries: Retries | undefined, times: number) =>
    underRules(retries ? taskWith({ retries }) : taskWith({}), { times });
  assertEquals(ofTask(RETRIES, 5).retries, { ...RETRIES, times: 5 });
  assertEquals("retries" in ofTask(RETRIES, 0), false);
  assertEquals(ofTask(undefined, 2).retries, {
    times: 2,
    backoffMs: 0,
    factor: 2,
    maxMs: 300_000,
    jitter: 0,
  });
});

Deno.test("underRules() runs functions in processes as soon as a timeout is given", () => {
  assertEquals(underRules(inWorker, { timeout: { ms: 1 } }).isolation, "process");
  assertEquals(underRules(inWorker, { times: 1, graceMs: 1 }).isolation, "worker");
  assertEquals(underRules(inWorker, { isolation: "process" }).isolation, "process");
  const inProcess = { ...inWorker, isolation: "process" } as const;
  assertEquals(underRules(inProcess, { isolation: "worker" }).isolation, "worker");
});

Deno.test("underRules() refuses Workers for functions that have a timeout, and for those only", () => {
  const task = taskWith({ action: RUN, timeout: { ms: 1 } });
  const fault = assertThrows(() => underRules(task, { isolation: "worker" }), Fault);
  assertEquals(
    fault.message,
    'Cannot combine --isolation worker and the "timeout" of task "a", for a time-out cannot end ' +
      "a loop in a Worker",
  );
  const script = taskWith({ timeout: { ms: 1 } });
  assertEquals(underRules(script, { isolation: "worker" }).timeout, { ms: 1 });
});

const texts: readonly (readonly [keys: Partial<Task>, text: string | undefined])[] = [
  [{}, undefined],
  [{ timeout: { ms: 1500 } }, "timeout 1.5s"],
  [{ timeout: { percent: 200 }, graceMs: 250 }, "timeout 200% of the median; grace 250ms"],
  [{ retries: { ...RETRIES, backoffMs: 0, on: undefined } }, "retries 1"],
  [
    { graceMs: 5000, retries: { ...RETRIES, backoffMs: 0, on: ["died", "TypeError"] } },
    "grace 5s; retries 1 on died or TypeError",
  ],
  [{ retries: RETRIES }, "retries 1 on died, backoff 1s, factor 3, max 9s"],
  [
    { retries: { ...RETRIES, jitter: 0.5, on: undefined } },
    "retries 1, backoff 1s, factor 3, max 9s, jitter 0.5",
  ],
  [{ delayMs: 100, halt: HALT }, "a start every 100ms; halt now,fail=10%"],
  [{ delayMs: 90_000 }, "a start every 1.5m"],
  [{ delayMs: 1000 / 30 }, "a start every 33.333ms"],
];
for (const [keys, text] of texts) {
  Deno.test(`rulesText() says ${text ?? "nothing where a task says nothing"}`, () => {
    assertEquals(rulesText(taskWith(keys)).at(0), text);
  });
}

/** A task that never ends well, and one that tells where it runs. */
const FILES = {
  "n.ts": `
    export const fail = () => { throw new TypeError("never"); };
    export const place = () => "DedicatedWorkerGlobalScope" in globalThis ? "worker" : "process";
  `,
  "fanfold.yaml": "tasks:\n  fail: { run: ./n.ts#fail, retries: { times: 9, on: TypeError } }\n" +
    "  place: { run: ./n.ts#place, isolation: worker }\n",
};

const attempts = [
  ["run", ["run", "fail", "--retries", "2", "--format", "ndjson"]],
  ["each", ["each", "--retries", "2", "--format", "ndjson", "--shell", "exit 3", ":::", "1"]],
  ["map", ["map", "--retries", "2", "--format", "ndjson", "./n.ts#fail", ":::", "1"]],
] as const;
for (const [command, argv] of attempts) {
  Deno.test(`fanfold ${command} makes as many further attempts as --retries says`, async () => {
    using folder = new Folder(FILES);
    const { code, stdout } = await fanfold(argv, { cwd: folder.path });
    assertEquals([code, JSON.parse(stdout).attempts], [1, 3]);
  });
}

Deno.test("fanfold run and map call functions in processes when there is a --timeout", async () => {
  using folder = new Folder(FILES);
  for (const argv of [["run", "place"], ["map", "./n.ts#place", ":::", "1"]]) {
    const [command = "", ...rest] = argv;
    for (const [options, place] of [[[], "worker"], [["--timeout", "1h"], "process"]] as const) {
      const printed = await fanfold([command, ...options, ...rest], { cwd: folder.path });
      assertEquals(printed, { code: 0, stdout: `${place}\n`, stderr: "" });
    }
  }
});

Deno.test("fanfold each asks a job to end at --timeout, and kills it when --grace is over", async () => {
  // Three seconds are in the grace that there is by default.
  const script = 'trap "sleep 3; echo late; exit" TERM; echo started; while :; do sleep 0.1; done';
  const { code, stdout } = await fanfold(
    ["each", "--timeout", "1s", "--grace", "1ms", "--shell", script, ":::", "1"],
  );
  assertEquals([code, stdout], [1, "started\n"]);
});
