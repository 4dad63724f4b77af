import { assertEquals } from "@std/assert";
import { Project } from "../journal/project.ts";

/** What is found in a module below `in/` that imports these names, under a configuration. */
function found(config: string, names: readonly string[], more: Record<string, string> = {}) {
  using project = Project.with({
    ...Object.fromEntries(
      ["a", "b", "src/a", "src/deep/b", "in/c"].map((name) => [`${name}.ts`, ""]),
    ),
    "deno.json": config,
    "in/module.ts": names.map((name) => `import ${JSON.stringify(name)};`).join("\n"),
    ...more,
  });
  return project.importsOf("in/module.ts");
}

Deno.test("localModules() looks bare names and prefixes up in the import map", () => {
  const config = `{ "imports": { "a": "./a.ts", "@/": "./src/", "@/deep/": "./", "x": "npm:x" } }`;
  assertEquals(found(config, ["a", "@/a.ts", "x", "aa", "toString"]), ["a.ts", "src/a.ts"]);
  assertEquals(found(config, ["@/deep/b.ts"]), ["b.ts"]);
});

Deno.test("localModules() reads comments and commas at the end in deno.json and deno.jsonc", () => {
  const config =
    `\uFEFF{ // "imports": {},\n "imports": { /* , */ "a": "./a.ts", "//": "\\",}", }, }`;
  assertEquals(found(config, ["a"]), ["a.ts"]);
  const text = `{ "imports": { "b": "../b.ts", }, }`;
  assertEquals(found("{}", ["b"], { "in/deno.jsonc": text }), ["b.ts"]);
});

Deno.test("localModules() takes a scope before the imports, and the nearest map first", () => {
  const config = `{ "imports": { "a": "./a.ts" }, "scopes": { "./in/": { "a": "./b.ts" } } }`;
  assertEquals(found(config, ["a"]), ["b.ts"]);
  const scopes = `{ "./": { "a": "./a.ts" }, "./in/": { "a": "./b.ts" } }`;
  assertEquals(found(`{ "scopes": ${scopes} }`, ["a"]), ["b.ts"]);
  const near = { "in/deno.json": `{ "imports": { "a": "./c.ts" } }` };
  assertEquals(found(config, ["a"], near), ["in/c.ts"]);
  assertEquals(found(`{ "imports": { "b": "./b.ts" } }`, ["a", "b"], near), ["b.ts", "in/c.ts"]);
});

Deno.test("localModules() reads an import map in a file of its own, whose paths start there", () => {
  const map = { "maps/m.json": `{ "imports": { "a": "../src/a.ts" } }` };
  assertEquals(found(`{ "importMap": "./maps/m.json" }`, ["a"], map), ["src/a.ts"]);
  assertEquals(found(`{ "importMap": "./none.json" }`, ["a"]), []);
});

Deno.test("localModules() follows a map that stands for a path", () => {
  assertEquals(found(`{ "imports": { "./a.ts": "./b.ts" } }`, ["../a.ts"]), ["a.ts", "b.ts"]);
});

Deno.test("localModules() knows the packages of a workspace by their exports", () => {
  const members = {
    "packages/one/deno.json": `{ "name": "@w/one", "exports": "./mod.ts" }`,
    "packages/one/mod.ts": "",
    "two/deno.jsonc": `{ "name": "@w/two", "exports": { ".": "./mod.ts", "./s": "./s.ts" }, }`,
    "two/mod.ts": "",
    "two/s.ts": "",
  };
  const expected = ["packages/one/mod.ts", "two/mod.ts", "two/s.ts"];
  const names = ["@w/one", "@w/two", "@w/two/s", "@w/two/mod.ts", "@w/self"];
  assertEquals(found(`{ "workspace": ["./packages/*", "two"] }`, names, members), expected);
  const self = `{ "name": "@w/self", "exports": "./a.ts", "workspace": { "members": ["./two/"] } }`;
  assertEquals(found(self, names, members), ["a.ts", "two/mod.ts", "two/s.ts"]);
});

Deno.test("localModules() takes a configuration that makes no sense for none", () => {
  const texts = ["", "[]", "null", "{", `{"imports":[1],"scopes":7,"workspace":[3]}`];
  for (const text of [...texts, `{"imports":{"a":null,"":"./a.ts","b/":"./c"},"importMap":4}`]) {
    assertEquals(found(text, ["a", "./c.ts"]), ["in/c.ts"]);
  }
});
