/**
 * Tests that are put to each kind of server there is.
 *
 * @module
 */

import { connect, type ConnectOptions } from "../../lib/engines/queue/server/connect.ts";
import type { Broker } from "../../lib/engines/queue/broker.ts";
import {
  HAS_POSTGRES,
  HAS_REDIS,
  NEEDS_POSTGRES,
  NEEDS_REDIS,
  type QueueServer,
  type QueueServerOptions,
  startPostgres,
  startRedis,
} from "./queue_servers.ts";

/** A server, and brokers on it that end with the test. */
export interface Served {
  readonly kind: "redis" | "postgres";
  readonly server: QueueServer;
  connect(options?: ConnectOptions): Promise<Broker>;
}

/** Tests a claim on Redis and on PostgreSQL. */
export function onEach(
  claim: string,
  hold: (served: Served) => Promise<void>,
  options: QueueServerOptions = {},
): void {
  for (const kind of ["redis", "postgres"] as const) {
    const [name, needs, isThere, start] = kind === "redis"
      ? ["Redis", NEEDS_REDIS, HAS_REDIS, startRedis] as const
      : ["PostgreSQL", NEEDS_POSTGRES, HAS_POSTGRES, startPostgres] as const;
    Deno.test({
      name: `${claim}, on ${name} ${needs}`,
      ignore: !isThere,
      async fn() {
        await using server = await start(options);
        const brokers: Broker[] = [];
        try {
          await hold({
            kind,
            server,
            async connect(options) {
              const broker = await connect(server.url, options);
              brokers.push(broker);
              return broker;
            },
          });
        } finally {
          await Promise.all(brokers.map((broker) => broker.close()));
        }
      },
    });
  }
}
