import { assert, assertEquals, assertMatch } from "@std/assert";
import type { SentTask } from "../../../../lib/engines/queue/messages.ts";
import { fileSetOf, packed } from "../../../../lib/engines/queue/modules/file_set.ts";
import { taskDigest } from "../../../../lib/engines/queue/modules/task_digest.ts";
import { saidParts } from "../../../../lib/modules/fingerprint.ts";
import { placedAction } from "../../../../lib/engines/queue/modules/sent_paths.ts";
import type { Action } from "../../../../lib/job.ts";
import { sha256 } from "../../../../lib/text/digest.ts";
import { Folder } from "../../../support/folder.ts";
import { type Sending, sentFrom, served } from "./sending.ts";

const FILES = {
  "fanfold.yaml": "tasks: { task: { run: ./src/f.ts#f, env: { A: 1 }, inputs: [1] } }",
  "src/f.ts": 'import "./g.ts";\nexport const f = (n: number) => n;',
  "src/g.ts": "",
  "src/secret.ts": "export const f = () => 'secret';",
};

type Change = (
  sending: Sending,
) => { readonly sent: unknown; readonly filesOf?: Sending["filesOf"] };

const run = (module: unknown, path: unknown = ["f"]) => ({ module, path });
const call = (module: unknown, more: object = {}): Action =>
  ({ kind: "function", run: run(module), spread: false, ...more }) as Action;

/** A message in which no part contradicts another, made by somebody who knows how. */
function consistent(sent: SentTask, changes: Partial<SentTask>): SentTask {
  const made = { ...sent, ...changes };
  const { action, rules, folder, fingerprint } = made;
  const said = saidParts({ action: placedAction(action, folder), env: rules.env }, folder);
  const others = Object.entries(fingerprint).filter(([name]) => /^(module |cwd$)/.test(name));
  const whole = { ...made, fingerprint: Object.fromEntries([...said, ...others]) };
  try {
    return { ...whole, bundle: taskDigest(whole) };
  } catch {
    return whole;
  }
}

const acting = (action: Action): Change => ({ sent, filesOf }) => ({
  sent: consistent(sent, { action }),
  filesOf,
});

const ruling = (rules: object): Change => ({ sent, filesOf }) => ({
  sent: consistent(sent, { rules: { ...sent.rules, ...rules } as SentTask["rules"] }),
  filesOf,
});

/** Other files in the place of those that were sent, under whatever names. */
const filing = (files: Readonly<Record<string, string>>, index?: string): Change => ({ sent }) => {
  const bytes = Object.entries(files).map(([path, text]) =>
    [path, new TextEncoder().encode(text)] as const
  );
  const set = fileSetOf(new Map(bytes));
  const made = { ...set, index: index ?? set.index };
  const { root } = sent.files!;
  return {
    sent: consistent(sent, { files: { digest: sha256(made.index), root } }),
    filesOf: () => Promise.resolve(packed(made)),
  };
};

const raw = (make: (sent: SentTask) => unknown): Change => ({ sent, filesOf }) => ({
  sent: make(sent),
  filesOf,
});

const F = FILES["src/f.ts"];
const ENTRY = ["src/f.ts", sha256(F), F.length];

/** What is sent, and why it is refused by a host that serves any bundle. */
const MESSAGES: Readonly<Record<string, readonly [Change, RegExp]>> = {
  "another module of the checkout, which was not sent": [
    acting(call("./src/secret.ts")),
    /module ".\/src\/secret.ts" is none of its files/,
  ],
  "another module, with all else as it was": [
    raw((sent) => ({ ...sent, action: call("./src/secret.ts") })),
    /are not those of its fingerprint/,
  ],
  "a module above the root": [acting(call("../../etc/x.ts")), /is none of its files|is wrong/],
  "a module above the root, by escapes": [
    acting(call("./%2e%2e/%2e%2e/etc/x.ts")),
    /is none of its files|is wrong/,
  ],
  "a module with an escaped slash": [
    raw((sent) => ({ ...sent, action: call("./src%2ff.ts") })),
    /is wrong at action.run.module/,
  ],
  "a module by its absolute path": [acting(call("/etc/passwd")), /is wrong at action.run.module/],
  "a module by a file URL": [acting(call("file:///etc/passwd")), /runs no module "file:/],
  "a module by the URL of a file in capitals": [acting(call("FILE:///etc/x")), /runs no module/],
  "a module of data": [
    acting(call("data:text/javascript,export const f = () => Deno.exit()")),
    /runs no module "data:/,
  ],
  "a module of a blob": [acting(call("blob:https://x/y")), /runs no module "blob:/],
  "a module by http": [acting(call("http://localhost/x.ts")), /runs no module "http:/],
  "an init above the root": [
    acting(call("./src/f.ts", { init: run("../../etc/x.ts") })),
    /is none of its files|is wrong/,
  ],
  "an init by a file URL": [
    acting(call("./src/f.ts", { init: run("file:///etc/x.ts") })),
    /runs no module "file:/,
  ],
  "a bare name": [acting(call("fs")), /is wrong at action.run.module/],
  "no export": [acting(call("./src/f.ts", { run: run("./src/f.ts", []) })), /at action.run.path/],
  "a command in the place of the function": [
    raw((sent) => ({ ...sent, action: { kind: "command", argv: ["rm", "x"] } })),
    /are not those of its fingerprint/,
  ],
  "a command with the digest of the function": [
    raw((sent) => ({
      ...consistent(sent, { action: { kind: "command", argv: ["rm", "x"] } }),
      bundle: sent.bundle,
    })),
    /digest is not that of what it does/,
  ],
  "no program": [acting({ kind: "command", argv: [] }), /is wrong at action.argv/],
  "an unknown kind of action": [
    raw((sent) => ({ ...sent, action: { kind: "eval", script: "x" } })),
    /is wrong at action.kind/,
  ],
  "an action with more": [acting(call("./src/f.ts", { shell: "x" })), /is wrong/],
  "another variable": [
    raw((sent) => ({ ...sent, rules: { ...sent.rules, env: { A: "2" } } })),
    /are not those of its fingerprint/,
  ],
  "a variable without a name": [ruling({ env: { "": "x" } }), /is wrong at rules.env/],
  "a variable with a sign in its name": [ruling({ env: { "A=B": "x" } }), /is wrong at rules.env/],
  "a variable that is no text": [
    raw((sent) => ({ ...sent, rules: { ...sent.rules, env: { A: 1 } } })),
    /is wrong at rules.env/,
  ],
  "a folder above": [ruling({ cwd: "./../../etc" }), /is wrong at rules.cwd/],
  "a folder elsewhere": [ruling({ cwd: "/etc" }), /cwd "\/etc" is outside/],
  "a folder that is no path": [ruling({ cwd: "etc" }), /is wrong at rules.cwd/],
  "permissions in a Worker": [
    ruling({ isolation: "worker", env: {}, permissions: allowed({}) }),
    /need a process/,
  ],
  "permissions of an unknown kind": [
    ruling({ permissions: { ...allowed({}), all: true } }),
    /is wrong at rules.permissions/,
  ],
  "permissions for paths above": [
    ruling({ permissions: allowed({ read: ["./../.."] }) }),
    /is wrong at rules.permissions.read/,
  ],
  "permissions with a flag in them": [
    ruling({ permissions: allowed({ net: ["a --allow-all"] }) }),
    /is wrong at rules.permissions.net/,
  ],
  "an unknown rule": [ruling({ allowAll: true }), /is wrong at rules.allowAll/],
  "a chunk of nothing": [ruling({ chunk: 0 }), /is wrong at rules.chunk/],
  "a time-out that never ends": [ruling({ timeout: { ms: 1e15 } }), /is wrong at rules.timeout/],
  "an isolation that there is not": [ruling({ isolation: "none" }), /is wrong at rules.isolation/],
  "a folder that is not absolute": [
    raw((sent) => ({ ...sent, folder: "a" })),
    /is wrong at folder/,
  ],
  "a folder with steps up": [raw((sent) => ({ ...sent, folder: "/a/../b" })), /is wrong at folder/],
  "a root elsewhere": [
    raw((sent) => ({ ...sent, files: { ...sent.files, root: "/etc" } })),
    /is none of its files/,
  ],
  "another digest of the task": [
    raw((sent) => ({ ...sent, bundle: "0".repeat(64) })),
    /digest is not that of what it does/,
  ],
  "a digest that is a path": [
    raw((sent) => ({ ...sent, files: { ...sent.files, digest: "../".repeat(21) + "a" } })),
    /is wrong at files.digest/,
  ],
  "more than a task has": [raw((sent) => ({ ...sent, more: 1 })), /is wrong at more/],
  "no list of parts": [raw((sent) => ({ ...sent, fingerprint: [] })), /is wrong at fingerprint/],
  "nothing": [raw(() => undefined), /is wrong/],
  "a text": [raw(() => "task"), /is wrong/],
  "an empty record": [raw(() => ({})), /is wrong at name/],
  "other files than were announced": [
    ({ sent }) => ({ sent, filesOf: () => Promise.resolve(new Uint8Array(100)) }),
    /files cannot be taken/,
  ],
  "no files": [
    ({ sent }) => ({ sent, filesOf: () => Promise.resolve(new Uint8Array()) }),
    /files cannot be taken/,
  ],
  "a length beyond the end": [
    ({ sent }) => ({ sent, filesOf: () => Promise.resolve(new Uint8Array(9).fill(255)) }),
    /found an end in their index/,
  ],
  "other bytes of a file": [
    ({ sent, filesOf }) => ({
      sent,
      filesOf: async (digest) => (await filesOf(digest))?.with(-1, 0),
    }),
    /found other bytes as/,
  ],
  "bytes behind the last file": [
    ({ sent, filesOf }) => ({
      sent,
      filesOf: async (digest) => new Uint8Array([...await filesOf(digest) ?? [], 0]),
    }),
    /more than their index says/,
  ],
  "a file above the root": [filing({ "src/f.ts": F, "../x": "" }), /wanted path, digest and size/],
  "a file above the root, on the way": [filing({ "src/../../x": "" }), /wanted path, digest/],
  "a file by its absolute path": [filing({ "/etc/x": "" }), /wanted path, digest and size/],
  "a file of another system": [filing({ "src\\..\\x": "" }), /wanted path, digest and size/],
  "a file of another drive": [filing({ "C:x": "" }), /wanted path, digest and size/],
  "a file whose name has an end": [filing({ "a\0b": "" }), /wanted path, digest and size/],
  "a file without a name": [filing({ "": "" }), /wanted path, digest and size/],
  "a file with a long name": [filing({ ["x".repeat(256)]: "" }), /wanted path, digest and size/],
  "a file that is a folder, too": [filing({ "src": "", "src/f.ts": F }), /twice, or out of order/],
  "a file twice": [
    filing({ "src/f.ts": F }, JSON.stringify([ENTRY, ENTRY])),
    /twice, or out of order/,
  ],
  "a file of a size that is none": [
    filing({ "src/f.ts": F }, JSON.stringify([["src/f.ts", sha256(F), -5]])),
    /wanted path, digest and size/,
  ],
  "files of more than may be": [
    filing({ "src/f.ts": F }, JSON.stringify([["src/f.ts", sha256(F), 2 ** 40]])),
    /too many, or too large/,
  ],
  "an index that is no list": [filing({}, '{"length":1}'), /no list as their index/],
  "an index that is no JSON": [filing({}, "x"), /no JSON as their index/],
  "an index with records": [filing({}, '[{"0":"a"}]'), /wanted path, digest and size/],
};

function allowed(granted: object) {
  const kinds = ["read", "write", "net", "env", "run", "ffi", "sys", "import"];
  const none = Object.fromEntries(kinds.map((kind) => [kind, false]));
  return { ...none, ...granted, isBestEffort: false };
}

for (const [name, [change, reason]] of Object.entries(MESSAGES)) {
  Deno.test(`Served.find() refuses a message made by hand: ${name}`, async () => {
    using home = new Folder(FILES);
    using there = new Folder({ "secret.ts": "" });
    const sending = await sentFrom(home, "task");
    const { sent, filesOf = sending.filesOf } = change(sending);
    await using host = await served(there, { bundles: "any" });
    const found = await host.find(sent, filesOf);
    assert("refused" in found, "it is run");
    assertMatch(found.refused, reason);
    const outside = [...Deno.readDirSync(there.path)].map(({ name }) => name).sort();
    assertEquals(outside.filter((name) => name !== "cache"), ["secret.ts"]);
  });
}

Deno.test("Served.find() runs its own module whatever a message says of the action", async () => {
  using home = new Folder(FILES);
  using there = new Folder(FILES);
  const { sent, filesOf } = await sentFrom(home, "task");
  await using host = await served(there, { files: ["fanfold.yaml"] });
  const found = await host.find(sent, filesOf);
  assert("task" in found && found.task.action.kind === "function");
  assertEquals(found.task.action.run.module, there.url("src/f.ts"));
  const other = { ...sent, action: call("./src/secret.ts") };
  assertEquals(await host.find(other, filesOf), {
    refused: "its message is wrong: its action and variables are not those of its fingerprint",
  });
  const fitting = consistent(sent, { action: call("./src/secret.ts") });
  assertEquals(await host.find(fitting, filesOf), {
    refused: 'its task "task" differs: function ./src/secret.ts#f became ./src/f.ts#f',
  });
});
