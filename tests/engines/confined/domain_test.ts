import { assertEquals } from "@std/assert";
import { ALWAYS_ALLOWED } from "../../../lib/engines/confined/always_allowed.ts";
import { domainOf, mayStart } from "../../../lib/engines/confined/domain.ts";
import { READ, RIGHTS, rightsOf, WRITE } from "../../../lib/engines/confined/rights.ts";
import { permissionsOf, type PermissionsRecord } from "../../../lib/rules/permissions.ts";
import { Folder } from "../../support/folder.ts";

const lookup = { folder: "/nowhere", path: "/bin" };

function domain(said: PermissionsRecord, program?: string) {
  return domainOf(permissionsOf(said, "/home"), { program, lookup });
}

/** The rights to a path, of all rules that have it. */
function rightsTo(path: string, said: PermissionsRecord, program?: string): number {
  return domain(said, program).paths.filter((rule) => rule.path === path)
    .reduce((all, { rights }) => all | rights, 0);
}

Deno.test("domainOf() lets read and write what is listed, each for itself", () => {
  assertEquals(rightsTo("/home/a", { read: ["a"] }), READ);
  assertEquals(rightsTo("/home/a", { write: ["a"] }), WRITE);
  assertEquals(rightsTo("/home/a", { read: ["a"], write: ["a"] }), READ | WRITE);
  assertEquals([rightsTo("/", { read: true }), rightsTo("/", { write: true })], [READ, WRITE]);
  assertEquals(rightsTo("/", {}), 0);
});

Deno.test("domainOf() lets nobody make devices", () => {
  for (const said of [{ write: true }, { write: ["/"] }, { run: true, read: true, write: true }]) {
    const all = domain(said).paths.reduce((all, { rights }) => all | rights, 0);
    assertEquals(all & (RIGHTS.makeChar | RIGHTS.makeBlock), 0);
  }
});

Deno.test("domainOf() lets run what is listed, the own program, and with true all that may be read", () => {
  const START = READ | RIGHTS.execute;
  assertEquals(rightsTo("/bin/sh", {}), 0);
  assertEquals(rightsTo("/bin/sh", {}, "sh"), START);
  assertEquals(rightsTo("/bin/sh", { run: ["sh"] }), START);
  assertEquals(rightsTo("/usr", {}), READ);
  assertEquals(rightsTo("/usr", { run: true }), START);
  assertEquals(rightsTo("/home/a", { run: true, read: ["a"] }), START);
  assertEquals(rightsTo("/home/tools", { run: ["./tools"] }), START);
});

Deno.test("domainOf() knows ports, and holds nobody to hosts", () => {
  const ports = (net: PermissionsRecord["net"]) => domain({ net }).ports;
  assertEquals(ports(false), []);
  assertEquals(ports(true), undefined);
  assertEquals(ports(["*:443", "*:80"]), [443, 80]);
  assertEquals(ports(["example.org:443", "127.0.0.1:1", "[::1]:2"]), [443, 1, 2]);
  assertEquals(ports(["*:443", "example.org"]), undefined);
  assertEquals(ports(["::1"]), undefined);
});

Deno.test("domainOf() lets who may use the network know names of hosts and certificates", () => {
  assertEquals(rightsTo("/etc/resolv.conf", {}), 0);
  assertEquals(rightsTo("/etc/resolv.conf", { net: ["*:443"] }), READ);
  assertEquals(rightsTo("/etc/ssl/certs", { net: true }), READ);
});

Deno.test("what is always allowed tells nothing of processes, and writes nothing that stays", () => {
  const paths = ALWAYS_ALLOWED.flatMap(({ paths }) => paths);
  assertEquals(paths.filter((path) => !path.startsWith("/") || path.endsWith("/")), []);
  assertEquals(paths.filter((path) => /^\/proc(?:$|\/\d|\/self)/.test(path)), []);
  const written = ALWAYS_ALLOWED.filter(({ may }) => may === "write").flatMap(({ paths }) => paths);
  assertEquals(written, ["/dev/null", "/dev/zero", "/dev/full"]);
});

Deno.test("mayStart() sees through links", () => {
  using folder = new Folder({ "real/program": "", "real/other": "" });
  Deno.symlinkSync("real/program", folder.at("link"));
  const may = (path: string, said: PermissionsRecord) =>
    mayStart(folder.at(path), permissionsOf(said, folder.path), { lookup });
  assertEquals(may("link", { run: ["./real/program"] }), true);
  assertEquals(may("real/program", { run: ["./link"] }), true);
  assertEquals(may("real/other", { run: ["./real"] }), true);
  assertEquals(may("real/other", { run: ["./link"] }), false);
  assertEquals(may("real/other", { run: true }), false);
  assertEquals(may("real/other", { run: true, read: ["real"] }), true);
  assertEquals(may("real/other", { run: true, read: true }), true);
});

Deno.test("rightsOf() gives what a version of Landlock knows", () => {
  const known = [1, 2, 3, 4, 5, 7].map((version) => rightsOf(version).toString(16));
  assertEquals(known, ["1fff", "3fff", "7fff", "7fff", "ffff", "ffff"]);
});
