import { assertEquals } from "@std/assert";
import { Steps } from "../support/steps.ts";

/** Long ago, so that a change is sure to have another time. */
const LONG_AGO = new Date("2020-01-01");

const DAY_LATER = new Date("2020-01-02");

/** A run over files, behind which a task has failed: it is at its end, and can be gone on with by its id. */
async function done(
  source: object,
  more: Record<string, string> = {},
  word = "{1}",
): Promise<Steps> {
  const it = { command: ["./step", word], inputs: source, jobs: 1 };
  const folder = new Steps({
    "fanfold.json": JSON.stringify({ tasks: { it } }),
    ...{ "in/a": "first", "in/b": "second", "in/c": "third" },
    ...more,
  });
  for (const { name } of Deno.readDirSync(folder.at("in"))) {
    Deno.utimeSync(folder.at(`in/${name}`), LONG_AGO, LONG_AGO);
  }
  const { code, stderr } = await folder.run(["run"]);
  assertEquals([code, folder.ran()], [0, "in/a in/b in/c"], stderr);
  return folder;
}

/** What a resumed run does again. */
async function doneAgain(folder: Steps): Promise<string> {
  const { code, stdout } = await folder.run(["run", `--resume=${folder.runs[0]}`]);
  assertEquals([code, stdout], [0, 'out in/a, "q"\nout in/b, "q"\nout in/c, "q"\n']);
  return folder.ran();
}

async function why(folder: Steps, job: number): Promise<string> {
  return (await folder.run(["why", "last", "it", String(job)])).stdout;
}

Deno.test("fanfold run --resume does again the job of a file that was edited, and says why", async () => {
  using folder = await done({ files: "in/*" });
  assertEquals(await doneAgain(folder), "");
  folder.write("in/b", "second, edited");
  assertEquals(
    await why(folder, 2),
    `task "it", job 2, input "in/b" would be done again: its files are not what it saw
  "in/b" was changed
`,
  );
  assertEquals(await why(folder, 1), 'task "it", job 1, input "in/a" is kept: it is done\n');
  assertEquals(await doneAgain(folder), "in/b");
  assertEquals(await doneAgain(folder), "");
});

Deno.test("fanfold run --resume knows a file by what is in it where its time is another", async () => {
  using folder = await done({ files: "in/*" });
  Deno.utimeSync(folder.at("in/a"), DAY_LATER, DAY_LATER);
  folder.write("in/b", "SECOND");
  Deno.chmodSync(folder.at("in/c"), 0o600);
  assertEquals(await doneAgain(folder), "in/b");
});

Deno.test("fanfold run --resume sees an edit that left the size and the time of a file", async () => {
  using folder = await done({ files: "in/*" });
  folder.write("in/b", "SECOND");
  Deno.utimeSync(folder.at("in/b"), LONG_AGO, LONG_AGO);
  assertEquals(await doneAgain(folder), "in/b");
});

Deno.test("fanfold run --resume sees an edit that was made while the job ran", async () => {
  using folder = new Steps({
    "fanfold.json": JSON.stringify({
      tasks: {
        it: {
          shell: 'echo "$1" >> ran; cat "$1"; [ -e twice ] || echo more >> "$1"; touch twice',
          inputs: { files: "in/*" },
          jobs: 1,
        },
      },
    }),
    "in/a": "first\n",
  });
  assertEquals((await folder.run(["run"])).stdout, "first\n");
  const again = await folder.run(["run", `--resume=${folder.runs[0]}`]);
  assertEquals([again.stdout, folder.ran()], ["first\nmore\n", "in/a in/a"]);
});

for (
  const [what, source] of [
    ["a product", { product: { path: { files: "in/*" }, width: [1] } }],
    ["a zip", { zip: { path: { files: "in/*" }, width: [1, 2, 3] } }],
    ["a batch", { files: "in/*", batch: 1 }],
    ["what is skipped and taken", { files: ["in/*", "skipped"], take: 3 }],
  ] as const
) {
  Deno.test(`fanfold run --resume knows the files of ${what}`, async () => {
    using folder = await done(source, { skipped: "" }, /product|zip/.test(what) ? "{path}" : "{1}");
    assertEquals(await doneAgain(folder), "");
    folder.write("in/c", "third, edited");
    assertEquals(await doneAgain(folder), "in/c");
  });
}

Deno.test("fanfold run --resume takes lines that are paths for lines", async () => {
  using folder = await done({ lines: "list" }, { list: "in/a\nin/b\nin/c\n" });
  folder.write("in/b", "second, edited");
  assertEquals(await doneAgain(folder), "");
});
