/**
 * A function that prints what it is told.
 *
 * @module
 */

/** What the function is given. */
export interface PrintInput {
  readonly what: "withoutEnd" | "longLine" | "allBytes" | "patched" | "views";
}

/** How many lines are printed where globals are changed: more than go at once. */
export const PATCHED_LINES = 500;

/** Has nobody step over a list, join one, encode text, or know or copy bytes by their methods any more. */
function patch(): void {
  const fail = () => {
    throw new Error("not to be used");
  };
  const TypedArray = Object.getPrototypeOf(Uint8Array.prototype);
  Object.defineProperty(TypedArray, "length", { get: () => 1 });
  Object.assign(TypedArray, { set: fail });
  Object.assign(TextEncoder.prototype, { encode: fail });
  Object.assign(Array.prototype, { reduce: fail, [Symbol.iterator]: fail });
}

/** Bytes that say something else of themselves. */
class Bytes extends Uint8Array {
  override slice(): Uint8Array<ArrayBuffer> {
    return Object.create(null);
  }
}

/** Prints a number, or what is worse. */
export function prints(input: PrintInput | { readonly number: number }): void {
  if ("number" in input) return globalThis.console.log(input.number);
  switch (input.what) {
    case "withoutEnd": {
      const lines = Array(500).fill("y").join("\n");
      for (;;) globalThis.console.log(lines);
    }
    case "longLine":
      process.stdout.write("x".repeat(50 * 2 ** 20));
      break;
    case "patched":
      patch();
      for (let i = 0; i < PATCHED_LINES; i++) globalThis.console.log("line");
      break;
    case "views":
      Deno.stdout.writeSync(Bytes.of(0x61));
      Deno.stdout.writeSync(new Uint8Array(new SharedArrayBuffer(1)).fill(0x62));
      Deno.stdout.writeSync(new Uint8Array(new ArrayBuffer(1, { maxByteLength: 2 })).fill(0x63));
      break;
    case "allBytes":
      Deno.stdout.writeSync(Uint8Array.from({ length: 256 }, (_, i) => i));
  }
}
