import { assertEquals } from "@std/assert";
import {
  absences,
  type Means,
  meansHere,
  notHeld,
  refusal,
} from "../../../lib/engines/confined/refusal.ts";
import { permissionsOf, type PermissionsRecord } from "../../../lib/rules/permissions.ts";
import { Folder } from "../../support/folder.ts";

function held(said: PermissionsRecord, folder = "/") {
  const lookup = { folder, path: `${folder}/bin` };
  return { name: "it", permissions: permissionsOf(said, folder), commands: { lookup } };
}

const landlock = (version: number): Means => ({ kind: "landlock", version });
const NONE: Means = { kind: "none", why: "there is none", hint: "get one" };

Deno.test("notHeld() knows what a version of Landlock lacks", () => {
  const lacks = (version: number, said: PermissionsRecord) =>
    notHeld(held(said).permissions, landlock(version))?.match(/TCP|emptied/)?.[0];
  assertEquals([1, 3, 4, 7].map((version) => lacks(version, {})), [
    ...["TCP", "TCP", undefined, undefined],
  ]);
  assertEquals([1, 3].map((version) => lacks(version, { net: ["*:443"] })), ["TCP", "TCP"]);
  assertEquals([1, 2, 3].map((version) => lacks(version, { net: true })), [
    ...["emptied", "emptied", undefined],
  ]);
  assertEquals(lacks(1, { net: true, write: true }), undefined);
});

Deno.test("refusal() says why, and how to go on without", () => {
  const fault = refusal(held({}), NONE);
  assertEquals(fault?.kind, "engine");
  assertEquals(fault?.mistakes, [{
    message: 'Cannot hold the commands of task "it" to its permissions: there is none',
    at: undefined,
    hint: "get one",
  }]);
  assertEquals(refusal(held({}), landlock(7)), undefined);
  for (const means of [NONE, landlock(1)]) {
    assertEquals(refusal(held({ commands: "best-effort" }), means), undefined);
  }
});

Deno.test("absences() names each path and program that is not there", () => {
  using folder = new Folder({ "here": "", "bin/tool": "" });
  Deno.chmodSync(folder.at("bin/tool"), 0o755);
  const missing = (said: PermissionsRecord) =>
    absences(held(said, folder.path)).map(({ message }) =>
      message.replace(/^.*permissions: /, "").replaceAll(`${folder.path}/`, "")
    );
  assertEquals(missing({ read: ["here", "gone"], write: ["bin", "new"] }), [
    '"gone", which it may read, is not there',
    '"new", which it may write, is not there',
  ]);
  assertEquals(missing({ run: ["tool", "tol", "./bin", "./bin/tool", "./bin/tol"] }), [
    '"tol", which it may run, is not on the PATH',
    '"bin/tol", which it may run, is not there',
  ]);
  assertEquals(missing({ read: true, write: true, run: true }), []);
  assertEquals(missing({ read: ["gone"], commands: "best-effort" }), []);
});

Deno.test({
  name: "meansHere() is Landlock on Linux, or says why not",
  fn: () => {
    const means = meansHere();
    if (means.kind === "landlock") assertEquals(means.version > 0, true);
    else assertEquals(means.why.startsWith("that takes"), true);
  },
});
