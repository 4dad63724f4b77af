import { assertEquals } from "@std/assert";
import { loadTasks, run } from "../../lib/mod.ts";
import { fanfold, Folder } from "../support/program.ts";

/** More at a time than Deno reads the output of in one turn. */
const SLOTS = 200;

const NUMBERS = Array.from({ length: 600 }, (_, i) => `${i + 1}`);
const BOTH = 'echo "$1"; echo "$1" >&2';

function sorted(text: string): string[] {
  return text.trimEnd().split("\n").toSorted((a, b) => Number(a) - Number(b));
}

Deno.test("fanfold each prints all that hundreds of commands write at a time", async () => {
  const args = ["each", "-j", `${SLOTS}`, "--shell", BOTH];
  const { code, stdout, stderr } = await fanfold(args, { stdin: NUMBERS.join("\n") });
  assertEquals(code, 0);
  assertEquals(stdout.trimEnd().split("\n"), NUMBERS);
  assertEquals(sorted(stderr), NUMBERS);
});

Deno.test("run() gives all that hundreds of commands write at a time", async () => {
  using folder = new Folder();
  const task = { command: ["echo", "{}"], inputs: { range: [1, NUMBERS.length] }, jobs: SLOTS };
  folder.write("fanfold.json", JSON.stringify({ tasks: { task } }));
  const written: string[] = [];
  for await (const { output } of run(await loadTasks(folder.at("fanfold.json")))) {
    const stdout = ReadableStream.from(output?.read("stdout") ?? []);
    written.push((await new Response(stdout).text()).trimEnd());
  }
  assertEquals(written, NUMBERS);
});

Deno.test("fanfold run prints what the children of functions write, also as their process ends", async () => {
  using folder = new Folder({
    "it.ts": `export const child = async (n: number) => {
      const args = ["-c", 'echo "$0"; echo "$0" >&2', String(n)];
      await new Deno.Command("sh", { args, stdin: "null" }).spawn().status;
      if (n % 10 === 0) Deno.exit(1);
    };`,
  });
  const inputs = { range: [1, 60] };
  const task = { run: "./it.ts#child", isolation: "process", jobs: 4, chunk: 1, inputs };
  folder.write("fanfold.json", JSON.stringify({ tasks: { task } }));
  const { code, stdout, stderr } = await fanfold(["run", "--no-journal"], { cwd: folder.path });
  assertEquals(code, 1);
  assertEquals(stdout.trimEnd().split("\n"), NUMBERS.slice(0, 60));
  const written = stderr.split("\n").filter((line) => /^\d+$/.test(line)).join("\n");
  assertEquals(sorted(written), NUMBERS.slice(0, 60));
});
