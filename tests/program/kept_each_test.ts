import { assertEquals } from "@std/assert";
import { tree } from "../cli/logged_jobs.ts";
import { Steps } from "../support/steps.ts";

const INPUTS = [":::", "a", "b", "c", "d"];

/** What a run prints, and what is in its folder of results or its table. */
function all(folder: Steps, { code, stdout }: { code: number; stdout: string }) {
  const results = ["results", "results.csv", "results.tsv", "results.json"].flatMap((name) => {
    try {
      const path = folder.at(name);
      if (Deno.statSync(path).isDirectory) return Object.entries(tree(path)).sort().flat();
      return [timeless(Deno.readTextFileSync(path))];
    } catch {
      return [];
    }
  });
  return { code, stdout: timeless(stdout), results };
}

/** Times, ids and slots as zeros: they are those that a job had when it ran. */
function timeless(text: string): string {
  return text.replaceAll(/ *\d+\.\d{3}(?=[\t,])/g, "0")
    .replaceAll(/"(startedAt|durationMs|pid|slot)":[\d.]+/g, '"$1":0');
}

for (
  const options of [
    [],
    ["--tag"],
    ["--unordered"],
    ...["json", "ndjson", "none"].map((format) => ["--format", format]),
    ["--results", "results"],
    ["--results", "results", "--format", "text"],
    ...["csv", "tsv", "json"].map((kind) => ["--results", `results.${kind}`]),
    ...["csv", "json"].map((kind) => ["--results", `-.${kind}`]),
    ["--results", "results.csv", "-u"],
  ]
) {
  Deno.test(`fanfold each --resume ${options.join(" ")} gives all that an undisturbed run gives`, async () => {
    const line = ["each", "-j1", "--resume", ...options, "./step", ...INPUTS];
    using undisturbed = new Steps({ "bad-b": "" });
    const wanted = all(undisturbed, await undisturbed.run(line));
    using folder = new Steps({ "bad-b": "" });
    await folder.interrupted(line, "c", "SIGKILL");
    assertEquals(folder.ran(), "a b c");
    // A place for results that is not there any more is filled anew.
    for (const name of ["results", "results.csv"]) {
      await Deno.remove(folder.at(name), { recursive: true }).catch(() => {});
    }
    const found = all(folder, await folder.run(line));
    assertEquals(found, wanted);
    assertEquals(folder.ran(), "c d");
  });
}

Deno.test("fanfold each --joblog has a line for each job that a resumed run does, behind those of before", async () => {
  using folder = new Steps({ "bad-b": "" });
  const kept = ["--state-dir", "kept", "--joblog", "log"];
  const line = ["each", "-j1", "--resume", ...kept, "./step", ...INPUTS];
  await folder.interrupted(line, "c");
  await folder.run(line);
  const seqs = () =>
    Deno.readTextFileSync(folder.at("log")).split("\n").map((row) => row.split("\t")[0]).join(" ");
  assertEquals([seqs(), folder.ran()], ["Seq 1 2 3 4 ", "a b c c d"]);
  await folder.run(["each", "-j1", "--resume-failed", ...line.slice(3)]);
  assertEquals([seqs(), folder.ran()], ["Seq 1 2 3 4 2 ", "b"]);
});

Deno.test("fanfold each --results has the output of a kept job that was too long for a row, whole", async () => {
  using folder = new Steps();
  const script = 'head -c 3000000 /dev/zero | tr "\\0" "$0"; head -c 100000 /dev/zero >&2';
  const line = ["each", "--resume-failed", "--results", "results", "sh", "-c", script, ":::", "x"];
  await folder.run([...line, "1", "2"]);
  Deno.removeSync(folder.at("results"), { recursive: true });
  await folder.run([...line, "1", "2", "3"]);
  const found = tree(folder.at("results"));
  assertEquals(
    ["x", "1", "2", "3"].map((input) => found[`1/${input}/stdout`] === input.repeat(3_000_000)),
    [true, true, true, true],
  );
  assertEquals(found["1/x/stderr"]?.length, 100_000);
});
