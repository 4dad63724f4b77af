/**
 * A host for a test that kills or stops it: takes slices from a queue, and says which on stdout.
 *
 * @module
 */

import { connect } from "../../lib/engines/queue/server/connect.ts";
import { NotingHost } from "./queue_sides.ts";

const [url = "", name = "", lockMs = ""] = Deno.args;
const host = await NotingHost.join(await connect(url), name, { lockMs: Number(lockMs) });
for (let count = 1;; count++) {
  const { id, number } = await host.has(count);
  Deno.stdout.writeSync(new TextEncoder().encode(`${id} ${number}\n`));
}
