import { assertEquals } from "@std/assert";
import { Accesses } from "../../lib/learn/accesses.ts";
import { readAuditLog } from "../../lib/learn/audit_log.ts";

/** A log of these accesses, as Deno writes it: permission and value. */
function logOf(...lines: readonly (readonly [string, string | null])[]): string {
  const all = lines.map(([permission, value]) =>
    JSON.stringify({ v: 1, datetime: "2020-01-01T00:00:00Z", permission, value })
  );
  return all.map((line) => `${line}\n`).join("");
}

/** The kinds of which something was accessed, with names. */
function accessed(text: string): Record<string, unknown> {
  const accesses = new Accesses();
  readAuditLog(text, accesses);
  const named = Object.entries(accesses.named).filter(([, names]) => names.size > 0);
  const all = accesses.all.size > 0 ? { all: [...accesses.all] } : {};
  return { ...Object.fromEntries(named.map(([kind, names]) => [kind, [...names]])), ...all };
}

const note = (kind: string, text = "") =>
  ["env", `FANFOLD_NOTED_${kind}_${encodeURIComponent(text)}`] as const;

Deno.test("readAuditLog() takes what comes behind the note of the user, and not what the slot does itself", () => {
  const log = logOf(
    ["env", "BEFORE"],
    note("user"),
    ["env", "TOP"],
    note("own"),
    ["read", "/own"],
    note("user"),
    ["env", "JOB"],
  );
  assertEquals(accessed(log), { env: ["TOP", "JOB"] });
});

Deno.test("readAuditLog() takes paths from the folder of that moment", () => {
  const log = logOf(
    note("user"),
    note("cwd", "/a b/=%"),
    ["read", "x"],
    note("cwd", "/c"),
    ["write", "x"],
    ["read", "../y/"],
    ["read", "file:///z%20z"],
    ["ffi", "./a.so"],
    note("run", "./tool"),
    note("run", "git"),
  );
  assertEquals(accessed(log), {
    read: ["/a b/=%/x", "/y", "/z z"],
    write: ["/c/x"],
    ffi: ["/c/a.so"],
    run: ["/c/tool", "git"],
  });
});

Deno.test("readAuditLog() takes hosts with their ports, and variables and names as they are", () => {
  const log = logOf(
    note("user"),
    ["net", "http://localhost:80/path"],
    ["net", "localhost:80"],
    ["import", "https://deno.land/x.ts"],
    ["import", "http://localhost:99/x.ts"],
    ["env", "A"],
    ["sys", "hostname"],
  );
  assertEquals(accessed(log), {
    net: ["localhost:80"],
    env: ["A"],
    sys: ["hostname"],
    import: ["deno.land:443", "localhost:99"],
  });
});

Deno.test("readAuditLog() takes what has no name for all of its kind", () => {
  const all = logOf(note("user"), ["read", null], ["env", null], ["ffi", null]);
  assertEquals(accessed(all), { all: ["read", "env", "ffi"] });
  const library = logOf(note("user"), ["ffi", "libc.so.6"]);
  assertEquals(accessed(library), { all: ["ffi"] });
  const socket = logOf(note("user"), ["net", "unix:/tmp/socket"]);
  assertEquals(accessed(socket), { all: ["net"] });
});

Deno.test("readAuditLog() passes over a line that was not written to its end", () => {
  assertEquals(accessed(`${logOf(note("user"), ["env", "A"])}{"v":1,"permission":"env","val`), {
    env: ["A"],
  });
});
