import { assertEquals } from "@std/assert";
import { Accesses } from "../../lib/learn/accesses.ts";
import { learntPermissions, type LearntSetting, takenAway } from "../../lib/learn/learnt.ts";
import { permissionsOf } from "../../lib/rules/permissions.ts";

const FUNCTION: LearntSetting = {
  home: "/work",
  temporary: ["/tmp"],
  exists: (path) => !path.includes("gone"),
  isNew: () => false,
  runs: "function",
  variables: ["OWN"],
  programPath: (name) => name === "git" ? "/usr/bin/git" : undefined,
};

const COMMAND: LearntSetting = { ...FUNCTION, runs: "command" };

/** Accesses of these names of each kind. */
function accessesOf(named: Readonly<Record<string, readonly string[]>>): Accesses {
  const accesses = new Accesses();
  for (const [kind, names] of Object.entries(named)) {
    for (const name of names) accesses.named[kind as "read"].add(name);
  }
  return accesses;
}

Deno.test("learntPermissions() tells paths from the folder of the tasks file, and programs by their names", () => {
  const named = { read: ["/work", "/work/a", "/workshop"], run: ["/usr/bin/git", "/work/x", "/y"] };
  assertEquals(learntPermissions(accessesOf(named), COMMAND), {
    read: [".", "/workshop"],
    run: ["./x", "/y", "git"],
  });
});

Deno.test("learntPermissions() leaves out variables that the task sets itself", () => {
  assertEquals(learntPermissions(accessesOf({ env: ["OWN", "OTHER"] }), FUNCTION), {
    env: ["OTHER"],
  });
});

Deno.test("learntPermissions() takes a host for three of its ports, and all of a kind for what no list has", () => {
  const named = { net: ["a:1", "b:1", "b:2", "b:3"], run: ["a,b"] };
  assertEquals(learntPermissions(accessesOf(named), FUNCTION), { net: ["a:1", "b"], run: true });
});

Deno.test("learntPermissions() counts what is gone for functions, and the folder of what came or went for commands", () => {
  const read = { read: ["/work/gone"] };
  assertEquals(learntPermissions(accessesOf(read), FUNCTION), { read: ["gone"] });
  assertEquals(learntPermissions(accessesOf(read), COMMAND), {});
  const placed = new Accesses();
  placed.placed.add("/work/out/new").add("/work/deep/gone/1");
  assertEquals(learntPermissions(placed, COMMAND), { write: ["deep", "out"] });
});

Deno.test("learntPermissions() takes the folder to read, that was there before, for what commands make and read", () => {
  const accesses = accessesOf({ read: ["/work/out/made/x", "/work/in"] });
  accesses.made.add("/work/out/made").add("/work/out/made/x");
  accesses.readAnew.add("/work/out/made/x");
  assertEquals(learntPermissions(accesses, COMMAND), { read: ["in", "out"] });
  assertEquals(learntPermissions(accesses, { ...COMMAND, exists: (path) => path === "/work" }), {
    read: ["."],
  });
});

Deno.test("learntPermissions() lists nothing of what commands may always do, of names of hosts only with net", () => {
  const named = { read: ["/usr/lib/x.so", "/etc/hosts", "/usr"], write: ["/dev/null"] };
  assertEquals(learntPermissions(accessesOf(named), COMMAND), { read: ["/etc/hosts"] });
  assertEquals(learntPermissions(accessesOf({ ...named, net: ["*:80"] }), COMMAND), {
    net: ["*:80"],
  });
});

Deno.test("takenAway() tells what a task had and has not needed", () => {
  const had = permissionsOf({ read: ["a", "/b"], write: true, net: true, env: ["A"] }, "/work");
  assertEquals(takenAway(had, { read: ["a"], net: true }, "/work"), [
    "read /b",
    "write of anything",
    "env A",
  ]);
  assertEquals(takenAway(undefined, {}, "/work"), []);
});
