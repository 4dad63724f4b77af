/**
 * A queue on Redis, or on Valkey, which speaks the same.
 *
 * @module
 */

import { isIP } from "node:net";
import { messageOf } from "../../../fault.ts";
import { Redis } from "../../../npm/ioredis.ts";
import {
  type ConnectionEvents,
  KEY_PREFIX,
  type OpenServer,
  QUEUE_PREFIX,
  within,
} from "./open_server.ts";
import type { ServerAddress } from "./server_address.ts";

/** How long between two tries to connect, at most, in ms. */
const RETRY_MS = 1000;

/**
 * Connects. From then on the client connects again by itself, and sends again what was not answered.
 *
 * @throws {Error} Why it cannot, within so long.
 */
export async function openRedis(
  address: ServerAddress,
  events: ConnectionEvents,
  reachMs: number,
): Promise<OpenServer> {
  const { host, port, user, password, database, isTls } = address;
  let isOpen = false;
  let firstError: string | undefined;
  const client = new Redis({
    host,
    port,
    ...user === undefined ? {} : { username: user },
    ...password === undefined ? {} : { password },
    ...database === undefined ? {} : { db: Number(database) },
    // An address is no name that TLS could ask for.
    ...isTls ? { tls: isIP(host) === 0 ? { servername: host } : {} } : {},
    family: 0,
    keepAlive: 10_000,
    connectTimeout: reachMs,
    lazyConnect: true,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => isOpen ? Math.min(times * 50, RETRY_MS) : null,
    // Another server is the first now: connect to that, and send again.
    reconnectOnError: (error) => error.message.startsWith("READONLY") ? 2 : false,
  });
  client.on("error", (error: Error) => firstError ??= messageOf(error));
  try {
    await within(reachMs, "it does not answer", client.connect());
    await within(reachMs, "it does not answer", client.ping());
  } catch (error) {
    client.disconnect();
    throw new Error(inWords(firstError ?? messageOf(error)));
  }
  isOpen = true;
  firstError = undefined;
  client.on("close", () => events.down(firstError ?? "the connection was closed"));
  client.on("ready", () => {
    firstError = undefined;
    events.up();
  });
  return {
    givesOldest: true,
    connection: client,
    async now() {
      const [seconds, micros] = await client.time();
      return Number(seconds) * 1000 + Number(micros) / 1000;
    },
    async queueNames() {
      const names = new Set<string>();
      for await (
        const keys of client.scanStream({ match: `${KEY_PREFIX}:${QUEUE_PREFIX}*`, count: 1000 })
      ) {
        for (const key of keys as string[]) names.add(key.split(":")[1] ?? "");
      }
      return [...names];
    },
    reconnect: () => client.disconnect(true),
    async close() {
      isOpen = false;
      client.disconnect();
      await Promise.resolve();
    },
  };
}

/** It answers something else, or hangs up at once. */
const NO_REDIS = /^(?:Unknown RESP|Protocol error|Connection is closed|.*\b(?:EPIPE|ECONNRESET)\b)/;

/** What the server or its client says, where that helps nobody. */
function inWords(said: string): string {
  if (said.startsWith("NOAUTH")) return "it wants a password, and none was given";
  if (NO_REDIS.test(said)) return "it does not speak as Redis does";
  return said.replace(/\.$/, "");
}
