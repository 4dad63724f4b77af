/**
 * A function that prints what it is told.
 *
 * @module
 */

/** What the function is given. */
export interface PrintInput {
  readonly what: "withoutEnd" | "longLine" | "allBytes";
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
    case "allBytes":
      Deno.stdout.writeSync(Uint8Array.from({ length: 256 }, (_, i) => i));
  }
}
