import { assertEquals } from "@std/assert";
import { moreThan } from "../../lib/rules/more_permissions.ts";
import { permissionsOf, type PermissionsRecord } from "../../lib/rules/permissions.ts";

/** What is more, as `kind element`; `kind` where it is all of that kind. */
function more(now: PermissionsRecord, before: PermissionsRecord): readonly string[] {
  const [a, b] = [permissionsOf(now, "/home"), permissionsOf(before, "/home")];
  return moreThan(a, b).map((each) =>
    "element" in each ? `${each.kind} ${each.element}` : each.kind
  );
}

const CASES: readonly (readonly [
  before: PermissionsRecord,
  now: PermissionsRecord,
  more: readonly string[],
])[] = [
  [{}, {}, []],
  [{ read: ["a"] }, { read: ["./a", "/home/a", "a/../a/"] }, []],
  [{ read: ["a"] }, { read: ["a", "b"] }, ["read /home/b"]],
  [{ read: ["data/x"] }, { read: ["data"] }, ["read /home/data"]],
  [{ read: ["data"] }, { read: ["data/x", "data/x/y"] }, []],
  [{ read: ["data"] }, { read: ["data2"] }, ["read /home/data2"]],
  [{ read: ["data"] }, { read: ["data/../secret"] }, ["read /home/secret"]],
  [{ read: ["/home/data/../x"] }, { read: ["data"] }, ["read /home/data"]],
  [{ read: ["/"] }, { read: ["/etc/passwd", "x"] }, []],
  [{ read: ["data"] }, { read: true }, ["read"]],
  [{ read: true }, { read: ["data", "/"] }, []],
  [{ read: true }, { read: true, write: true }, ["write"]],
  [{ read: ["data"] }, { write: ["data"] }, ["write /home/data"]],
  [{ net: ["a.org"] }, { net: ["a.org:443", "A.ORG"] }, []],
  [{ net: ["a.org:443"] }, { net: ["a.org:443", "a.org"] }, ["net a.org"]],
  [{ net: ["a.org:443"] }, { net: ["a.org:44"] }, ["net a.org:44"]],
  [{ net: ["*.a.org"] }, { net: ["b.a.org", "*.b.a.org:80"] }, []],
  [{ net: ["*.a.org"] }, { net: ["a.org", "xa.org"] }, ["net a.org", "net xa.org"]],
  [{ net: ["b.a.org"] }, { net: ["*.a.org"] }, ["net *.a.org"]],
  [{ net: ["*:443"] }, { net: ["a.org:443", "*:80"] }, ["net *:80"]],
  [{ net: ["a.org:443"] }, { net: ["*:443"] }, ["net *:443"]],
  [{ net: ["[::1]:80"] }, { net: ["[::1]:80", "[::1]"] }, ["net [::1]"]],
  [{ import: ["jsr.io"] }, { import: ["jsr.io:443", "a.org"] }, ["import a.org"]],
  [{ env: ["A_*"] }, { env: ["A_B", "A", "A_B_*"] }, ["env A"]],
  [{ env: ["A_B"] }, { env: ["A_*"] }, ["env A_*"]],
  [{ run: ["git"] }, { run: ["git", "gi", "./git"] }, ["run gi", "run /home/git"]],
  [{ sys: ["hostname"] }, { sys: ["hostname", "uid"] }, ["sys uid"]],
  [{ ffi: ["lib"] }, { ffi: ["lib/a.so", "b.so"] }, ["ffi /home/b.so"]],
  [{}, { commands: "best-effort" }, ["best-effort"]],
  [{ commands: "best-effort" }, { commands: "best-effort", read: [] }, []],
  [{ commands: "best-effort" }, {}, []],
];
for (const [before, now, wanted] of CASES) {
  Deno.test(`${JSON.stringify(now)} allows ${wanted.join(", ") || "nothing"} more than ${JSON.stringify(before)}`, () => {
    assertEquals(more(now, before), wanted);
  });
}

Deno.test("moreThan() finds anything more than what is held, and nothing more than what is not", () => {
  const none = permissionsOf({}, "/home");
  const all = permissionsOf({ read: true, net: true }, "/home");
  assertEquals(moreThan(undefined, none), [{ kind: "anything" }]);
  assertEquals(moreThan(undefined, "none"), [{ kind: "anything" }]);
  assertEquals(moreThan(undefined, undefined), []);
  assertEquals(moreThan(all, undefined), []);
  assertEquals(moreThan(all, "none"), [{ kind: "read" }, { kind: "net" }]);
  assertEquals(moreThan(none, "none"), []);
});
