import { assertEquals } from "@std/assert";
import type { Denied } from "../../lib/errors/denied.ts";
import { permissionsOf, type PermissionsRecord } from "../../lib/rules/permissions.ts";
import { permissionsToAdd } from "../../lib/rules/permissions_to_add.ts";

function lineFor(record: PermissionsRecord, denied: Denied[], file?: string): string | undefined {
  const options = { cwd: "/home/in", temporary: "/tmp/own", file };
  return permissionsToAdd("a", permissionsOf(record, "/home"), denied, options);
}

const says = (line: string) => `to allow it, say in task "a": permissions: { ${line} }`;

Deno.test("permissionsToAdd() says all that a task may do then, with paths from its tasks file on", () => {
  const yaml = "/home/t.yaml";
  const read = (what: string): Denied[] => [{ kind: "read", what }];
  for (
    const [record, denied, line] of [
      [{}, read("/etc/x"), "read: [/etc/x]"],
      [{}, read("x"), "read: [in/x]"],
      [{}, read("../x/y"), "read: [x/y]"],
      [{}, read(".."), 'read: ["."]'],
      [{}, read("../../homes"), "read: [/homes]"],
      [{ read: ["d"], net: true, env: [] }, read("x"), "read: [d, in/x], net: true"],
      [{}, read("/a, b: c"), 'read: ["/a, b: c"]'],
      [{}, read('/"\n'), 'read: ["/\\"\\n"]'],
      [{}, read("../12"), 'read: ["12"]'],
      [{}, [{ kind: "env", what: "TRUE" }], 'env: ["TRUE"]'],
      [{}, [{ kind: "env", what: "a,b" }], "env: true"],
      [{}, [{ kind: "net", what: "b.org:80" }], 'net: ["b.org:80"]'],
      [{}, [{ kind: "net", what: "unknown thing" }], "net: true"],
      [{}, [{ kind: "run", what: "git" }], "run: [git]"],
      [{}, [{ kind: "run", what: "../tool" }], "run: [./tool]"],
      [{}, [{ kind: "ffi", what: "libc.so.6" }], "ffi: true"],
      [{ ffi: ["x.so"] }, [{ kind: "ffi", what: "/y.so" }], "ffi: [x.so, /y.so]"],
      [{}, [{ kind: "import", what: "jsr.io:443" }], "import: [jsr.io]"],
      [{}, [{ kind: "write", isTemporary: true }], "write: [/tmp/own]"],
      [{ read: ["d"] }, [{ kind: "read" }, { kind: "write" }], "read: true, write: true"],
    ] as const
  ) {
    assertEquals(lineFor(record, [...denied], yaml), says(line));
  }
});

Deno.test("permissionsToAdd() quotes texts for a module, and knows no folder without a file", () => {
  assertEquals(lineFor({}, [{ kind: "read", what: "x" }], "/home/t.ts"), says('read: ["in/x"]'));
  assertEquals(lineFor({}, [{ kind: "read", what: "x" }]), says('read: ["/home/in/x"]'));
});

Deno.test("permissionsToAdd() names the element alone where the line would be long", () => {
  const read = Array.from({ length: 60 }, (_, i) => `folder${i}`);
  const put = 'to allow it, say in the permissions of task "a": ';
  const all: Denied[] = [{ kind: "read", what: "x" }, { kind: "sys" }];
  assertEquals(lineFor({ read }, all, "/home/t.yaml"), `${put}in/x among those of read, sys: true`);
});

Deno.test("permissionsToAdd() says nothing where it is allowed already, or nothing was denied", () => {
  assertEquals(lineFor({ read: ["x"] }, [{ kind: "read", what: "../x" }]), undefined);
  assertEquals(lineFor({ read: true }, [{ kind: "read", what: "x" }]), undefined);
  assertEquals(lineFor({}, []), undefined);
});
