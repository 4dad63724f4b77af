import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { filesOf } from "../../../lib/inputs/readers/file_paths.ts";
import { sortPaths } from "../../../lib/inputs/readers/file_paths.ts";
import { Tree } from "../tree.ts";

Deno.test("files are matched by wildcards within a name", async () => {
  await using tree = await Tree.of("a.jpg", "b.jpg", "c1.png", "c2.png", "é", "d/a.jpg");
  assertEquals(await tree.files("*.jpg"), ["a.jpg", "b.jpg"]);
  assertEquals(await tree.files("c?.png"), ["c1.png", "c2.png"]);
  assertEquals(await tree.files("?"), ["é"]);
  assertEquals(await tree.files("[a-b].*"), ["a.jpg", "b.jpg"]);
  assertEquals(await tree.files("[!a]*.[!p]*"), ["b.jpg"]);
  assertEquals(await tree.files("[^a-b]*"), ["c1.png", "c2.png", "é"]);
  assertEquals(await tree.files("*/*"), ["d/a.jpg"]);
  assertEquals(await tree.files("*.gif"), []);
});

Deno.test("files are matched in any folder by two asterisks", async () => {
  await using tree = await Tree.of("a.jpg", "x/a.jpg", "x/y/a.jpg", "x/y/b.png", "z/a.jpg");
  assertEquals(await tree.files("**/*.jpg"), ["a.jpg", "x/a.jpg", "x/y/a.jpg", "z/a.jpg"]);
  assertEquals(await tree.files("x/**"), ["x/a.jpg", "x/y/a.jpg", "x/y/b.png"]);
  assertEquals(await tree.files("**/y/**/*.png"), ["x/y/b.png"]);
  assertEquals(await tree.files("**/**/b.png"), ["x/y/b.png"]);
  assertEquals(await tree.files("x/**/a.jpg"), ["x/a.jpg", "x/y/a.jpg"]);
});

Deno.test("files are matched by alternatives, with folders in them too", async () => {
  await using tree = await Tree.of("a.jpg", "a.png", "x/b.jpg", "y/z/b.jpg", "c{d}", "e,f");
  assertEquals(await tree.files("*.{jpg,png}"), ["a.jpg", "a.png"]);
  assertEquals(await tree.files("{x,y/z}/b.jpg"), ["x/b.jpg", "y/z/b.jpg"]);
  assertEquals(await tree.files("{a,{x,y/z}/b}.{jpg,gif}"), ["a.jpg", "x/b.jpg", "y/z/b.jpg"]);
  assertEquals(await tree.files("a{.jpg,}"), ["a.jpg"]);
  assertEquals(await tree.files(["c{d}", "e\\,f"]), ["c{d}", "e,f"]);
});

Deno.test("files with a dot in front are matched by patterns with a dot in front", async () => {
  await using tree = await Tree.of(".a", ".git/b", "x/.c", "x/d", ".git/.e");
  assertEquals(await tree.files("*"), []);
  assertEquals(await tree.files("**"), ["x/d"]);
  assertEquals(await tree.files("[.]a"), []);
  assertEquals(await tree.files("?a"), []);
  assertEquals(await tree.files(".*"), [".a"]);
  assertEquals(await tree.files("**/.*"), [".a", "x/.c"]);
  assertEquals(await tree.files(".git/**"), [".git/b"]);
  assertEquals(await tree.files(".{a,git/b}"), [".a", ".git/b"]);
});

Deno.test("files are what their name says where a backslash stands in front", async () => {
  await using tree = await Tree.of("a*b", "axb", "[1].x", "1.x");
  assertEquals(await tree.files("a\\*b"), ["a*b"]);
  assertEquals(await tree.files("\\[1].x"), ["[1].x"]);
  assertEquals(await tree.files("[[]1].x"), ["[1].x"]);
  assertEquals(await tree.files("[1].x"), ["1.x"]);
});

Deno.test("a path without wildcards is itself, whatever it is called", async () => {
  const names = ["photo (1).jpg", "-rf", "$(x)", "a'b\n", "+(a)", "a[]b"];
  await using tree = await Tree.of(...names);
  assertEquals(await tree.files(names), sortPaths([...names]));
});

Deno.test("a path without wildcards is a fault if it is no file", async () => {
  await using tree = await Tree.of("x/a", "broken -> nothing", "loop -> loop");
  assertEquals(await tree.fault(["x/a", "x/b"]), 'Cannot read inputs "x/b": no such file');
  assertEquals(await tree.fault("x"), 'Cannot read inputs "x": it is a folder, expected a file');
  assertEquals(await tree.fault("broken"), 'Cannot read inputs "broken": no such file');
  assertEquals(await tree.fault("x/"), 'Cannot read inputs "x/": it names folders, expected files');
  assertEquals(await tree.fault("*/"), 'Cannot read inputs "*/": it names folders, expected files');
});

Deno.test("files are given once, however many patterns match them", async () => {
  await using tree = await Tree.of("a.b", "x/c");
  const patterns = ["**", "*.b", "a.*", "a.b", "x/c", "./x/../a.b", "{a,a}.b", `${tree.folder}/*`];
  assertEquals(await tree.files(patterns), ["a.b", "x/c"]);
});

Deno.test("files are relative to the folder that jobs run in", async () => {
  await using tree = await Tree.of("tasks/a", "tasks/x/b", "c");
  assertEquals(await tree.files("tasks/**", [], "tasks"), ["a", "x/b"]);
  assertEquals(await tree.files(["*", "tasks/x/b"], [], "tasks/x"), ["../../c", "b"]);
});

Deno.test("files of an absolute pattern have absolute paths", async () => {
  await using tree = await Tree.of("x/a", "x/b");
  const { folder } = tree;
  assertEquals(await tree.files(`${folder}/x/*`, `${folder}/x/b`), [`${folder}/x/a`]);
  assertEquals(await tree.files(`${folder}/x/a`), [`${folder}/x/a`]);
});

Deno.test("files above the folder are matched", async () => {
  await using tree = await Tree.of("x/y/a", "x/b", "c.d");
  const files = filesOf({
    kind: "files",
    patterns: ["../*", "../../c.*", "*/../../b"],
    exclude: ["../z"],
    folder: join(tree.folder, "x/y"),
    from: tree.folder,
  });
  assertEquals(await Array.fromAsync(files), ["c.d", "x/b"]);
});

Deno.test("excludes leave out paths, and all that is in the folders they match", async () => {
  await using tree = await Tree.of(
    "a.js",
    "b.min.js",
    ".c.js",
    "lib/d.js",
    "lib/.e/f.js",
    "lib2/g.js",
  );
  const all = ["**/*.js", ".*.js", "lib/.e/*"];
  assertEquals(await tree.files(all, "**/*.min.js"), [
    ".c.js",
    "a.js",
    "lib/.e/f.js",
    "lib/d.js",
    "lib2/g.js",
  ]);
  assertEquals(await tree.files(all, ["lib", "*.min.js"]), [".c.js", "a.js", "lib2/g.js"]);
  assertEquals(await tree.files(all, ["lib/**", "*.js"]), ["lib2/g.js"]);
  assertEquals(await tree.files(all, ["**/.e", "{a,b.min}.js", "lib?/"]), [".c.js", "lib/d.js"]);
  assertEquals(await tree.files("a.js", "[a]*"), []);
  assertEquals(await tree.files(all, "**"), []);
});

Deno.test("symbolic links to files are given, those to folders only where a name leads", async () => {
  await using tree = await Tree.of(
    "real/a",
    "real/up -> ..",
    "link -> real",
    "file -> real/a",
    "broken -> nothing",
    "loop -> loop",
  );
  assertEquals(await tree.files("*"), ["file"]);
  assertEquals(await tree.files("**"), ["file", "real/a"]);
  assertEquals(await tree.files("link/*"), ["link/a"]);
  assertEquals(await tree.files("*/a"), ["link/a", "real/a"]);
  assertEquals(await tree.files("real/up/link/**"), ["real/up/link/a"]);
});

Deno.test("files come in the order of their bytes, as LC_ALL=C sort has it", async () => {
  const names = ["B", "a", "a.b", "a/b", "a-b", "é", "\uFF5E", "🧨", "Z", "_", "10", "9"];
  await using tree = await Tree.of(...names.filter((name) => name !== "a"));
  assertEquals(await tree.files("**"), [
    "10",
    "9",
    "B",
    "Z",
    "_",
    "a-b",
    "a.b",
    "a/b",
    "é",
    "\uFF5E",
    "🧨",
  ]);
});

Deno.test("a pattern with characters out of order is a fault", async () => {
  await using tree = await Tree.of();
  assertEquals(
    await tree.fault("x[z-a]"),
    'Cannot read inputs "x[z-a]": characters out of order in [z-a]',
  );
});

Deno.test("a pattern whose braces stand for too many texts is a fault, and is not expanded", async () => {
  await using tree = await Tree.of("a-1");
  const wrong = [
    ["{a,b}".repeat(24), "its braces stand for 16777216 texts, expected at most 10000"],
    [
      "{a,b}".repeat(3000),
      "its braces stand for more texts than can be counted, expected at most 10000",
    ],
    ["{a,".repeat(4000), "its braces are nested deeper than 100 levels"],
    ["{a,b}".repeat(6000), "it has 30000 characters, expected at most 16384"],
  ] as const;
  for (const [pattern, reason] of wrong) {
    const text = `${pattern.slice(0, 99)}${pattern.length > 100 ? "…" : ""}`;
    assertEquals(await tree.fault(["a-1", pattern]), `Cannot read inputs "${text}": ${reason}`);
  }
  assertEquals(await tree.files(`{${Array.from({ length: 2000 }, (_, i) => `a-${i}`)}}`), ["a-1"]);
});

Deno.test("a folder that Deno's permissions keep away is a fault that names it", async () => {
  await using tree = await Tree.of("x/a", "y/b");
  const code = `
    import { filesOf } from ${
    JSON.stringify(import.meta.resolve("../../../lib/inputs/readers/file_paths.ts"))
  };
    const [folder, exclude] = Deno.args;
    const files = filesOf({ kind: "files", patterns: ["**"], exclude: [exclude], folder, from: folder });
    console.log(await Array.fromAsync(files).catch((fault) => fault.message));
  `;
  const run = async (exclude: string) => {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", `--allow-read=${tree.folder}`, `--deny-read=${tree.folder}/y`]
        .concat("--ext=ts", "--config", new URL("../../../deno.json", import.meta.url).pathname)
        .concat(`data:text/typescript,${encodeURIComponent(code)}`, tree.folder, exclude),
      env: { NO_COLOR: "1" },
    }).output();
    return new TextDecoder().decode(stdout).trim();
  };
  assertEquals(await run("none"), 'Cannot read inputs "y": reading it is not allowed');
  assertEquals(await run("y/**"), '[ "x/a" ]');
});

Deno.test({
  name: "a file whose name is not UTF-8 is a fault, unless it is left out (needs Linux)",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using tree = await Tree.of("x/\uFFFD", "x/b");
    const script = `touch "$1/x/$(printf 'a\\377')"`;
    await new Deno.Command("sh", { args: ["-c", script, "sh", tree.folder] }).output();
    assertEquals(await tree.fault("**"), 'Cannot read inputs "x/a\uFFFD": the name is not UTF-8');
    assertEquals(await tree.files("**", "x/a?"), ["x/b", "x/\uFFFD"]);
  },
});

Deno.test("files are looked for at the first next(), and no further after return()", async () => {
  await using tree = await Tree.of();
  const files = tree.open("*")[Symbol.asyncIterator]();
  await Deno.writeTextFile(join(tree.folder, "late"), "");
  assertEquals(await files.next(), { done: false, value: "late" });
  await files.return?.();
  assertEquals(await files.next(), { done: true, value: undefined });
  const stopped = tree.open("**")[Symbol.asyncIterator]();
  const waiting = stopped.next();
  await stopped.return?.();
  assertEquals(await waiting, { done: true, value: undefined });
});
