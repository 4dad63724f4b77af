import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { localModules, nothingKnown } from "../../lib/modules/local_imports.ts";
import { Project } from "../journal/project.ts";

const ALL = ["a.ts", "b.ts", "data.json"];

/** Texts of a module beside the files of `ALL`, and which of them it is made of. */
const FORMS: readonly (readonly [text: string, found: readonly string[]])[] = [
  [`import "./a.ts";`, ["a.ts"]],
  [`import"./a.ts"`, ["a.ts"]],
  [`import{x}from'./a.ts'`, ["a.ts"]],
  [`import * as a from "./a.ts";\nimport type { B } from "./b.ts";`, ["a.ts", "b.ts"]],
  [`export * from "./a.ts"; export { b } from "./b.ts";`, ["a.ts", "b.ts"]],
  [`export * as from from "./a.ts"`, ["a.ts"]],
  [`import data from "./data.json" with { type: "json" };`, ["data.json"]],
  [`const a = await import("./a.ts");`, ["a.ts"]],
  ["const a = await import(`./data.json`);", ["data.json"]],
  [`await import(\n  // why (not)\n  /* "x" */ "./data.json", {})`, ["data.json"]],
  [`import x from /* * */ // from "\n "./data.json"`, ["data.json"]],
  [`import x\r\nfrom\r\n"./data.json"\r\n`, ["data.json"]],
  [`\uFEFFimport "./a.ts"`, ["a.ts"]],
  [`import\u2028"./data.json"`, ["data.json"]],
  [`import "./\\u0064ata.json"; import "./\\x62.t\\u{73}"; import "./\\a.ts"`, ALL],
  [`import defer * as a from "./a.ts"; import.source("./data.json")`, ["a.ts", "data.json"]],
  [`import a = require("./data.json"); require("./b")`, ["b.ts", "data.json"]],
  [`import "./a.ts?v=1"; import "./b.ts#x"; import "./b.ts?v=2"`, ["a.ts", "b.ts"]],
  [`new Worker(new URL("./a.ts", import.meta.url)); const t = { b: './b.ts' };`, ["a.ts", "b.ts"]],
  [`new Worker(new URL("./a.ts?one#two", import.meta.url))`, ["a.ts"]],
  [`import "./data.css"; import "./a.css"`, []],
  [`import.meta.resolve("./data.json")`, ["data.json"]],
  ["import(`./${name}.ts`)", ["a.ts", "b.ts", "module.ts"]],
  ["import(`./${a}${b ? `}` : 1}`)", ["a.ts", "b.ts", "data.json", "module.ts"]],
  ['import("./" + name + ".ts"); import(name)', []],
  [`// @ts-types="./a.ts"\n/** @type {import("./b.ts").B} */`, ["a.ts", "b.ts"]],
  [`Deno.readTextFile("./data.json")`, []],
  [`import "npm:a.ts"; import "jsr:@b/b"; import "node:fs"; import "https://x.y/a.ts"`, []],
  [`import "a.ts"; import "data.json"`, []],
  [`import "./none.ts"; import "."; import ".."; import "./"; import "file:"; import ""`, []],
  [`import "./a"; import "./b.js"`, ["a.ts", "b.ts"]],
  [`import "./a%2Fb.ts"; import "./%zz.ts"; import "http://["; import "file://host/a.ts"`, []],
  [`import "./\\u{110000}none"; import "./\\uZZZZ"; import "./a.ts`, []],
];

for (const [text, found] of FORMS) {
  Deno.test(`localModules() finds ${found.join(", ") || "nothing"} in ${JSON.stringify(text)}`, () => {
    using project = Project.with({ "a.ts": "", "b.ts": "", "data.json": "{}", "module.ts": text });
    assertEquals(project.importsOf("module.ts"), found.filter((name) => name !== "module.ts"));
  });
}

Deno.test("localModules() finds absolute paths and URLs", () => {
  using project = Project.with({ "é b#.ts": "", "b.json": "" });
  const text = `import ${JSON.stringify(project.url("é b#.ts"))};
    import b from ${JSON.stringify(project.path("b.json"))};`;
  project.write("module.ts", text);
  assertEquals(project.importsOf("module.ts"), ["b.json", "é b#.ts"]);
});

Deno.test("localModules() gives the SHA-256 of the bytes, whatever they are", () => {
  const bytes = Uint8Array.of(0xEF, 0xBB, 0xBF, 0x0D, 0x0A, 0xFF, 0xC3, 0x28);
  using project = Project.with({ "module.ts": bytes });
  const digest = createHash("sha256").update(bytes).digest("hex");
  const url = project.url("module.ts");
  assertEquals([...localModules(url)], [[url, digest]]);
});

Deno.test("localModules() of a module that is not there says so", () => {
  using project = Project.with({});
  const url = project.url("module.ts");
  assertEquals([...localModules(url)], [[url, "missing"]]);
});

Deno.test("localModules() of a module elsewhere is empty", () => {
  for (const module of ["npm:ajv@8", "https://x.y/z.ts", "data:text/javascript,1", "nothing"]) {
    assertEquals([...localModules(module)], []);
  }
});

Deno.test("localModules() reads text that is not UTF-8 as Deno does", () => {
  const utf16 = [0xFF, 0xFE, ...[...`import "./a.ts"`].flatMap((each) => [each.charCodeAt(0), 0])];
  using project = Project.with({
    "module.ts": Uint8Array.from(utf16),
    "a.ts": Uint8Array.from([0xFF, 0xE9, ...new TextEncoder().encode(`import "./b.ts"`)]),
    "b.ts": "",
  });
  assertEquals(project.importsOf("module.ts"), ["a.ts", "b.ts"]);
});

Deno.test("localModules() follows symbolic links, and keeps the names they have", () => {
  using project = Project.with({ "real/a.ts": `import "./b.ts"`, "real/b.ts": "" });
  Deno.symlinkSync("real", project.path("link"));
  Deno.symlinkSync("circle", project.path("circle"));
  project.write("module.ts", `import "./link/a.ts"; import "./circle"; import "./circle/x.ts"`);
  assertEquals(project.importsOf("module.ts"), ["link/a.ts", "link/b.ts"]);
});

Deno.test("localModules() opens no pipe and no folder", async () => {
  using project = Project.with({
    "folder.ts/x": "",
    "module.ts": `import "./p.ts"; "./folder.ts"`,
  });
  await new Deno.Command("mkfifo", { args: [project.path("p.ts")] }).output();
  assertEquals(project.importsOf("module.ts"), []);
});

Deno.test("localModules() reads what is in node_modules as any file, and no data for imports", () => {
  using project = Project.with({
    "module.ts": `import "./node_modules/x/index.js"; import x from "./x.json"`,
    "node_modules/x/index.js": `require("./lib")`,
    "node_modules/x/lib/index.cjs": "",
    "x.json": `"./module.js"`,
    "module.js": "",
  });
  const found = ["node_modules/x/index.js", "node_modules/x/lib/index.cjs", "x.json"];
  assertEquals(project.importsOf("module.ts"), found);
});

Deno.test("localModules() takes a file without an ending for code, as Deno does", () => {
  using project = Project.with({ "module.ts": `import "./a"`, a: `import "./b.ts"`, "b.ts": "" });
  assertEquals(project.importsOf("module.ts"), ["a", "b.ts"]);
});

Deno.test({
  name: "localModules() says of a file that it may not read it, and asks for no permission",
  permissions: { read: false },
  fn: () => assertEquals([...localModules(import.meta.url)], [[import.meta.url, "unreadable"]]),
});

Deno.test("localModules() finds files of a template whose names are written otherwise in URLs", () => {
  using project = Project.with({ "module.ts": "import(`./x/${a}.ts`)", "x/# 1%20?é.ts": "" });
  assertEquals(project.importsOf("module.ts"), ["x/# 1%20?é.ts"]);
});

Deno.test("localModules() finds what a WebAssembly module imports", () => {
  const name = (text: string) => [text.length, ...new TextEncoder().encode(text)];
  const entry = [
    1,
    ...name("./add.wasm"),
    ...name("a long name of forty letters, or so it is"),
    0,
    0,
  ];
  using project = Project.with({
    "module.ts": `import { x } from "./m.wasm"`,
    "m.wasm": Uint8Array.of(0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 2, entry.length, ...entry),
    "add.wasm": "",
  });
  assertEquals(project.importsOf("module.ts"), ["add.wasm", "m.wasm"]);
});

Deno.test("localModules() takes any graph whole, circles included, and reads it once", () => {
  const graph = fc.array(fc.array(fc.nat(7), { maxLength: 4 }), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(graph, (edges) => {
      const files = edges.map((to, from): [string, string] => [
        `${from % 2 ? "odd" : "even"}/${from}.ts`,
        to.map((each) => `import "../${each % 2 ? "odd" : "even"}/${each}.ts";`).join("\n"),
      ]);
      using project = Project.with(Object.fromEntries(files));
      const reached = new Set([0]);
      for (const from of reached) for (const to of edges[from] ?? []) reached.add(to);
      const known = nothingKnown();
      const found = localModules(project.url("even/0.ts"), known);
      const expected = [...reached].map((each) => project.url(files[each]?.[0] ?? ""));
      assertEquals([...found.keys()].sort(), expected.sort());
      project.write("even/0.ts", "changed");
      assertEquals(localModules(project.url("even/0.ts"), known), found);
    }),
    { numRuns: 30 },
  );
});

Deno.test("localModules() of any text ends without an error", () => {
  const piece = fc.constantFrom(
    ..."import|from |require(|\"|'|`|./a.ts|\\|\\u{|${|}|/*|*/|//|\n|(|file:|@/|\u{1F600}|\uD800"
      .split("|"),
  );
  using project = Project.with({ "deno.json": `{"imports":{"@/":"./"}}`, "a.ts": "" });
  fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
    project.write("module.ts", pieces.join(""));
    for (const name of project.importsOf("module.ts")) assertEquals(name, "a.ts");
  }));
});
