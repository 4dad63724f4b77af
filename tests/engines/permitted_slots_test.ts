import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { run, type Task } from "fanfold";
import { refuseUnheld } from "../../lib/engines/processes/held.ts";
import { slotVariables } from "../../lib/engines/processes/slot_environment.ts";
import { signalTree } from "../../lib/engines/system/process_tree.ts";
import { Fault } from "../../lib/fault.ts";
import type { Ending, FunctionRef, Outcome } from "../../lib/job.ts";
import { KINDS, permissionsOf, type PermissionsRecord } from "../../lib/rules/permissions.ts";
import { SPOILS } from "../support/permitted_functions.ts";
import { Folder } from "../support/folder.ts";

const MODULE = import.meta.resolve("../support/permitted_functions.ts");

const ignore = Deno.build.os !== "linux";

/** A task of a function that may do what is said. */
function task(
  run: string | FunctionRef,
  inputs: readonly unknown[],
  { allowed = {}, init, ...rules }: Partial<Task> & {
    readonly allowed?: PermissionsRecord;
    readonly init?: FunctionRef;
  } = {},
): Task {
  const ref = typeof run === "string" ? { module: MODULE, path: [run] } : run;
  return {
    name: "held",
    action: { kind: "function", run: ref, init, spread: false },
    source: { kind: "list", values: inputs },
    needs: [],
    isolation: "process",
    slots: 1,
    chunk: 9,
    ordered: true,
    env: {},
    permissions: permissionsOf(allowed, Deno.cwd()),
    ...rules,
  };
}

async function outcomes(task: Task): Promise<readonly Outcome[]> {
  return await Array.fromAsync(run([task]));
}

/** The values of the jobs, or what became of them. */
async function values(task: Task): Promise<readonly unknown[]> {
  return (await outcomes(task)).map(valueOf);
}

function valueOf(ending: Ending): unknown {
  return ending.kind === "done" ? ending.value : `${ending.kind}: ${ending.error.message}`;
}

/** What of a slot's process is in its `/proc`, a list with NUL between, while it is at a job. */
async function ofSlot(file: "cmdline" | "environ", held: Task): Promise<readonly string[]> {
  const over = new AbortController();
  let runId = "";
  let found: readonly string[] = [];
  const onEvent = (event: { readonly kind: string; readonly runId?: string }) => {
    if (event.kind === "run-started") runId = event.runId ?? "";
    if (event.kind !== "job-started") return;
    const [pid] = signalTree([], { FANFOLD_RUN: runId }, "SIGCONT");
    found = Deno.readTextFileSync(`/proc/${pid}/${file}`).split("\0").slice(0, -1);
    over.abort();
  };
  await assertRejects(() => Array.fromAsync(run([held], { signal: over.signal, onEvent })));
  return found;
}

Deno.test({
  name: "a slot is a Deno process with a flag of each kind, and never asks",
  ignore,
  fn: async () => {
    const odd = new Folder({ "a, b/x": "" });
    using _ = odd;
    for (
      const [allowed, expected] of [
        [{}, [
          ...KINDS.filter((kind) => kind !== "import").map((kind) => `--deny-${kind}`),
          "--allow-import=none.invalid:1",
          "--cached-only",
        ]],
        [
          Object.fromEntries(KINDS.map((kind) => [kind, true])),
          KINDS.map((kind) => `--allow-${kind}`),
        ],
        [
          { read: [odd.at("a, b")], env: ["A", "B_*"], import: ["b.org"], sys: true },
          [
            `--allow-read=${odd.at("a,, b")}`,
            ...["write", "net"].map((kind) => `--deny-${kind}`),
            "--allow-env=A,B_*,OWN",
            ...["run", "ffi"].map((kind) => `--deny-${kind}`),
            "--allow-sys",
            "--allow-import=b.org",
          ],
        ],
      ] as const
    ) {
      const env = "sys" in allowed && "env" in allowed && Array.isArray(allowed.env)
        ? { OWN: "1" }
        : undefined;
      const line = await ofSlot("cmdline", task("waits", [1], { allowed, ...env && { env } }));
      const flags = line.filter((word) => /^--(?:allow|deny|cached)/.test(word) || word === "-A");
      assertEquals(flags, [...expected]);
      assert(line.includes("--no-prompt"));
    }
  },
});

Deno.test("functions leave nothing to one another in what Deno keeps, unless they may anything", async () => {
  using folder = new Folder({
    "deno.json": "{}",
    "m.ts": `export async function f(said: string) {
      const cache = await caches.open("it");
      const before = [localStorage.getItem("it"), await (await cache.match("https://b.org"))?.text()];
      localStorage.setItem("it", said);
      await cache.put("https://b.org", new Response(said));
      return before;
    }`,
  });
  const ref = { module: folder.url("m.ts"), path: ["f"] };
  const env = { DENO_DIR: folder.at("cache") };
  for (const allowed of [{}, { read: true, write: [folder.path] }]) {
    for (const said of ["one", "two"]) {
      assertEquals(await values(task(ref, [said], { allowed, env })), [[null, undefined]]);
    }
  }
  const anything = { allowed: { read: true, write: true }, env };
  await values(task(ref, ["one"], anything));
  assertEquals(await values(task(ref, ["two"], anything)), [["one", "one"]]);
});

Deno.test({
  name: "a slot has the variables that are listed, those of its task, and what Deno needs",
  ignore,
  fn: async () => {
    const before = Deno.env.toObject();
    Deno.env.set("HIDDEN", "1");
    Deno.env.set("SEEN_BY_NAME", "2");
    Deno.env.set("LIKE_THIS", "3");
    Deno.env.set("DENO_AUTH_TOKENS", "secret@b.org");
    // The module could not be imported with it.
    Deno.env.set("DENO_UNSTABLE_LAZY_DYNAMIC_IMPORTS", "1");
    Deno.env.set("HTTPS_PROXY", "http://user:secret@b.org");
    try {
      const variables = async (allowed: PermissionsRecord) => {
        const lines = await ofSlot("environ", task("waits", [1], { allowed, env: { OWN: "4" } }));
        const names = lines.map((line) => line.split("=")[0]);
        return [
          ...["HIDDEN", "SEEN_BY_NAME", "LIKE_THIS", "DENO_AUTH_TOKENS", "HTTPS_PROXY"],
          ...["OWN", "FANFOLD_RUN", "PATH"],
        ].filter((name) => names.includes(name));
      };
      const always = ["OWN", "FANFOLD_RUN", "PATH"];
      assertEquals(await variables({}), always);
      assertEquals(await variables({ env: ["SEEN_BY_NAME", "LIKE_*"] }), [
        ...["SEEN_BY_NAME", "LIKE_THIS"],
        ...always,
      ]);
      assertEquals(await variables({ net: ["b.org"] }), ["HTTPS_PROXY", ...always]);
      assertEquals(await variables({ import: ["b.org"] }), [
        ...["DENO_AUTH_TOKENS", "HTTPS_PROXY"],
        ...always,
      ]);
      assertEquals((await variables({ env: true })).length, 8);
      const own = await values(
        task("values", [["OWN"], ["HIDDEN"]], { env: { OWN: "4" } }),
      );
      assertEquals(own[0], ["4"]);
      assert(String(own[1]).includes('Requires env access to "HIDDEN"'), String(own[1]));
      const [names] = await values(task("variablesOfChild", [1], { allowed: { run: ["env"] } }));
      assertEquals((names as readonly string[]).includes("HIDDEN"), false);
    } finally {
      for (const name of Object.keys(Deno.env.toObject())) {
        if (!(name in before)) Deno.env.delete(name);
      }
      for (const [name, value] of Object.entries(before)) Deno.env.set(name, value);
    }
  },
});

Deno.test("a function that may do nothing sees nothing of its run", async () => {
  using folder = new Folder({
    "fanfold.yaml": "tasks: {}",
    "inputs.txt": "secret",
    ".fanfold/runs/a.db": "",
  });
  Deno.env.set("HIDDEN", "1");
  try {
    const inputs = [{ folder: folder.path, runner: Deno.pid }];
    assertEquals(await values(task("sees", inputs, { cwd: folder.path })), [[]]);
  } finally {
    Deno.env.delete("HIDDEN");
  }
});

for (const way of Object.keys(SPOILS)) {
  Deno.test(`a function that may do nothing ends no job but its own when it ${way}`, async () => {
    const inputs = [1, 2, way, 3, 4, 5];
    const all = await outcomes(task("spoils", inputs));
    const neighbours = all.toSpliced(2, 1).map(valueOf);
    assertEquals(neighbours, [2, 4, 6, 8, 10]);
    assertEquals(all.length, inputs.length);
  });
}

Deno.test("a function that may do nothing has its init, and is tried again", async () => {
  const init = { module: MODULE, path: ["begins"] };
  assertEquals(await values(task("counts", [1, 2], { init })), [[1, 1, 1], [1, 2, 1]]);
  const retries = { times: 1, backoffMs: 0, maxBackoffMs: 0, jitter: false } as never;
  const [denied] = await outcomes(task("values", [["HOME"]], { retries }));
  assertEquals([denied?.kind, denied?.attempts], ["failed", 2]);
});

Deno.test("a function that may do nothing has an init of another module", async () => {
  using folder = new Folder({
    "init.ts": "export const begin = () => void Object.assign(globalThis, { begun: 1 });",
    "run.ts": "export const f = () => (globalThis as { begun?: number }).begun;",
  });
  const init = { module: folder.url("init.ts"), path: ["begin"] };
  assertEquals(await values(task({ module: folder.url("run.ts"), path: ["f"] }, [1], { init })), [
    1,
  ]);
});

Deno.test("a function that may do nothing is held to its limits, and its slot is recycled", async () => {
  const [late] = await values(task("loops", [1], { timeout: { ms: 300 } as never }));
  assertEquals(late, "timed-out: it took longer than 300 ms");
  const [big] = await outcomes(task("grows", [1], { memoryBytes: 160 * 2 ** 20 }));
  assertEquals([big?.kind, big && "error" in big && big.error.name], ["died", "OutOfMemory"]);
  const init = { module: MODULE, path: ["begins"] };
  const recycle = { jobs: 1 };
  const counted = await values(task("counts", [1, 2, 3], { init, recycle } as never));
  assertEquals(counted, [[1, 1, 1], [1, 2, 1], [1, 3, 1]]);
});

Deno.test("a module is imported whatever its name, and all that it names", async () => {
  for (const name of [`a "b" 'c', d.ts`, "ü %20 #?.ts", "a\\b`${x}`.ts", "<a>&+;=~.ts"]) {
    using folder = new Folder({
      [name]: `import { two } from "./two.ts";
        import data from "./data.json" with { type: "json" };
        import { three } from "mapped";
        export const f = async (n: number) =>
          n + two + data.n + three + (await import("./later.ts")).n;`,
      "two.ts": "export const two = 2;",
      "three.ts": "export const three = 3;",
      "later.ts": "export const n = 10;",
      "data.json": '{ "n": 100 }',
      "deno.json": '{ "imports": { "mapped": "./three.ts" } }',
    });
    const module = folder.url(name);
    const allowed = { read: [folder.at("data.json")] };
    assertEquals(await values(task({ module, path: ["f"] }, [1000], { allowed })), [1115], name);
  }
});

Deno.test("a module that cannot be imported is named with its place, as where anything is allowed", async () => {
  const texts = {
    "syntax.ts": "export const f = ( => 1;",
    "throws.ts": "export const f = 1;\nthrow new Error('at the top');",
    "missing.ts": 'import { x } from "./none.ts";\nexport const f = () => x;',
    "names.ts": 'import { nothing } from "./throws.ts";\nexport const f = () => nothing;',
    "lacks.ts": "export const g = () => 1;",
    "json.ts": 'import x from "./bad.json" with { type: "json" };\nexport const f = () => x;',
    "bad.json": "{ a",
  };
  using folder = new Folder(texts);
  const text = async (name: string, permissions: Task["permissions"]) => {
    const ref = { module: folder.url(name), path: ["f"] };
    const { message } = await assertRejects(() => outcomes(task(ref, [1], { permissions })), Fault);
    return message;
  };
  for (const name of Object.keys(texts).filter((name) => name.endsWith(".ts"))) {
    const free = await text(name, undefined);
    assertEquals(await text(name, permissionsOf({ read: ["bad.json"] }, folder.path)), free);
  }
});

Deno.test("what a module does when it is imported is denied too, with the line to add", async () => {
  using folder = new Folder({
    "m.ts": 'Deno.readTextFileSync("/etc/passwd");\nexport const f = () => 1;',
  });
  const ref = { module: folder.url("m.ts"), path: ["f"] };
  const { mistakes } = await assertRejects(() => outcomes(task(ref, [1])), Fault);
  assertEquals(
    mistakes[0]?.hint,
    'to allow it, say in task "held": permissions: { read: ["/etc/passwd"] }',
  );
});

/** How a module comes by a file beside it that is no code, with the permission for that nowhere. */
const IMPORTS_OF_DATA: Readonly<Record<string, readonly [file: string, module: string]>> = {
  json: ["s.json", 'import s from "./s.json" with { type: "json" }; export const f = () => s;'],
  text: ["s.txt", 'import s from "./s.txt" with { type: "text" }; export const f = () => s;'],
  laterText: [
    "s.txt",
    'export const f = () => import("./s.txt", { with: { type: "text" } }).then(Object.keys);',
  ],
  optionsElsewhere: [
    "s.json",
    'const o = { with: { type: "json" } }; export const f = () => import("./s.json", o).then(Object.keys);',
  ],
  textOfCode: ["s.ts", 'import s from "./s.ts" with { type: "text" }; export const f = () => s;'],
  whatDenoMakesNothingOf: [
    "secret",
    'export const f = () => import("./secret").catch(({ message }) => message);',
  ],
  behindALink: [
    "link.ts",
    'export const f = () => import("./link.ts").catch(({ message }) => message);',
  ],
  throughAnotherModule: ["s.json", 'export { f } from "./other.ts";'],
};

Deno.test("a function is refused that would have files with its module that it may not read", async () => {
  using folder = new Folder({
    "s.json": '"secret"',
    "s.txt": "secret",
    "s.ts": "export const secret = 1;",
    "secret": "secret it is\n",
    "other.ts": 'import s from "./s.json" with { type: "json" };\nexport const f = () => s;',
  });
  Deno.symlinkSync(folder.at("secret"), folder.at("link.ts"));
  for (const [name, [file, text]] of Object.entries(IMPORTS_OF_DATA)) {
    const path = folder.at(file);
    Deno.writeTextFileSync(folder.at("m.ts"), text);
    const ref = { module: folder.url("m.ts"), path: ["f"] };
    const { message, mistakes } = await assertRejects(() => outcomes(task(ref, [1])), Fault);
    const imports = `it imports ${JSON.stringify(path)}, which it may not read`;
    assertEquals(message, `Cannot hold task "held" to its permissions: ${imports}`, name);
    assertEquals(
      mistakes[0]?.hint,
      `to allow it, say in task "held": permissions: { read: [${JSON.stringify(path)}] }`,
    );
    for (const read of [[path], [folder.path], true]) {
      const [value] = await outcomes(task(ref, [1], { allowed: { read } }));
      assertEquals(value?.kind, "done", `${name}: ${JSON.stringify(value)}`);
    }
  }
});

Deno.test("a function is refused whose init, or a module in its text, imports what it may not read", async () => {
  using folder = new Folder({ "s.json": '"secret"', "run.ts": "export const f = () => 1;" });
  const text = `import s from ${JSON.stringify(folder.url("s.json"))} with { type: "json" };`;
  const inText = `data:text/javascript;base64,${btoa(`${text} export default s;`)}`;
  Deno.writeTextFileSync(
    folder.at("in_text.ts"),
    `import s from "${inText}"; export const f = () => s;`,
  );
  Deno.writeTextFileSync(folder.at("init.ts"), `${text} export const begin = () => {};`);
  const ofInit = task({ module: folder.url("run.ts"), path: ["f"] }, [1], {
    init: { module: folder.url("init.ts"), path: ["begin"] },
  });
  for (const held of [ofInit, task({ module: folder.url("in_text.ts"), path: ["f"] }, [1])]) {
    await assertRejects(() => outcomes(held), Fault, "which it may not read");
  }
});

Deno.test("refuseUnheld() refuses functions where a broker says what Deno may do", () => {
  const held = task("counts", [1], { env: { DENO_PERMISSION_BROKER_PATH: "/nowhere" } });
  assertThrows(() => refuseUnheld(held), Fault, "Deno asks a broker for permissions");
  refuseUnheld({ ...held, permissions: undefined });
  assertEquals(
    slotVariables(task("counts", [1]), {
      env: () => ({
        variables: { DENO_DIR: "/a", DENO_PERMISSION_BROKER_PATH: "/b", DENO_KV_ACCESS_TOKEN: "c" },
        areAll: true,
      }),
    }),
    { DENO_DIR: "/a" },
  );
});

Deno.test("refuseUnheld() has functions in a compiled program held to no permissions", () => {
  const held = task("counts", [1]);
  refuseUnheld(held, false);
  refuseUnheld({ ...held, permissions: undefined }, true);
  refuseUnheld({ ...held, action: { kind: "command", argv: ["a"] } }, true);
  const { message, mistakes } = assertThrows(() => refuseUnheld(held, true), Fault);
  assertEquals(
    message,
    'Cannot hold task "held" to its permissions: a compiled program has the permissions that it was compiled with',
  );
  assert(mistakes[0]?.hint);
});
