import { assert, assertEquals, assertMatch } from "@std/assert";
import { FileCache } from "../../../../lib/engines/queue/modules/file_cache.ts";
import { Folder } from "../../../support/folder.ts";
import { type Sending, sentFrom, served, valuesOf } from "./sending.ts";

type Files = Readonly<Record<string, string>>;

const NUMBERS: Files = {
  "fanfold.yaml": "tasks: { task: { run: ./src/numbers.ts#double, inputs: [1] } }",
  "src/numbers.ts":
    'import { twice } from "../lib/twice.ts";\nexport const double = (n: number) => twice(n);',
  "lib/twice.ts": "export const twice = (n: number) => n * 2;",
};

/** Each way to have it: the same files at the host, or sent to it. */
const WAYS = ["checkout", "bundle"] as const;

/** What a run in a folder sends, of which nothing is left there then. */
async function sentFromGone(files: Files, name: string, file?: string): Promise<Sending> {
  using home = new Folder(files);
  return await sentFrom(home, name, file);
}

/** What a task of a project makes of inputs at a host in another folder. */
async function hosted(
  way: typeof WAYS[number],
  files: Files,
  inputs: readonly unknown[],
  file = "fanfold.yaml",
): Promise<unknown[]> {
  const { sent, filesOf } = await sentFromGone(files, "task", file);
  using there = new Folder(way === "checkout" ? files : {});
  using host = await served(there, way === "checkout" ? { files: [file] } : { bundles: "any" });
  const found = await host.find(sent, filesOf);
  assertEquals("from" in found && found.from, way, JSON.stringify(found));
  return await valuesOf(found, inputs);
}

for (const way of WAYS) {
  Deno.test(`Served.find() gives a function with what it imports, by ${way}`, async () => {
    assertEquals(await hosted(way, NUMBERS, [1, 2]), [2, 4]);
  });
}
