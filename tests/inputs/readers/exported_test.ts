import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { Fault } from "../../../lib/fault.ts";
import type { Source } from "../../../lib/job.ts";
import { near } from "../../../lib/errors/reason.ts";
import { told } from "../generators.ts";
import { inputsOf, iterate } from "../watched.ts";

const MODULE = new URL("../generators.ts", import.meta.url).href;

/** The source of an export of the module of generators. */
function exported(...path: string[]): Source {
  return { kind: "module", run: { module: MODULE, path } };
}

async function faultOf(source: Source, task?: string): Promise<Fault> {
  const fault = await assertRejects(() => inputsOf(source, { task }), Fault);
  assertEquals(fault.kind, "input");
  return fault;
}

Deno.test("moduleOf() gives what an exported function yields or returns", async () => {
  assertEquals(await inputsOf(exported("rows")), [1, 2, 3]);
  assertEquals(await inputsOf(exported("pages")), ["a", "b"]);
  assertEquals(await inputsOf(exported("listed")), [4, 5]);
  assertEquals(await inputsOf(exported("promised")), ["a", "b"]);
  assertEquals(await inputsOf(exported("nested", "numbers")), [1, 2, 3]);
});

Deno.test("moduleOf() calls the function without arguments, anew in every iteration", async () => {
  assertEquals(await inputsOf(exported("parameters")), [0]);
  assertEquals(await inputsOf(exported("parameters")), [0]);
});

Deno.test("moduleOf() calls at the first next(), and reaches the generator's finally at return()", async () => {
  told.length = 0;
  const inputs = iterate(exported("watched"));
  assertEquals(told, []);
  assertEquals((await inputs.next()).value, 1);
  assertEquals(told, ["opened"]);
  await inputs.return?.();
  assertEquals(told, ["opened", "closed"]);
  assertEquals((await inputs.next()).done, true);
});

Deno.test("moduleOf() calls nothing when it is stopped before its first next()", async () => {
  told.length = 0;
  const inputs = iterate(exported("watched"));
  await inputs.return?.();
  assertEquals((await inputs.next()).done, true);
  assertEquals(told, []);
});

Deno.test("moduleOf() gives nothing when it is stopped while the module is loaded", async () => {
  told.length = 0;
  const inputs = iterate(exported("watched"));
  const waiting = inputs.next();
  await inputs.return?.();
  assertEquals([(await waiting).done, told], [true, []]);
});

Deno.test("moduleOf() answers overlapping calls of next() from one iteration", async () => {
  const inputs = iterate(exported("rows"));
  const results = await Promise.all([inputs.next(), inputs.next(), inputs.next(), inputs.next()]);
  assertEquals(results.map(({ value }) => value), [1, 2, 3, undefined]);
});

Deno.test("moduleOf() makes a fault that names the function of whatever it throws", async () => {
  const fault = await faultOf(exported("failing"));
  const said = `Cannot read inputs of ${near(MODULE)}#failing: RangeError: no rows`;
  assertEquals(fault.mistakes[0]?.message, said);
  assertEquals(fault.message, `${said}\n    at tests/inputs/generators.ts:41:9`);
  assertInstanceOf(fault.cause, RangeError);
  assertEquals(
    (await faultOf(exported("rejecting"))).message,
    `Cannot read inputs of ${near(MODULE)}#rejecting: undefined was thrown, which is no error`,
  );
  assertEquals(
    (await faultOf(exported("number"))).message,
    `Cannot read inputs of ${near(MODULE)}#number: TypeError: found 7, expected an iterable`,
  );
});

Deno.test("moduleOf() makes a fault of a module that cannot be loaded or has no such function", async () => {
  const run = { module: new URL("./no_such_module.ts", import.meta.url).href, path: ["rows"] };
  const { message } = await faultOf({ kind: "module", run });
  const module = near(run.module);
  assertEquals(
    message,
    `Cannot read inputs of ${module}#rows: importing ${module} failed: Module not found "${module}"`,
  );
  assertEquals(
    (await faultOf(exported("absent"))).message,
    `Cannot read inputs of ${
      near(MODULE)
    }#absent: TypeError: ${MODULE}#absent is missing, wanted a function`,
  );
});

Deno.test("moduleOf() names the task whose inputs they are, and the place of what is thrown", async () => {
  const [mistake] = (await faultOf(exported("failing"), "rows")).mistakes;
  const said = `Cannot read inputs of task "rows" from ${
    near(MODULE)
  }#failing: RangeError: no rows`;
  assertEquals(mistake?.message, said);
  const text = '  throw new RangeError("no rows");';
  assertEquals(mistake?.at, { file: "tests/inputs/generators.ts", line: 41, column: 9, text });
});
