import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { Fault } from "../../lib/fault.ts";
import { nameOf } from "../../lib/function_ref.ts";
import type { Source } from "../../lib/job.ts";
import { told } from "./generators.ts";
import { inputsOf, iterate } from "./watched.ts";

const MODULE = new URL("./generators.ts", import.meta.url).href;

/** The source of an export of the module of generators. */
function exported(...path: string[]): Source {
  return { kind: "module", run: { module: MODULE, path } };
}

async function faultOf(source: Source): Promise<Fault> {
  const fault = await assertRejects(() => inputsOf(source), Fault);
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
  assertEquals(fault.message, `Cannot read inputs of ${MODULE}#failing: RangeError: no rows`);
  assertInstanceOf(fault.cause, RangeError);
  assertEquals(
    (await faultOf(exported("rejecting"))).message,
    `Cannot read inputs of ${MODULE}#rejecting: undefined`,
  );
  assertEquals(
    (await faultOf(exported("number"))).message,
    `Cannot read inputs of ${MODULE}#number: TypeError: found 7, expected an iterable`,
  );
});

Deno.test("moduleOf() makes a fault of a module that cannot be loaded or has no such function", async () => {
  const run = { module: new URL("./no_such_module.ts", import.meta.url).href, path: ["rows"] };
  const { message } = await faultOf({ kind: "module", run });
  assertEquals(
    message.startsWith(`Cannot read inputs of ${nameOf(run)}: TypeError: Module not found`),
    true,
    message,
  );
  assertEquals(
    (await faultOf(exported("absent"))).message,
    `Cannot read inputs of ${MODULE}#absent: TypeError: ${MODULE}#absent is missing, wanted a function`,
  );
});
