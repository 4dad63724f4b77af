import { assertEquals, assertStringIncludes } from "@std/assert";
import { fanfold, Folder, type Printed } from "../support/program.ts";
import { until } from "../support/shared_folder.ts";
import { interrupted, journalled, ran } from "./resumed_run.ts";

const WORK = `import { appendFileSync, existsSync } from "node:fs";
const wait = async (path: string) => {
  while (!existsSync(path)) await new Promise((goOn) => setTimeout(goOn, 5));
};
export const square = (n: number) => {
  if (n === 3) throw new Error("not three");
  return n * n;
};
export const same = (x: unknown) => x;
export const mapped = (n: number) => new Map([[n, undefined]]);
export const sizeOf = (map: Map<number, undefined>) => map.size;
export const ends = (text: string) => [text.split("\\n")[0], text.length];
export const add = (a: number, b: number) => a + b;
export const inTurn = async (n: number) => {
  if (n === 2) await wait("seen-1");
  return n;
};
export const sees = (n: number) => appendFileSync("seen-" + n, "");
export const noted = async (x: unknown, { task }: { task: string }) => {
  appendFileSync("ran", task + " " + JSON.stringify(x) + "\\n");
  await wait("hold-" + task);
  return x;
};
`;

function folderWith(tasks: object): Folder {
  return new Folder({
    "deno.json": "{}",
    "work.ts": WORK,
    "ran": "",
    "fanfold.json": JSON.stringify({ tasks }),
  });
}

async function ranAll(tasks: object, ...args: readonly string[]): Promise<Printed> {
  using folder = folderWith(tasks);
  return await fanfold(["run", "--no-journal", ...args], { cwd: folder.path });
}

/** What a run of these tasks prints as JSON, by task. */
async function valuesOf(tasks: object, ...args: readonly string[]) {
  const { stdout } = await ranAll(tasks, "--format", "json", ...args);
  return JSON.parse(stdout);
}

const square = { run: "./work.ts#square", inputs: { range: [1, 5] } };
const same = (inputs: unknown) => ({ run: "./work.ts#same", inputs });

Deno.test("{ from: task } gives the values of those jobs that are done, in the order of their inputs", async () => {
  const { same: values } = await valuesOf({ square, same: same({ from: "square" }) });
  assertEquals(values, [1, 4, 16, 25]);
});

Deno.test("a task that has its inputs from another is run with it, and stands behind it", async () => {
  const tasks = { same: same({ from: "square" }), square };
  const { code, stdout } = await ranAll(tasks, "same");
  assertEquals([code, stdout], [1, "1\n4\n16\n25\n1\n4\n16\n25\n"]);
});

Deno.test("{ from: task } gives values as they come, before the other task has ended", async () => {
  const { code, stdout } = await ranAll(
    {
      a: { run: "./work.ts#inTurn", inputs: [1, 2], jobs: 1, chunk: 1 },
      b: { run: "./work.ts#sees", inputs: { from: "a" }, jobs: 1 },
    },
    "-j",
    "2",
  );
  assertEquals([code, stdout], [0, "1\n2\n"]);
});

for (const jobs of [1, 2, 8]) {
  Deno.test(`chains of tasks come to an end on ${jobs} slots`, async () => {
    const values = await valuesOf(
      {
        a: { run: "./work.ts#same", inputs: { range: [1, 5000] }, window: 8 },
        b: { ...same({ from: "a" }), window: 8 },
        c: { ...same({ from: "b", batch: 1000 }), window: 8 },
        d: { run: "./work.ts#add", spread: true, inputs: { zip: [{ from: "a" }, { from: "b" }] } },
      },
      "-j",
      `${jobs}`,
    );
    assertEquals(values.c.map((batch: number[]) => batch.length), [1000, 1000, 1000, 1000, 1000]);
    assertEquals(values.d, Array.from({ length: 5000 }, (_, i) => 2 * i + 2));
  });
}

Deno.test("{ from: task } of a command gives what it wrote to stdout, and prints that as well", async () => {
  const script = 'echo "got $1"; echo "complains of $1" >&2';
  const tasks = {
    echo: { shell: script, inputs: [1, 2, 3], jobs: 1 },
    same: same({ from: "echo" }),
  };
  const { stdout, stderr } = await ranAll(tasks);
  assertEquals(stdout, "got 1\ngot 2\ngot 3\n".repeat(2));
  assertEquals(stderr, [1, 2, 3].map((n) => `complains of ${n}\n`).join(""));
  for (const format of ["json", "ndjson"]) {
    assertStringIncludes((await ranAll(tasks, "--format", format)).stdout, '"got 3"');
  }
});

Deno.test("{ from: task } of a command gives the output of the attempt that counts, however much that is", async () => {
  const script = 'echo "attempt $FANFOLD_ATTEMPT"; head -c 9000000 /dev/zero | tr "\\0" a; ' +
    "[ $FANFOLD_ATTEMPT = 2 ]";
  const { ends } = await valuesOf({
    long: { shell: script, inputs: [1, 2, 3], retries: 1 },
    ends: { run: "./work.ts#ends", inputs: { from: "long" } },
  });
  assertEquals(ends, [1, 2, 3].map(() => ["attempt 2", 9_000_010]));
});

Deno.test("{ from: task } of a task with a fold gives what was folded, one by one", async () => {
  const { sum, same: values } = await valuesOf({
    sum: { run: "./work.ts#same", inputs: [1, 2, 3], fold: "./work.ts#add" },
    same: same({ from: "sum" }),
    text: { command: ["echo", "{}"], inputs: ["a", "b"], fold: "./work.ts#add" },
    texts: same({ from: "text" }),
  });
  assertEquals([sum, values], [6, [1, 2, 3]]);
});

Deno.test("{ from: task } gives values that JSON has not", async () => {
  const { sizes } = await valuesOf({
    maps: { run: "./work.ts#mapped", inputs: [1, 2] },
    sizes: { run: "./work.ts#sizeOf", inputs: { from: "maps" } },
  });
  assertEquals(sizes, [1, 1]);
});

Deno.test("{ from: task } can be part of other inputs, and be read again", async () => {
  const { all } = await valuesOf({
    square,
    all: same({ product: { a: [0, 1], b: { from: "square", skip: 2 } } }),
  });
  assertEquals(all, [{ a: 0, b: 16 }, { a: 0, b: 25 }, { a: 1, b: 16 }, { a: 1, b: 25 }]);
});

Deno.test("a task that has its inputs from one that is skipped is skipped", async () => {
  const { code, stderr } = await ranAll(
    {
      square,
      between: { ...same([1]), needs: "square" },
      same: same({ from: "between" }),
    },
    "--format",
    "none",
  );
  assertEquals(code, 1);
  assertStringIncludes(stderr, 'task "same" skipped: it needs "between"');
});

Deno.test("a task that also needs the one it has its inputs from is skipped if that is not well", async () => {
  const { same: values } = await valuesOf({
    square,
    same: { ...same({ from: "square" }), needs: ["square"] },
  });
  assertEquals(values, null);
});

Deno.test("a run that is killed and resumed takes over the jobs of both tasks, functions and commands", async () => {
  const noted = { run: "./work.ts#noted", jobs: 1, chunk: 1 };
  using folder = folderWith({
    a: { ...noted, inputs: [1, 2, 3] },
    b: { shell: 'echo "b $1" >> ran; echo "by b: $1"', inputs: { from: "a" }, jobs: 1 },
    c: { ...noted, inputs: { from: "b" } },
  });
  folder.write("hold-a", "");
  const isAtC = until("c", () => ran(folder).length === 7 && journalled(folder).length === 6);
  await interrupted(folder, isAtC, "SIGKILL");
  folder.write("ran", "");
  folder.write("hold-c", "");
  const { code, stdout } = await fanfold(["run", "--resume"], { cwd: folder.path });
  const ofB = [1, 2, 3].map((n) => `by b: ${n}\n`).join("");
  assertEquals([code, stdout], [0, `1\n2\n3\n${ofB}${ofB}`]);
  assertEquals(ran(folder), [1, 2, 3].map((n) => `c "by b: ${n}"`));
});

Deno.test("fanfold why knows the inputs that are values of another task", async () => {
  using folder = folderWith({
    square,
    echo: { command: ["echo", "got {}"], inputs: { from: "square" } },
    same: same({ from: "echo" }),
  });
  await fanfold(["run"], { cwd: folder.path });
  const why = (...args: string[]) => fanfold(["why", "last", ...args], { cwd: folder.path });
  assertEquals(
    (await why("same", "3")).stdout,
    'task "same", job 3, input "got 16" is kept: it is done\n',
  );
});

Deno.test("{ from: task }, and a fold, of a command whose stdout is not UTF-8 end the run with its job", async () => {
  using folder = new Folder({ "work.ts": WORK });
  const bytes = { command: ["printf", "a\\n%b", "{}"], inputs: ["é", "\\377"], jobs: 1 };
  const last = { bytes, same: same({ from: "bytes" }) };
  const folded = { bytes: { ...bytes, fold: "./work.ts#add" } };
  for (const tasks of [last, folded]) {
    folder.write("fanfold.json", JSON.stringify({ tasks }));
    const { code, stderr } = await fanfold(["run", "--no-journal"], { cwd: folder.path });
    const fault = 'Cannot read the value of task "bytes", job 2: its stdout is not UTF-8\n';
    assertEquals(code, 2);
    assertStringIncludes(stderr, fault);
  }
});
