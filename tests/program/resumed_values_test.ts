import { assertEquals } from "@std/assert";
import { Folder } from "../support/folder.ts";
import { journals, run } from "./resumed_run.ts";

/** Values of every kind that a function can give or throw, and what a fold sees of one. */
const VALUES = `
class Mine extends Error { code = 7; when = new Map([[1, new Set([2])]]) }
const shared = { x: 1 };
const values = {
  exception: () => new DOMException("said", "AbortError"),
  exceptions: () => ({ list: [new DOMException("a", "DataCloneError")], map: new Map([[1, new DOMException("b")]]) }),
  subclass: () => new QuotaExceededError("q"),
  error: () => new TypeError("t", { cause: new RangeError("r", { cause: new DOMException("c", "NotFoundError") }) }),
  aggregate: () => new AggregateError([new Error("1"), "two", new DOMException("3", "TimeoutError")], "agg"),
  mine: () => new Mine("m"),
  field: () => Object.assign(new Error("f"), { because: new DOMException("field", "SyntaxError") }),
  map: () => new Map([[{ a: 1 }, new Set([1])], [NaN, undefined]]),
  sparse: () => [1, , undefined],
  big: () => 2n ** 70n,
  zero: () => -0,
  dates: () => [new Date(5), new Date(NaN), /a/gi],
  view: () => new Uint8Array(new ArrayBuffer(16), 4, 2),
  views: () => { const all = new ArrayBuffer(8); return [new Uint8Array(all, 1, 2), new DataView(all, 2)]; },
  circle: () => { const circle: Record<string, unknown> = {}; circle.self = circle; return circle; },
  twice: () => [shared, shared],
  proto: () => JSON.parse('{"__proto__": 5}'),
  texts: () => ["\\ud800", "a\\0b"],
  blob: () => new Blob(["text"]),
};
export const names = () => Object.keys(values);
export const gives = (name: keyof typeof values) => values[name]();
export const throws = (name: keyof typeof values) => { throw values[name](); };
const shape = (value: unknown): unknown => !ArrayBuffer.isView(value)
  ? Array.isArray(value) ? value.map(shape) : undefined
  : [value.byteOffset, value.byteLength, value.buffer.byteLength];
export const seen = (all: unknown[], value: unknown) =>
  [...all, [Deno.inspect(value, { depth: 9 }), Object.prototype.toString.call(value), shape(value)]];
`;

for (const isolation of ["worker", "process"]) {
  Deno.test(`fanfold run --resume gives what functions gave and threw in a ${isolation} as it was`, async () => {
    const inputs = { module: "./values.ts#names" };
    const one = { inputs, isolation, jobs: 1 };
    const tasks = {
      folded: { run: "./values.ts#gives", ...one, fold: "./values.ts#seen", initial: [] },
      thrown: { run: "./values.ts#throws", ...one },
    };
    using folder = new Folder({
      "deno.json": "{}",
      "values.ts": isolation === "worker" ? VALUES : VALUES.replace(/^ {2}blob:.*\n/m, ""),
      "fanfold.json": JSON.stringify({ tasks }),
    });
    // Of times and slots those of what was done again are others.
    const steady = (text: string) =>
      text.replaceAll(/"(?:startedAt|durationMs|slot|pid)":[^,}]*,?/g, "");
    for (const [number, format] of ["json", "ndjson", "text"].entries()) {
      const undisturbed = await run(folder, "--format", format);
      const id = journals(folder)[number]?.replace(/^.*\/|\.db$/g, "");
      const resumed = await run(folder, "--format", format, `--resume=${id}`);
      assertEquals(steady(resumed.stdout), steady(undisturbed.stdout));
    }
  });
}
