import { assert, assertEquals } from "@std/assert";
import { executedWith, findProgram } from "../../../lib/engines/confined/programs.ts";
import { Folder } from "../../support/folder.ts";

function folderOf(programs: Readonly<Record<string, string>>): Folder {
  const folder = new Folder(programs);
  for (const name of Object.keys(programs)) Deno.chmodSync(folder.at(name), 0o755);
  return folder;
}

Deno.test("findProgram() looks through the PATH, and takes a path from the folder of the job", () => {
  using folder = folderOf({ "a/one": "", "b/one": "", "b/two": "" });
  Deno.chmodSync(folder.at("a/one"), 0o644);
  const lookup = { folder: folder.at("a"), path: `${folder.at("a")}:${folder.at("b")}` };
  const found = (name: string) => findProgram(name, lookup)?.slice(folder.path.length + 1);
  assertEquals(["one", "two", "three", "../b/two", "./two", ".."].map(found), [
    ...["b/one", "b/two", undefined, "b/two", undefined, undefined],
  ]);
});

Deno.test("executedWith() knows the interpreters that first lines name, one behind the other", () => {
  using folder = folderOf({
    "plain": "echo",
    "script": "#!./plain -x\n",
    "twice": "#! ./script\n",
    "env": "",
    "by-env": "#!./env -S A=1 named arg\n",
    "named": "#!./plain",
    "lost": "#!./env nothing\n",
    "empty": "#!\n",
    "circle": "#!./circle\n",
  });
  const lookup = { folder: folder.path, path: folder.path };
  const names = (program: string) =>
    executedWith(folder.at(program), lookup).map((path) => path.slice(folder.path.length + 1));
  assertEquals(names("plain"), ["plain"]);
  assertEquals(names("script"), ["script", "plain"]);
  assertEquals(names("twice"), ["twice", "script", "plain"]);
  assertEquals(names("by-env"), ["by-env", "env", "named", "plain"]);
  assertEquals(names("lost"), ["lost", "env"]);
  assertEquals(names("empty"), ["empty"]);
  assertEquals(names("circle"), ["circle"]);
  assertEquals(names("missing"), ["missing"]);
});

Deno.test("executedWith() takes for an interpreter what may be executed, and no other file or folder", () => {
  using folder = folderOf({ "root": "#!/\n", "folder": "#!./in\n", "file": "#!./in/secret\n" });
  folder.write("in/secret", "secret");
  for (const name of ["root", "folder", "file"]) {
    const found = executedWith(folder.at(name), { folder: folder.path, path: folder.path });
    assertEquals(found, [folder.at(name)]);
  }
});

Deno.test({
  name: "executedWith() knows the loader of a program",
  ignore: Deno.build.os !== "linux",
  fn: () => {
    const lookup = { folder: "/", path: "" };
    const [program, loader, ...more] = executedWith(Deno.realPathSync(Deno.execPath()), lookup);
    assertEquals([program, more], [Deno.realPathSync(Deno.execPath()), []]);
    assert(loader?.startsWith("/lib") && Deno.statSync(loader).isFile, loader);
  },
});

Deno.test("executedWith() makes nothing of a program that is cut off", () => {
  using folder = new Folder();
  const head = Deno.readFileSync(Deno.execPath()).subarray(0, 4096);
  for (const length of [0, 3, 4, 20, 63, 64, 100, 300]) {
    Deno.writeFileSync(folder.at("cut"), head.subarray(0, length));
    const lookup = { folder: folder.path, path: "" };
    assertEquals(executedWith(folder.at("cut"), lookup)[0], folder.at("cut"));
  }
});
