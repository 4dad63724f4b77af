/**
 * Python's pools.
 *
 * @module
 */

import { has } from "./measure.ts";
import { writtenPeer } from "./npm.ts";
import { type Peers, SLOTS } from "./started.ts";

const TEXT = `
import json, sys, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
def double(n):
    return n * 2
def values(way, context, slots, count):
    if way == "executor":
        with ProcessPoolExecutor(slots, mp_context=context) as pool:
            yield from pool.map(double, range(count), chunksize=1000)
    else:
        with context.Pool(slots) as pool:
            if way == "map":
                yield from pool.map(double, range(count))
            else:
                yield from pool.imap(double, range(count), 1000)
def right_of(values):
    right = 0
    for value in values:
        if value == right * 2:
            right += 1
    return right
if __name__ == "__main__":
    way, start_by, slots, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    start = time.perf_counter()
    right = right_of(values(way, get_context(start_by), slots, count))
    print(json.dumps({"right": right, "ms": (time.perf_counter() - start) * 1000}))
`;

const NAMES = { map: "Pool.map", imap: "Pool.imap", executor: "ProcessPoolExecutor" };

/** What Python has: `imap` and the executor work in chunks of 1000; processes start by `fork` or `spawn`. */
export async function python(
  way: keyof typeof NAMES,
  startBy: "fork" | "spawn",
  count: number,
): Promise<Peers> {
  if (!await has("python3")) return { found: [], missing: ["python3: apt-get install python3"] };
  // A pool that spawns imports the program again, so that it has to be a file.
  const file = await writtenPeer("pool.py", TEXT);
  const argv = ["python3", file, way, startBy, String(SLOTS), String(count)];
  return { found: [{ name: `Python ${NAMES[way]}, ${startBy}`, argv }], missing: [] };
}
