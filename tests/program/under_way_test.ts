import { assertEquals, assertMatch } from "@std/assert";
import { steady } from "../support/kept_text.ts";
import { Steps } from "../support/steps.ts";

/** Tasks of which the first fails at `b`, and waits at `c`. */
function folderWith(more: Record<string, unknown> = {}, files: Record<string, string> = {}): Steps {
  const a = { command: ["./step", "{}"], inputs: [..."abcd"], jobs: 1, ...more };
  const tasks = { a, other: { command: ["./step", "z"], needs: ["a"] } };
  return new Steps({ "fanfold.json": JSON.stringify({ tasks }), "bad-b": "", ...files });
}

/** The first lines that `show` tells of the last run, and the line of it that `runs` has. */
async function told(folder: Steps, ...args: readonly string[]): Promise<readonly string[]> {
  const [show, runs] = await Promise.all(["show last", "runs"].map(async (line) => {
    const { stdout } = await folder.run([...line.split(" "), ...args]);
    return steady(stdout, folder.path).split("\n");
  }));
  const table = show!.slice(show!.findIndex((line) => /^task +jobs/.test(line))).slice(1, 4);
  const rows = table.filter((line) => /^(?:a|other) /.test(line));
  return [...show!.slice(0, 3), ...rows.map((row) => row.replaceAll(/ {2,}/g, "  ")), runs![0]!];
}

/** The lines that fanfold itself has told on stderr. */
function said(folder: Steps, stderr: string): readonly string[] {
  return steady(stderr, folder.path).split("\n").filter((line) => line.startsWith("fanfold: "));
}

Deno.test("fanfold show and runs say how far a run is, since when, and which process runs it", async () => {
  using folder = folderWith();
  await folder.interrupted(["run"], "c", "SIGINT", async () => {
    assertEquals(await told(folder), [
      "RUN: under way for TIME, 2 of 5 jobs so far: 1 done, 1 failed",
      "  fanfold run",
      "  in ., started WHEN, process PID",
      "a  2 of 4 TIME TIME  1 done, 1 failed",
      "other  0 of 1 TIME  0 done",
      "RUN  WHEN  under way  1 done, 1 not, of 5 ROOM  fanfold.json: a, other",
    ]);
    const [record] = JSON.parse((await folder.run(["runs", "--format", "json"])).stdout);
    const shown = JSON.parse((await folder.run(["show", "last", "--format", "json"])).stdout);
    for (const { state, since, startedAt, inputs, pid } of [record, shown]) {
      assertEquals([state, since, inputs], ["under way", startedAt, 5]);
      if (Deno.build.os !== "linux") continue;
      const line = Deno.readTextFileSync(`/proc/${pid}/cmdline`);
      assertMatch(line, /main\.ts\0run\0$/);
    }
  });
  assertEquals((await told(folder)).slice(0, 1), [
    "RUN: interrupted after 2 jobs: 1 done, 1 failed",
  ]);
});

Deno.test("fanfold show says of a run how many inputs there are as soon as that is known", async () => {
  using folder = folderWith({ inputs: { lines: "list" } }, { list: "a\nb\nc\n" });
  folder.write("shut-z", "");
  Deno.removeSync(folder.at("bad-b"));
  await folder.interrupted(["run"], "c", "SIGKILL", async () => {
    const [first, , , ...table] = await told(folder);
    assertEquals(first, "RUN: under way for TIME, 2 jobs so far: 2 done");
    assertEquals(table[0]?.slice(0, 12), "a  2 TIME TI");
  });
  await folder.interrupted(["run", "--resume"], "z", "SIGKILL", async () => {
    const [first, , where] = await told(folder);
    assertEquals(first, "RUN: under way for TIME, 3 of 4 jobs so far: 3 done");
    assertEquals(where, "  in ., started WHEN, gone on with WHEN, process PID");
  });
});

Deno.test("fanfold says what it takes over of a run that it goes on with, and what it does again", async () => {
  using folder = folderWith();
  await folder.interrupted(["run"], "c");
  const resumed = await folder.interrupted(["run", "--resume"], "c");
  assertEquals(
    said(folder, resumed)[0],
    "fanfold: goes on with run RUN: 2 of 5 jobs had ended, 1 of them not well",
  );
  const failed = await folder.interrupted(["run", "--resume-failed"], "c", "SIGINT", async () => {
    const [first] = await told(folder);
    assertEquals(
      first,
      "RUN: under way for TIME, 2 of 5 jobs so far: 1 done, 1 failed; what did not end well is done again",
    );
  });
  assertEquals(
    said(folder, failed)[0],
    "fanfold: goes on with run RUN: 2 of 5 jobs had ended, 1 of them not well, which is done again",
  );
  folder.write(
    "fanfold.json",
    Deno.readTextFileSync(folder.at("fanfold.json")).replace("{}", "{.}"),
  );
  const changed = await folder.run(["run", "--resume"]);
  assertEquals(
    said(folder, changed.stderr)[0],
    'fanfold: goes on with run RUN: 0 of 5 jobs had ended; task "a" does something else now, and is done anew',
  );
});

Deno.test("fanfold each says how many jobs had ended though it does not know of how many", async () => {
  using folder = new Steps({ "bad-a": "" });
  const line = ["each", "-j1", "--resume", "--halt", "now", "./step"];
  await folder.run(line, { stdin: "a\nb\n" });
  const { stderr } = await folder.run(line, { stdin: "a\nb\n" });
  assertEquals(said(folder, stderr)[0], "fanfold: goes on with run RUN: 1 job had ended, not well");
});

Deno.test("fanfold refuses to go on with a run that is named and under way, and says how far it is", async () => {
  using folder = folderWith();
  await folder.interrupted(["run", "--state-dir", "kept"], "c", "SIGINT", async () => {
    const { code, stdout, stderr } = await folder.run([
      "run",
      "--resume=last",
      "--state-dir",
      "kept",
    ]);
    assertEquals([code, stdout, steady(stderr, folder.path)], [
      3,
      "",
      `fanfold: Cannot go on with run "RUN": found it under way for TIME, 2 of 5 jobs so far: 1 done, 1 failed
  hint: process PID is at it; fanfold show RUN --state-dir kept tells how far it is
`,
    ]);
  });
});
