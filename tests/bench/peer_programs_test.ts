import { assertEquals, assertMatch } from "@std/assert";
import { Folder } from "../support/folder.ts";
import { hasPackage, peersTold, programIn, toldOf } from "./peer_programs.ts";

const PATH = Deno.env.get("PATH") ?? "";

/** A folder with a program that looks like another and starts it. */
class Shims extends Folder {
  add(name: string, text: string): void {
    this.write(name, text);
    Deno.chmodSync(this.at(name), 0o755);
  }
}

const HAS_PYTHON = await programIn(PATH, "python3") !== undefined;

Deno.test({
  name: "programIn() finds the Python behind a shim (needs python3: apt-get install python3)",
  ignore: !HAS_PYTHON,
  fn: async () => {
    const behind = await programIn(PATH, "python3");
    using shims = new Shims();
    shims.add("python3", `#!/bin/sh\nexec "${behind?.path}" "$@"\n`);
    const found = await programIn(`${shims.path}:${PATH}`, "python3");
    assertEquals<unknown>(found, { ...behind, shim: shims.at("python3") });
  },
});

Deno.test("programIn() finds the program of the PATH that is no shell script", async () => {
  using shims = new Shims();
  shims.add("xargs", '#!/usr/bin/env bash\nexec a-version-manager exec xargs "$@"\n');
  const behind = await programIn(PATH, "xargs");
  const found = await programIn(`${shims.path}:${PATH}`, "xargs");
  assertEquals<unknown>(found, { ...behind, shim: shims.at("xargs") });
  assertEquals(behind?.shim, undefined);
  assertMatch(found?.path ?? "", /^\/.*\/xargs$/);
});

Deno.test("programIn() knows the link of a version manager", async () => {
  using shims = new Shims();
  shims.add("mise", "no script");
  Deno.symlinkSync(shims.at("mise"), shims.at("xargs"));
  const found = await programIn(`${shims.path}:${PATH}`, "xargs");
  assertEquals(found?.shim, shims.at("xargs"));
});

Deno.test("toldOf() says which shim is not measured, and which is", async () => {
  const program = { name: "python3", path: "/opt/python3", version: "3.11.7" };
  assertEquals(toldOf(program), "python3: 3.11.7, /opt/python3");
  assertEquals(
    toldOf({ ...program, shim: "/shims/python3" }),
    "python3: 3.11.7, /opt/python3, not by its shim /shims/python3",
  );
  using shims = new Shims();
  shims.add("xargs", "#!/bin/sh\necho 1.2\n");
  const found = await programIn(shims.path, "xargs");
  const told = found && toldOf(found);
  const path = shims.at("xargs");
  assertEquals(told, `xargs: 1.2, ${path}, a shim, whose own start is measured too`);
});

Deno.test("programIn() finds nothing where there is nothing", async () => {
  using shims = new Shims({ xargs: "not executable" });
  assertEquals(await programIn(shims.path, "xargs"), undefined);
});

Deno.test("hasPackage() finds a package of npm, which is told with its version", async () => {
  using folder = new Folder({ "modules/some-pool/package.json": '{ "version": "4.5.6" }' });
  const modules = folder.at("modules");
  assertEquals(await hasPackage("other-pool", modules), false);
  assertEquals(await hasPackage("some-pool", modules), true);
  assertEquals(peersTold(), [`some-pool: 4.5.6, ${modules}/some-pool`]);
});
