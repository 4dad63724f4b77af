/**
 * Connections to PostgreSQL of which those who ask do not notice that the server was away.
 *
 * @module
 */

import { isError, messageOf } from "../../../fault.ts";
import type { Client, Pool } from "../../../npm/pg.ts";
import { type ConnectionEvents, sleep } from "./open_server.ts";

/** How long between two tries, in ms. */
const RETRY_MS = 200;

/** Classes of SQLSTATE that say that another try may do: connection, transaction rolled back, no resources, operator. */
const PASSING = /^(?:08|40|53[0-3]|57P0[1-4])/;

const LOST =
  /^E(?:CONN|PIPE|TIMEDOUT|HOST|NET|AI_AGAIN|NOTFOUND)|[Cc]onnection terminated|timeout exceeded when trying to connect|[Cc]lient has encountered a connection error|not queryable/;

/**
 * A pool that asks again until it has an answer, as clients of Redis do. A question may be asked twice by that: all that
 * BullMQ asks names the job that it is about, but for taking the next one, which is given to another when its lock has run
 * out.
 */
export class PatientPool {
  readonly #pool: Pool;
  readonly #events: ConnectionEvents;
  readonly #clients = new Set<Client>();
  #hasEnded = false;

  constructor(pool: Pool, events: ConnectionEvents) {
    this.#pool = pool;
    this.#events = events;
    pool.on("connect", (client: Client) => {
      this.#clients.add(client);
      // Who has asked it something is told by the answer; nobody else may be there to hear it.
      client.on("error", () => {});
    });
    pool.on("remove", (client: Client) => this.#clients.delete(client));
  }

  /** By which BullMQ knows that a connection that is dead is found out. */
  readonly options: { readonly keepAlive: true } = { keepAlive: true };

  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }> {
    return this.#patiently(() => this.#pool.query(text, values));
  }

  connect(): Promise<Client> {
    return this.#patiently(() => this.#pool.connect());
  }

  /** Each queue wants to be told of connections that end; whoever made the pool has been. */
  on(): void {}

  off(): void {}

  /** Has all connections made anew. */
  dropAll(): void {
    for (const client of this.#clients) client.connection.stream.destroy();
  }

  async end(): Promise<void> {
    this.#hasEnded = true;
    const ended = this.#pool.end();
    this.dropAll();
    await ended;
  }

  async #patiently<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      const askedAt = performance.now();
      try {
        const value = await ask();
        this.#events.up(askedAt);
        return value;
      } catch (error) {
        if (this.#hasEnded || !isPassing(error)) throw error;
        if (isLost(error)) this.#events.down(messageOf(error));
        await sleep(RETRY_MS);
      }
    }
  }
}

function isPassing(error: unknown): boolean {
  return PASSING.test(codeOf(error)) || isLost(error);
}

function isLost(error: unknown): boolean {
  if (/^(?:08|57P)/.test(codeOf(error)) || LOST.test(codeOf(error))) return true;
  return isError(error) && LOST.test(error.message);
}

function codeOf(error: unknown): string {
  const code = isError(error) && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}
