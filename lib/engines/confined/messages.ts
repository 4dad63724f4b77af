/**
 * What the two sides of a confined thread tell each other.
 *
 * @module
 */

import type { StartOptions } from "../commands/starter.ts";
import type { StreamName } from "../spools/spool.ts";
import type { ProcessEnd } from "../system/proc.ts";
import type { Domain } from "./landlock.ts";

/** How many bytes of a stream may be under way that their reader has not taken. */
export const WINDOW_BYTES: number = 256 * 1024;

/** What the thread is told; the first message confines it. */
export type ToThread =
  | { readonly kind: "confine"; readonly domain: Domain }
  | {
    readonly kind: "start";
    readonly id: number;
    readonly program: string;
    readonly options: StartOptions;
  }
  /** So many bytes more have been taken. */
  | {
    readonly kind: "taken";
    readonly id: number;
    readonly stream: StreamName;
    readonly bytes: number;
  }
  | { readonly kind: "cancel"; readonly id: number; readonly stream: StreamName };

/** What it tells. */
export type FromThread =
  /** It is not confined, and starts nothing. */
  | { readonly kind: "unconfined"; readonly why: string }
  | { readonly kind: "started"; readonly id: number; readonly pid: number }
  | {
    readonly kind: "not-started";
    readonly id: number;
    readonly name: string;
    readonly message: string;
  }
  | {
    readonly kind: "wrote";
    readonly id: number;
    readonly stream: StreamName;
    readonly bytes: Uint8Array;
  }
  /** A command has ended, and these of its streams. */
  | {
    readonly kind: "ended";
    readonly id: number;
    readonly end: ProcessEnd;
    readonly over: readonly StreamName[];
  }
  /** A stream has ended, later than its command. */
  | { readonly kind: "over"; readonly id: number; readonly stream: StreamName };
