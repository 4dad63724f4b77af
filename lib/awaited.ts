/**
 * What may be waited for without end.
 *
 * @module
 */

import type { FunctionRef } from "./source.ts";

/** What a task waits for, and need not come to an end: code of the user that is no job. */
export type Awaited =
  | {
    /** A slot imports the module of the function. */
    readonly kind: "import";
    readonly slot: number;
    /** Its URL. */
    readonly module: string;
  }
  | {
    /** A slot calls `init`. */
    readonly kind: "init";
    readonly slot: number;
    readonly run: FunctionRef;
  };
