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

/** Functions whose children write to the streams that they inherit, started in every way, and some that stand in the way of it. */
const CHILDREN = `
  import { spawn } from "node:child_process";
  import { closeSync, openSync, writeSync } from "node:fs";
  const script = (n: number) => ["-c", 'echo "$0"; echo "$0" >&2', String(n)];
  export const command = async (n: number) => {
    await new Deno.Command("sh", { args: script(n), stdin: "null" }).spawn().status;
  };
  export const node = (n: number) => new Promise<void>((goOn) => {
    spawn("sh", script(n), { stdio: ["ignore", 1, 2] }).on("exit", () => goOn());
  });
  export const closed = (n: number) => {
    if (n > 8) return;
    if (n > 4) closeSync(1);
    const file = openSync(\`file\${n}\`, "w");
    new Deno.Command("true").outputSync();
    writeSync(file, "mine");
    Deno.exit(0);
  };
  export const reads = (n: number) => {
    const args = ["-c", 'exec timeout 0.2 cat "/proc/$PPID/fd/1" > "read$0"', String(n)];
    new Deno.Command("sh", { args, stdin: "null" }).outputSync();
    return n;
  };
`;

for (const name of ["command", "node"]) {
  Deno.test(`fanfold run prints at the turn of each job what its children write: ${name}`, async () => {
    using folder = new Folder({ "it.ts": CHILDREN });
    // Somebody is always at it, so that the slots and who reads them wait for each other.
    const busy = new Deno.Command("sh", { args: ["-c", "while :; do :; done"] });
    const others = [busy.spawn(), busy.spawn()];
    try {
      const task = {
        run: `./it.ts#${name}`,
        isolation: "process",
        jobs: 4,
        inputs: { range: [1, 60] },
      };
      folder.write("fanfold.json", JSON.stringify({ tasks: { task } }));
      const printed = await fanfold(["run", "--no-journal", "--tag"], { cwd: folder.path });
      const wanted = NUMBERS.slice(0, 60).map((n) => `task\t${n}\t${n}\n`).join("");
      assertEquals(printed, { code: 0, stdout: wanted, stderr: wanted });
    } finally {
      for (const child of others) child.kill("SIGKILL");
      await Promise.all(others.map(({ status }) => status));
    }
  });
}

Deno.test("fanfold run divides nothing but the streams of a function, and waits for nobody who reads there", async () => {
  using folder = new Folder({ "it.ts": CHILDREN });
  const run = async (name: string, inputs: unknown) => {
    const task = { run: `./it.ts#${name}`, isolation: "process", jobs: 1, inputs };
    folder.write("fanfold.json", JSON.stringify({ tasks: { task } }));
    return await fanfold(["run", "--no-journal"], { cwd: folder.path });
  };
  assertEquals((await run("closed", { range: [1, 9] })).code, 1);
  for (const n of [1, 2, 3, 4, 5, 6, 7, 8]) {
    assertEquals(Deno.readTextFileSync(folder.at(`file${n}`)), "mine");
  }
  assertEquals(await run("reads", [1, 2]), { code: 0, stdout: "1\n2\n", stderr: "" });
});
