import { assert, assertEquals } from "@std/assert";
import type { Feed, Listener } from "../../../lib/engines/engine.ts";
import type { Jobs } from "../../../lib/engines/consecutive_jobs.ts";
import { SlotLimit } from "../../../lib/run/task_feed.ts";
import { bytesOf, textOf, Trial } from "../../support/engine_harness.ts";
import { isAlive } from "../../support/is_alive.ts";
import { SharedFolder, until } from "../../support/shared_folder.ts";
import { openCommands } from "../../support/works.ts";

/** Runs `sh` with a script for each input, which is `$1`. */
function scripts(script: string) {
  return openCommands((input) => ({ argv: ["sh", "-c", script, "sh", String(input)] }));
}

/** Holds if jobs end as their messages say, those of `undefined` being done. */
async function assertMessages(trial: Trial, messages: readonly (string | undefined)[]) {
  await trial.over;
  assertEquals(
    trial.endings.map((ending) => ending.kind === "done" ? undefined : ending.error.message),
    messages,
  );
}

Deno.test("Commands fails a job by its exit code, and names it", async () => {
  await using trial = new Trial(scripts(`exit "$1"`), [0, 7, 255]);
  await trial.over;
  assertEquals(trial.endings.map(({ kind }) => kind), ["done", "failed", "failed"]);
  const [, seven] = trial.endings;
  assert(seven?.kind === "failed");
  assertEquals(seven.error.message, "the command ended with exit code 7");
  assertEquals([seven.error.name, seven.error.fields], ["Exit", { code: 7 }]);
});

Deno.test("Commands is not over while it tells how a job has ended, which may be tried again", async () => {
  const lineOf = () => ({ argv: ["sh", "-c", "exit 1"] });
  await using engine = openCommands(lineOf, { slots: 2 });
  const limit = new SlotLimit(1);
  const jobs: Jobs[] = [{ first: 0, inputs: ["a"], attempt: 1 }];
  const attempts: number[] = [];
  let isLookedAt = false;
  const feed: Feed = {
    onChange: () => {},
    get isDry() {
      return isLookedAt && jobs.length === 0;
    },
    take() {
      isLookedAt ||= jobs.length === 0;
      return jobs.shift();
    },
    // With no slot left it is asked again at once when there is one.
    enter: () => limit.enter(0, () => feed.onChange()),
    leave: () => limit.leave(),
  };
  const listener: Listener = {
    started: () => {},
    printed: () => {},
    awaited: () => {},
    strayed: () => {},
    ended(ended) {
      attempts.push(ended.attempt);
      if (ended.attempt === 1) jobs.push({ ...ended, attempt: 2 });
    },
  };
  await engine.perform(feed, listener);
  assertEquals(attempts, [1, 2]);
});

Deno.test("Commands names the signal that a command died of", async () => {
  await using trial = new Trial(scripts(`kill -"$1" $$`), ["KILL", "TERM"]);
  await trial.over;
  for (const [i, signal] of ["SIGKILL", "SIGTERM"].entries()) {
    const ending = trial.endings[i];
    assert(ending?.kind === "died");
    assertEquals(ending.error.message, `the command was killed by ${signal}`);
    assertEquals([ending.error.name, ending.error.fields], ["Signal", { signal }]);
  }
});

Deno.test("Commands says why a command could not start", async () => {
  using folder = new SharedFolder();
  const file = `${folder.path}/file`;
  const script = `${folder.path}/script`;
  Deno.writeTextFileSync(file, "no program");
  Deno.writeTextFileSync(script, "#!/no/such/interpreter\n", { mode: 0o755 });
  const programs = ["no-such-program-here", "/no/such/program", file, script, "", "a\0b"];
  await using trial = new Trial(openCommands((input) => ({ argv: [String(input)] })), programs);
  await assertMessages(trial, [
    `Cannot start "no-such-program-here": there is no such program on the PATH`,
    `Cannot start "/no/such/program": there is no file "/no/such/program"`,
    `Cannot start "${file}": the file may not be executed, which chmod +x allows`,
    `Cannot start "${script}": the interpreter "/no/such/interpreter" that its first line names is not there`,
    `Cannot start "": the name of the program is empty`,
    `Cannot start "a\\u0000b": its name contains a NUL`,
  ]);
  assertEquals(trial.busy.now, 0);
  const cwd = `${folder.path}/nowhere`;
  await using other = new Trial(openCommands(() => ({ argv: ["true"] }), { cwd }), [1]);
  await assertMessages(other, [`Cannot start "true": there is no folder "${cwd}" to run it in`]);
});

Deno.test("Commands hands an input over as it is, whatever is in it", async () => {
  const texts = [
    "$(touch x); `touch x` \"'",
    "two\nlines\r\n",
    "-rf",
    "--",
    "{} {.} %s \\n",
    "* ? [a] ~",
    "",
    "🦊 é \u202e",
  ];
  using folder = new SharedFolder();
  const lineOf = (input: unknown) => ({
    argv: ["sh", "-c", `printf %s "$1"`, "sh", String(input)],
  });
  await using trial = new Trial(openCommands(lineOf, { cwd: folder.path }), texts);
  await trial.over;
  assertEquals(await Promise.all(trial.endings.map(({ output }) => textOf(output))), texts);
  assertEquals([...Deno.readDirSync(folder.path)], []);
});

Deno.test("Commands fails the job whose texts have no bytes, and hands no other text over", async () => {
  const lineOf = (input: unknown) =>
    input === "env"
      ? { argv: ["true"], env: { INPUT: "a\udc00" } }
      : { argv: ["sh", "-c", '[ "$1" = 🦊 ]', "sh", String(input)] };
  await using trial = new Trial(openCommands(lineOf), ["🦊", "\ud83e", "env"]);
  const half = "contains half a character, a surrogate without its pair";
  await assertMessages(trial, [
    undefined,
    `Cannot start "sh": an argument ${half}`,
    `Cannot start "true": its environment ${half}`,
  ]);
});

Deno.test("Commands fails only the job whose argument no command can be given", async () => {
  const inputs = ["a", "b\0c", "d", "e".repeat(4 * 2 ** 20), "f"];
  await using trial = new Trial(
    openCommands((input) => ({ argv: ["true", String(input)] })),
    inputs,
  );
  await assertMessages(trial, [
    undefined,
    `Cannot start "true": an argument contains a NUL`,
    undefined,
    Deno.build.os === "linux"
      ? `Cannot start "true": an argument has ${4 * 2 ** 20} bytes, of which Linux takes 131071`
      : `Cannot start "true": its 1 arguments, ${4 * 2 ** 20} bytes, and the environment are too ` +
        "long together",
    undefined,
  ]);
});

Deno.test("Commands fails the job of which no command can be made", async () => {
  const engine = openCommands((input) => {
    if (input === 1) throw new TypeError("no such field");
    return { argv: ["true"] };
  });
  await using trial = new Trial(engine, Array(3).keys());
  await assertMessages(trial, [undefined, "no such field", undefined]);
});

Deno.test("Commands ends a job that leaves a process behind, and that process", async () => {
  await using trial = new Trial(scripts(`echo "$1"; sleep 1000 & echo $!`), [1, 2]);
  await trial.over;
  for (const [i, { kind, output }] of trial.endings.entries()) {
    const [number, pid] = (await textOf(output)).split("\n").map(Number);
    assertEquals([kind, number], ["done", i + 1]);
    await until(`the end of ${pid}`, () => !isAlive(pid as number));
  }
});

Deno.test("Commands loses nothing of a command that has ended before it is read", async () => {
  using folder = new SharedFolder();
  const lineOf = () => ({ argv: ["sh", "-c", "echo $$ >> notes; head -c 60000 /dev/zero"] });
  await using trial = new Trial(openCommands(lineOf, { cwd: folder.path }), [1]);
  // Nothing is read meanwhile, for this does not wait.
  while (folder.notes.length === 0 || isAlive(Number(folder.notes[0])));
  const { output } = await trial.ending(0);
  assertEquals((await bytesOf(output)).length, 60_000);
  await trial.over;
});

Deno.test("Commands loses nothing of what a command wrote last", async () => {
  const script = `head -c 2000000 /dev/zero; head -c 1000000 /dev/zero >&2`;
  await using trial = new Trial(scripts(script), Array(5).keys());
  const lengths = await Promise.all(Array.from({ length: 5 }, async (_, index) => {
    const { output } = await trial.ending(index);
    const [stdout, stderr] = [bytesOf(output), bytesOf(output, "stderr")];
    return [(await stdout).length, (await stderr).length];
  }));
  assertEquals(lengths, Array(5).fill([2_000_000, 1_000_000]));
  await trial.over;
});

Deno.test("Commands keeps apart what commands wrote, however much each of them did", async () => {
  const lengths = [1, 5, 32_767, 32_768, 32_769, 65_535, 65_536, 65_537, 200_000];
  const inputs = lengths.map((length, i) => `${String.fromCharCode(97 + i)} ${length}`);
  const script = `set -- $1; head -c $2 /dev/zero | tr "\\0" $1; printf $1 >&2`;
  await using trial = new Trial(scripts(script), inputs);
  await trial.over;
  for (const [i, { output }] of trial.endings.entries()) {
    const letter = String.fromCharCode(97 + i);
    assertEquals(await textOf(output), letter.repeat(lengths[i] as number));
    assertEquals(new TextDecoder().decode(await bytesOf(output, "stderr")), letter);
  }
});

Deno.test("Commands gives a command no stdin, and tells it its place", async () => {
  const script = `cat; echo "$FANFOLD_TASK $FANFOLD_INDEX $FANFOLD_SLOT $MORE"`;
  const lineOf = () => ({ argv: ["sh", "-c", script], env: { MORE: "more" } });
  await using trial = new Trial(openCommands(lineOf, { env: { MORE: "less" } }), [1, 2]);
  await trial.over;
  const texts = await Promise.all(trial.endings.map(({ output }) => textOf(output)));
  assertEquals(texts, ["trial 0 1 more\n", "trial 1 1 more\n"]);
});

Deno.test("Commands asks all that a command has started to end", async () => {
  using folder = new SharedFolder();
  const child =
    `trap "echo child >> notes; exit" TERM; echo up >> notes; while :; do sleep 0.01; done`;
  const lineOf = () => ({ argv: ["sh", "-c", `(${child}) & trap "" TERM; wait $!`] });
  const trial = new Trial(openCommands(lineOf, { cwd: folder.path }), [1]);
  await folder.noted("up");
  await trial[Symbol.asyncDispose]();
  assertEquals(folder.notes, ["up", "child"]);
});

Deno.test("Commands kills what does not end when it is asked to", async () => {
  using folder = new SharedFolder();
  const script = `trap "echo asked >> notes" TERM; echo $$ >> notes; while :; do sleep 0.01; done`;
  const lineOf = () => ({ argv: ["sh", "-c", script] });
  const trial = new Trial(openCommands(lineOf, { cwd: folder.path, graceMs: 200 }), [1]);
  await until("the command", () => folder.notes.length === 1);
  await trial[Symbol.asyncDispose]();
  const [pid, ...asked] = folder.notes;
  assert(!isAlive(Number(pid)), `process ${pid} is alive`);
  assertEquals([asked, trial.told], [["asked"], []]);
});
