import { assert, assertEquals, assertRejects } from "@std/assert";
import { ReportFile } from "../../../lib/cli/kept/report_file.ts";
import { Folder } from "../../support/folder.ts";

function fileIn(folder: Folder): ReportFile {
  return new ReportFile({ format: "junit", option: "junit", file: "j.xml" }, folder.path);
}

function namesIn(folder: Folder): readonly string[] {
  return [...Deno.readDirSync(folder.path)].map(({ name }) => name);
}

const NEVER = new AbortController().signal;

Deno.test("ReportFile.write() leaves a file as it is until all is written", async () => {
  using folder = new Folder({ "j.xml": "old" });
  const read = () => Deno.readTextFileSync(folder.at("j.xml"));
  const file = fileIn(folder);
  assertEquals(namesIn(folder), ["j.xml"]);
  const seen: string[] = [];
  async function* pieces() {
    for (const piece of ["a", "b".repeat(100_000)]) {
      yield piece;
      seen.push(read());
    }
  }
  await file.write(pieces(), NEVER);
  assertEquals(seen, ["old", "old"]);
  assertEquals(read(), `a${"b".repeat(100_000)}`);
  assertEquals(namesIn(folder), ["j.xml"]);
});

Deno.test("ReportFile.write() leaves no other file where it fails, or the program ends at once", async () => {
  using folder = new Folder({ "j.xml": "old" });
  async function* failing() {
    yield "a";
    throw new Error("no");
  }
  await assertRejects(() => fileIn(folder).write(failing(), NEVER), Error, "no");
  assertEquals(namesIn(folder), ["j.xml"]);
  const killing = new AbortController();
  async function* killed() {
    yield "a";
    assertEquals(namesIn(folder).length, 2);
    killing.abort();
    assertEquals(namesIn(folder), ["j.xml"]);
    killing.signal.throwIfAborted();
  }
  const thrown = await assertRejects(() => fileIn(folder).write(killed(), killing.signal));
  assert(thrown === killing.signal.reason);
  assertEquals(Deno.readTextFileSync(folder.at("j.xml")), "old");
});
