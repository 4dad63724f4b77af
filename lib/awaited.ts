/**
 * What may be waited for without end.
 *
 * @module
 */

import type { FunctionRef } from "./source.ts";

/** What a task waits for, and need not come: code of the user that is no job. */
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
    /** The fold joins the value of a job. */
    readonly kind: "fold";
    readonly run: FunctionRef;
    /** Index of the job. */
    readonly index: number;
  }
  | {
    /** A function, or what it has returned, is to give the next input. */
    readonly kind: "input";
  };
