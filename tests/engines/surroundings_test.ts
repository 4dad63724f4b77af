import { assertEquals } from "@std/assert";
import { startHere } from "../../lib/engines/start_place.ts";
import { Trial } from "../support/engine_harness.ts";
import { textOf } from "../support/engine_harness.ts";
import { FUNCTION_KINDS, type FunctionKind, openCommands } from "../support/works.ts";

const [workers, processes] = FUNCTION_KINDS as [FunctionKind, FunctionKind];

async function done(kind: FunctionKind, name: string, inputs: readonly unknown[]) {
  const run = { module: import.meta.resolve("../support/surroundings.ts"), path: [name] };
  await using trial = new Trial(kind.openFunction("", { run }), inputs);
  await trial.over;
  return trial.values;
}

Deno.test("workers refuse to change folder and umask, and say what may", async () => {
  const [cwd, umask] = [Deno.cwd(), Deno.umask()];
  const why =
    "Workers share it with the whole program. In a process, `isolation: process`, it can be";
  const [folder, mask] = ["folder", "umask"].map((what) =>
    `Cannot change the ${what} here: ${why}`
  );
  assertEquals(await done(workers, "moves", [1]), [[folder, folder, mask, mask, cwd, umask]]);
  assertEquals([Deno.cwd(), Deno.umask()], [cwd, umask]);
});

Deno.test("processes change folder and umask as they like, and nobody else's", async () => {
  const [cwd, umask] = [Deno.cwd(), Deno.umask()];
  const [moved] = await done(processes, "moves", [1]) as unknown[][];
  assertEquals(moved?.slice(-2), ["/", 0o77]);
  assertEquals([Deno.cwd(), Deno.umask()], [cwd, umask]);
});

for (const kind of FUNCTION_KINDS) {
  Deno.test(`${kind.name} have an environment of their own, which what they start has too`, async () => {
    const names = ["FF_DENO", "FF_PROCESS", "FF_NAMED", "FF_GONE"];
    const all = ["a", "b", "c", null];
    const there = [[true, true], [true, true], [true, true], [false, false]];
    const [first] = await done(kind, "setsVariables", [1]);
    assertEquals(first, [all, all, there, "a b c", "a b c", "x b c"]);
    assertEquals(names.map((name) => Deno.env.get(name)), Array(4).fill(undefined));
    assertEquals(await done(kind, "variables", [1, 2]), Array(2).fill([null, null, "run-1"]));
  });

  Deno.test(`${kind.name} take out variables that were there, for themselves alone`, async () => {
    Deno.env.set("FF_THERE", "still");
    try {
      assertEquals(await done(kind, "takesOut", ["FF_THERE"]), [""]);
      assertEquals(Deno.env.get("FF_THERE"), "still");
    } finally {
      Deno.env.delete("FF_THERE");
    }
  });
}

Deno.test("Commands run in the folder and the environment of the start, whatever becomes of them", async () => {
  const [cwd, start] = [Deno.cwd(), startHere()];
  await using trial = new Trial(
    openCommands(
      (input) => ({ argv: ["sh", "-c", `pwd; echo ${input} "$FF_LATER" "$FF_OWN"`] }),
      { env: { FF_OWN: "own" }, start },
    ),
    (function* () {
      yield 1;
      Deno.chdir("/");
      Deno.env.set("FF_LATER", "later");
      yield 2;
    })(),
  );
  try {
    await trial.over;
  } finally {
    Deno.chdir(cwd);
    Deno.env.delete("FF_LATER");
  }
  const texts = await Promise.all(trial.endings.map(({ output }) => textOf(output!, "stdout")));
  assertEquals(texts, [`${cwd}\n1  own\n`, `${cwd}\n2  own\n`]);
});
