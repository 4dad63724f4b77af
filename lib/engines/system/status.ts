/**
 * How subprocesses of `Deno.Command` end.
 *
 * @module
 */

import { messageOf } from "../../fault.ts";

/** How a subprocess has ended: by itself with a code, or by a signal. */
export interface Status {
  readonly code: number;
  /** Its name, or its number where it has none, as real-time signals do. */
  readonly signal: string | null;
}

/** How a subprocess ends; Deno fails where the signal is one that it has no name for. */
export async function statusOf(child: Deno.ChildProcess): Promise<Status> {
  try {
    return await child.status;
  } catch (thrown) {
    const [, number] = /^Invalid signal: (\d+)$/.exec(messageOf(thrown)) ?? [];
    if (number === undefined) throw thrown;
    return { code: 128 + Number(number), signal: number };
  }
}
