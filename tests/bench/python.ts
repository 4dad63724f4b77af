/**
 * Python's pools.
 *
 * @module
 */

import { writtenPeer } from "./npm.ts";
import { peerProgram } from "./peer_programs.ts";
import { type Peers, SLOTS } from "./started.ts";

const TEXT = `
import json, sys, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
def double(n):
    return n * 2
def right_of(values):
    right = 0
    for value in values:
        if value == right * 2:
            right += 1
    return right
if __name__ == "__main__":
    way, start_by, slots, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    start = time.perf_counter()
    context = get_context(start_by)
    if way == "executor":
        with ProcessPoolExecutor(slots, mp_context=context) as pool:
            right = right_of(pool.map(double, range(count), chunksize=1000))
    else:
        with context.Pool(slots) as pool:
            if way == "map":
                right = right_of(pool.map(double, range(count)))
            else:
                right = right_of(pool.imap(double, range(count), 1000))
    print(json.dumps({"right": right, "ms": (time.perf_counter() - start) * 1000}))
`;

const NAMES = { map: "Pool.map", imap: "Pool.imap", executor: "ProcessPoolExecutor" };

/** What Python has: `imap` and the executor work in chunks of 1000; processes start by `fork` or `spawn`. */
export async function python(
  way: keyof typeof NAMES,
  startBy: "fork" | "spawn",
  count: number,
): Promise<Peers> {
  const python3 = await peerProgram("python3");
  if (python3 === undefined) return { found: [], missing: ["python3: apt-get install python3"] };
  // A pool that spawns imports the program again, so that it has to be a file.
  const file = await writtenPeer("pool.py", TEXT);
  const argv = [python3.path, file, way, startBy, String(SLOTS), String(count)];
  return { found: [{ name: `Python ${NAMES[way]}, ${startBy}`, argv }], missing: [] };
}
