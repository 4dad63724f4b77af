import { assertEquals } from "@std/assert";
import { type Denied, deniedIn } from "../../lib/errors/denied.ts";
import type { ErrorRecord } from "../../lib/job.ts";

const again = (kind: string) => `run again with the --allow-${kind} flag`;

const EVERYTHING = ["read", "write", "net", "env", "run", "ffi", "sys", "import"] as const;

const CASES: readonly (readonly [message: string, denied: readonly Denied[]])[] = [
  [`Requires read access to "/a b", ${again("read")}`, [{ kind: "read", what: "/a b" }]],
  [`Requires read access to "a "q" \n\\x", ${again("read")}`, [
    { kind: "read", what: 'a "q" \n\\x' },
  ]],
  [`Requires env access, ${again("env")}`, [{ kind: "env", what: undefined }]],
  [`Requires write access to <TMP>, ${again("write")}`, [
    { kind: "write", what: undefined, isTemporary: true },
  ]],
  [`cannot start: Requires run access to "git", ${again("run")}.`, [{ kind: "run", what: "git" }]],
  [
    `Requires all access to "/proc/1/environ", ${again("all")}`,
    EVERYTHING.map((kind) => ({ kind })),
  ],
  ["Deno.symlink() requires unscoped --allow-read and --allow-write permissions; path-scoped", [
    { kind: "read" },
    { kind: "write" },
  ]],
  ["Requires --allow-run permissions to spawn subprocess with LD_PRELOAD environment variable.", [
    { kind: "run" },
  ]],
  ["getaddrinfo EPERM b.org", [{ kind: "net", what: "b.org" }]],
  [
    'Failed loading https://npm.b.org/x for package "x"\n 0: npm package not found in cache: "x", --cached-only is specified.',
    [{ kind: "import", what: "npm.b.org" }],
  ],
  ["getaddrinfo ENOTFOUND b.org", []],
  ["Command failed: sh -c :", []],
  [`Requires read access to "/a", ${again("write")}`, []],
  ["", []],
];

for (const [message, denied] of CASES) {
  Deno.test(`deniedIn() finds in ${JSON.stringify(message)} ${denied.length} things`, () => {
    assertEquals(deniedIn({ name: "Error", message }), denied);
  });
}

Deno.test("deniedIn() finds what the cause of an error was denied, or the first of its errors", () => {
  const denied: ErrorRecord = { name: "A", message: `Requires ffi access, ${again("ffi")}` };
  const other: ErrorRecord = { name: "B", message: "b" };
  const found = [{ kind: "ffi" as const, what: undefined }];
  assertEquals(deniedIn({ ...other, cause: { ...other, cause: denied } }), found);
  assertEquals(deniedIn({ ...other, cause: other, errors: [other, denied] }), found);
});

Deno.test("deniedIn() takes the folder for a name that Node makes, and a program that it is silent of", () => {
  const write = `Requires write access to "/a/b/tX1", ${again("write")}`;
  const stack = `NotCapable: ${write}\n    at mkdtempSync (ext:deno_node/fs.ts:1:2)`;
  assertEquals(deniedIn({ name: "NotCapable", message: write, stack }), [
    { kind: "write", what: "/a/b" },
  ]);
  const failed = { name: "Error", message: "Command failed: git log" };
  const frame = "Error\n    at checkExecSyncError (ext:deno_node/child_process.ts:2:1)";
  assertEquals(deniedIn({ ...failed, stack: frame }), [{ kind: "run", what: "git" }]);
  assertEquals(deniedIn({ ...failed, stack: `${frame}\n    at execSync (ext:x)` }), [
    { kind: "run", what: "/bin/sh" },
  ]);
  assertEquals(deniedIn({ ...failed, stack: frame, fields: { status: 1 } }), []);
});
