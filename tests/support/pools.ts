/**
 * Pools of the functions that tests call.
 *
 * @module
 */

import type { Isolation } from "../../lib/job.ts";
import { Pool } from "../../lib/pool/pool.ts";
import type { PoolOptions } from "../../lib/pool/pool_options.ts";

/** A pool whose calls the types know. */
export type TestPool = Pool<typeof import("./pool_functions.ts")>;

/** A pool of two slots unless it is told otherwise. */
export function openPool(options: PoolOptions = {}): TestPool {
  return new Pool(new URL("./pool_functions.ts", import.meta.url), { jobs: 2, ...options });
}

const KINDS = { worker: "Workers", process: "processes" } as const;

/** A test of a claim about each kind of pool. */
export function testPools(
  claim: string,
  fn: (open: (options?: PoolOptions) => TestPool, isolation: Isolation) => Promise<void>,
): void {
  for (const isolation of ["worker", "process"] as const) {
    Deno.test(`Pool of ${KINDS[isolation]}: ${claim}`, () =>
      fn((options) => openPool({ isolation, ...options }), isolation));
  }
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("It did not reject with an error");
}
