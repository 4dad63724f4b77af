/**
 * A host for a test that kills or stops it: takes slices from a queue, tells of them again and again, and says on stdout
 * what comes and what is lost.
 *
 * @module
 */

import { connect } from "../../lib/engines/queue/server/connect.ts";
import { messageOf } from "../../lib/fault.ts";

const [url = "", name = "", lockMs = ""] = Deno.args;

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

try {
  const broker = await connect(url);
  const link = await broker.join({
    host: { name, slots: 1, busy: 0, tasks: ["double"], bundles: "none" },
    capacity: 1,
    lockMs: Number(lockMs),
    events: {
      async delivered({ head: { id, session }, number: delivery }) {
        say(`${id} ${delivery}`);
        for (let number = 0;; number++) {
          const items = new Uint8Array([delivery]);
          await link.report({
            session,
            slice: id,
            delivery,
            number,
            host: name,
            isLast: false,
            items,
          });
          await new Promise((goOn) => setTimeout(goOn, 5));
        }
      },
      lost: (slice, delivery) => say(`lost ${slice} ${delivery}`),
      ordered: () => {},
      unreachable: () => {},
      reachable: () => {},
    },
  });
  say("joined");
} catch (error) {
  say(messageOf(error));
}
