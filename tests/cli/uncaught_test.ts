import { assertEquals, assertMatch } from "@std/assert";
import { Stray } from "../../lib/cli/strays.ts";
import { endingOf, EXIT_SOFTWARE } from "../../lib/cli/uncaught.ts";
import { Fault } from "../../lib/fault.ts";
import { told } from "../../lib/text/shown.ts";

const OWN = new URL("../../lib/", import.meta.url).href;

/** Frames of modules as an error has them, the topmost first. */
function framed<T extends Error>(error: T, ...frames: readonly string[]): T {
  error.stack = [String(error), ...frames.map((frame) => `    at ${frame}`)].join("\n");
  return error;
}

function linesOf(thrown: unknown): readonly [code: number, ...lines: readonly string[]] {
  const { notices, code } = endingOf(thrown);
  return [code, ...notices.flatMap((notice) => told(notice))];
}

Deno.test("endingOf() tells of what our code throws as of our mistake, where it is", () => {
  const cases = [
    [`cli (${OWN}cli/cli.ts:3:4)`],
    [`async Object.cli [as run] (${OWN}cli/cli.ts:3:4)`, "user (file:///home/user.ts:1:1)"],
    [`Object.cwd (ext:deno_fs/30_fs.js:1:2522)`, `${OWN}cli/cli.ts:3:4`],
    [
      "parse (file:///root/.cache/deno/npm/registry.npmjs.org/yaml/1.0/index.js:1:1)",
      "file:///home/fanfold/node_modules/x/index.js:1:1",
      `async ${OWN}cli/cli.ts:3:4`,
      "user (file:///home/user.ts:1:1)",
    ],
  ];
  for (const frames of cases) {
    const error = framed(new TypeError("oh\nno"), ...frames);
    for (const thrown of [error, new Stray(error, { isRejection: true })]) {
      const [code, message, more, place = "", hint] = linesOf(thrown);
      assertEquals([code, message, more], [
        EXIT_SOFTWARE,
        "fanfold: Cannot go on, by a mistake of fanfold itself: TypeError: oh",
        "    no",
      ]);
      assertMatch(place, /^ {2}at lib\/cli\/cli\.ts:3:4 \(fanfold \S+, Deno \S+, \S+ \S+\)$/);
      assertMatch(hint ?? "", /^ {2}hint: please report it/);
    }
  }
});

Deno.test("endingOf() tells of what code of the user throws as of the user's, where it is", () => {
  const cases = [
    ["run (file:///home/a%20b/(x)/user.ts:1:2)", `async ${OWN}cli/cli.ts:3:4`],
    ["file:///home/a%20b/(x)/user.ts:1:2"],
    ["async file:///home/a%20b/(x)/user.ts:1:2"],
    ["fetch (ext:deno_fetch/26_fetch.js:9:9)", "async run (file:///home/a%20b/(x)/user.ts:1:2)"],
    ["f (file:///root/.cache/deno/npm/x/i.js:1:1)", "file:///home/a%20b/(x)/user.ts:1:2"],
  ];
  for (const frames of cases) {
    const error = framed(new TypeError("oh"), ...frames);
    assertEquals(linesOf(error), [
      2,
      "fanfold: Cannot go on: code that is not fanfold's threw: TypeError: oh",
      "  at /home/a b/(x)/user.ts:1:2",
    ]);
    assertEquals(linesOf(new Stray(error, { isRejection: false })).slice(1, 3), [
      "fanfold: Cannot go on: a timer or a listener threw: TypeError: oh",
      "  at /home/a b/(x)/user.ts:1:2",
    ]);
  }
});

Deno.test("endingOf() takes what is no error, or has no place, for the user's where nobody waits for it", () => {
  const at = { file: "file:///home/user.ts", line: 7 };
  const hint = "  hint: catch it there: nobody else can";
  for (const thrown of [undefined, null, "oh", 5, framed(new Error("oh"), "f (<anonymous>)")]) {
    const shown = thrown instanceof Error
      ? "Error: oh"
      : `${typeof thrown === "string" ? '"oh"' : thrown} was thrown, which is no error`;
    const message = `fanfold: Cannot go on: a timer or a listener threw: ${shown}`;
    const stray = new Stray(thrown, { isRejection: false });
    assertEquals(linesOf(stray), [2, message, hint]);
    const placed = new Stray(thrown, { isRejection: false, at });
    assertEquals(linesOf(placed), [2, message, "  at /home/user.ts:7", hint]);
  }
  const [code, message] = linesOf(framed(new Error("oh"), "f (<anonymous>)"));
  const ours = "fanfold: Cannot go on, by a mistake of fanfold itself: Error: oh";
  assertEquals([code, message], [70, ours]);
});

Deno.test("endingOf() tells a fault as it is, wherever it comes out", () => {
  for (const kind of ["usage", "tasks", "journal"] as const) {
    const fault = new Fault(kind, "Cannot do it", { hint: "try" });
    const told: ReturnType<typeof linesOf> = [
      kind === "journal" ? 3 : 2,
      "fanfold: Cannot do it",
      "  hint: try",
    ];
    assertEquals(linesOf(fault), told);
    assertEquals(linesOf(new Stray(fault, { isRejection: true })), told);
  }
});

Deno.test("endingOf() survives what does not want to be looked at", () => {
  const hostile = new Proxy(new Error("x"), {
    get: () => {
      throw new Error("no");
    },
    getPrototypeOf: () => {
      throw new Error("no");
    },
  });
  const [code, message = ""] = linesOf(new Stray(hostile, { isRejection: true }));
  assertEquals(code, 2);
  assertMatch(message, /^fanfold: Cannot go on: a promise that nobody awaits was rejected: ./);
});
