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
  }
  | {
    /** The fold is loaded, or joins a value. */
    readonly kind: "fold";
    /** Index of the job whose value it is; nothing while it is loaded. */
    readonly index?: number;
  }
  /** What the user's code gives as inputs has not come to the next one. */
  | { readonly kind: "input" };
