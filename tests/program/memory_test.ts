import { assertEquals } from "@std/assert";
import { fanfold, Folder, MAIN, program } from "../support/program.ts";

const HUNGRY = `
export async function hungry(n: number) {
  const hoard: unknown[] = [];
  if (n === 2) while (true) hoard.push({ n, more: [n, n] });
  if (n === 5) {
    for (let i = 0; i < 40; i++) hoard.push(new Uint8Array(10_000_000).fill(1));
    await new Promise(() => hoard);
  }
  return n;
}
const kept: unknown[] = [];
export const keeps = (bytes: number) => kept.push(new Uint8Array(bytes).fill(1));
export const pid = () => Deno.pid;
export const heapLimit = () =>
  process.getBuiltinModule("node:v8").getHeapStatistics().heap_size_limit;
`;

/** The lines of fanfold itself, without what V8 says when a heap is full. */
function verdict(stderr: string): readonly string[] {
  return stderr.split("\n").filter((line) => line.startsWith("fanfold: "));
}

Deno.test({
  name:
    "fanfold run names the jobs that reach the memory of their task, does all others, and exits 1",
  // Buffers are seen in /proc, which there is on Linux only.
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using folder = new Folder({
      "hungry.ts": HUNGRY,
      "fanfold.yaml":
        "tasks:\n  it:\n    run: ./hungry.ts#hungry\n    inputs: { range: [0, 9] }\n" +
        "    memory: 256MB\n    chunk: 4\n",
    });
    const { code, stdout, stderr } = await fanfold(["run", "--no-journal"], { cwd: folder.path });
    assertEquals([code, stdout], [1, "0\n1\n3\n4\n6\n7\n8\n9\n"]);
    assertEquals(verdict(stderr), [
      'fanfold: task "it", job 3, input 2 died: its process reached its memory limit, 256 MB',
      'fanfold: task "it", job 6, input 5 died: its process reached its memory limit, 256 MB',
      "fanfold: 10 jobs: 8 done, 2 died",
    ]);
  },
});

Deno.test("fanfold run limits the heap alone where it may not look at the memory of processes", async () => {
  using folder = new Folder({
    "hungry.ts": HUNGRY,
    "fanfold.yaml":
      "defaults: { memory: 100MB }\ntasks:\n  heap: { run: ./hungry.ts#heapLimit }\n" +
      "  buffers: { run: ./hungry.ts#keeps, inputs: [200000000] }\n",
  });
  const some = ["read", "write", "env", "run", "sys", "net", "import"];
  const flags = some.map((name) => `--allow-${name}`);
  const args = ["run", "--no-prompt", ...flags, MAIN, "run", "--no-journal"];
  const printed = await program(Deno.execPath(), args, { cwd: folder.path });
  assertEquals(printed, { code: 0, stdout: `${63 * 2 ** 20}\n1\n`, stderr: "" });
});

Deno.test("fanfold run tries jobs again that were out of memory, if the task says so", async () => {
  using folder = new Folder({
    "hungry.ts": HUNGRY,
    "fanfold.yaml": "tasks:\n  it:\n    run: ./hungry.ts#hungry\n    inputs: [2]\n" +
      "    memory: 150MB\n    retries: { times: 1, on: OutOfMemory }\n",
  });
  const { code, stderr } = await fanfold(["run", "--no-journal"], { cwd: folder.path });
  assertEquals([code, verdict(stderr)], [1, [
    'fanfold: task "it", job 1, input 2 died after 2 attempts: its process reached its memory ' +
    "limit, 150 MB",
    "fanfold: 1 job: 0 done, 1 died",
  ]]);
});

Deno.test("fanfold run puts another slot in the place of one above recycle.memory", async () => {
  using folder = new Folder({ "hungry.ts": HUNGRY });
  const inputs = Array(4).fill(110_000_000);
  for (const isolation of ["worker", "process"]) {
    const task = { run: "./hungry.ts#keeps", inputs, isolation, jobs: 1, chunk: 1 };
    const tasks = { kept: task, recycled: { ...task, recycle: { memory: "100MB" } } };
    folder.write("fanfold.json", JSON.stringify({ tasks }));
    const kept = await fanfold(["run", "kept"], { cwd: folder.path });
    assertEquals(kept, { code: 0, stdout: "1\n2\n3\n4\n", stderr: "" });
    const { code, stdout } = await fanfold(["run", "recycled"], { cwd: folder.path });
    const starts = stdout.split("\n").filter((line) => line === "1");
    assertEquals([code, starts.length > 1], [0, true], stdout);
  }
});

Deno.test("fanfold run ends a slot after its jobs or above its memory, whichever is first", async () => {
  using folder = new Folder({ "hungry.ts": HUNGRY });
  const task = { run: "./hungry.ts#keeps", isolation: "process", jobs: 1, chunk: 1 };
  const tasks = {
    jobs: { ...task, inputs: [1, 1, 1, 1, 1], recycle: { jobs: 2, memory: "4GB" } },
    memory: { ...task, inputs: Array(4).fill(110_000_000), recycle: { jobs: 9, memory: "100MB" } },
  };
  folder.write("fanfold.json", JSON.stringify({ tasks }));
  const jobs = await fanfold(["run", "jobs"], { cwd: folder.path });
  assertEquals(jobs, { code: 0, stdout: "1\n2\n1\n2\n1\n", stderr: "" });
  const memory = await fanfold(["run", "memory"], { cwd: folder.path });
  const starts = memory.stdout.split("\n").filter((line) => line === "1");
  assertEquals([memory.code, starts.length > 1], [0, true], memory.stdout);
});

Deno.test("fanfold plan says what memory slots may take, and when they end", async () => {
  using folder = new Folder({
    "hungry.ts": HUNGRY,
    "fanfold.yaml": "tasks:\n  a: { run: ./hungry.ts#pid, jobs: 1, memory: 1.5GB,\n" +
      "       recycle: { jobs: 1000, memory: 512MiB } }\n" +
      "  b: { run: ./hungry.ts#pid, jobs: 1, recycle: { jobs: 1 }, timeout: 1s }\n",
  });
  const { code, stdout } = await fanfold(["plan"], { cwd: folder.path });
  const lines = stdout.split("\n").filter((line) => /memory|recycled|timeout|, in a/.test(line));
  const of = `pid of ${folder.url("hungry.ts")}, in a process`;
  assertEquals([code, lines], [0, [
    `   ${of}`,
    "   memory 1.5 GB; recycled after 1000 jobs or above 512 MiB",
    `   ${of}`,
    "   recycled after 1 job",
    "   timeout 1s",
  ]]);
});

Deno.test("fanfold run refuses --isolation worker for tasks that have memory", async () => {
  using folder = new Folder({
    "hungry.ts": HUNGRY,
    "fanfold.yaml": "tasks:\n  a: { run: ./hungry.ts#pid, memory: 1GB }\n",
  });
  const printed = await fanfold(["run", "--isolation", "worker"], { cwd: folder.path });
  assertEquals(printed, {
    code: 2,
    stdout: "",
    stderr: 'fanfold: Cannot combine --isolation worker and the "memory" of task "a", for that ' +
      "needs a process of its own\n",
  });
});
