/**
 * A queue on PostgreSQL.
 *
 * @module
 */

import { isError, messageOf } from "../../../fault.ts";
import {
  assertSchemaCompatibility,
  createPostgresBackend,
  LATEST_SCHEMA_VERSION,
  runMigrations,
} from "../../../npm/bullmq_postgres.ts";
import { type Client, Pool } from "../../../npm/pg.ts";
import { type ConnectionEvents, type OpenServer, QUEUE_PREFIX, within } from "./open_server.ts";
import { PatientPool } from "./patient_pool.ts";
import { postgresUrl, type ServerAddress } from "./server_address.ts";

/** The schema that BullMQ has its tables in. */
const SCHEMA = "bullmq";

/** How many connections a program has at a time: a waiting one for each queue that it takes from, and those that ask. */
const MOST_CONNECTIONS = 8;

/** Connects, and makes the tables if they are not there. @throws {Error} Why it cannot, within so long. */
export async function openPostgres(
  address: ServerAddress,
  events: ConnectionEvents,
  reachMs: number,
): Promise<OpenServer> {
  const pool = new Pool({
    connectionString: postgresUrl(address, `-c search_path=${SCHEMA}`),
    max: MOST_CONNECTIONS,
    keepAlive: true,
    connectionTimeoutMillis: reachMs,
    application_name: "fanfold",
  });
  pool.on("error", (error: Error) => events.down(messageOf(error)));
  const patient = new PatientPool(pool, events);
  try {
    const client = await within(reachMs, "it does not answer", pool.connect());
    try {
      await within(reachMs, "it does not answer", makeTables(client));
    } finally {
      client.release();
    }
  } catch (error) {
    pool.end().catch(() => {});
    patient.dropAll();
    throw new Error(inWords(messageOf(error)));
  }
  return {
    givesOldest: false,
    connection: patient,
    backend: createPostgresBackend,
    async now() {
      const { rows: [row] } = await patient.query(
        "SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now",
      );
      return Number(row?.now);
    },
    async queueNames() {
      const { rows } = await patient.query(
        `SELECT queue FROM ${SCHEMA}.meta WHERE starts_with(queue, $1)
         UNION SELECT queue FROM ${SCHEMA}.job WHERE starts_with(queue, $1)
         UNION SELECT queue FROM ${SCHEMA}.event WHERE starts_with(queue, $1)`,
        [QUEUE_PREFIX],
      );
      return rows.map(({ queue }) => String(queue));
    },
    reconnect: () => patient.dropAll(),
    close: () => patient.end(),
  };
}

/** Several may do that at the same time: BullMQ has them wait for one another. */
async function makeTables(client: Client): Promise<void> {
  try {
    if (await assertSchemaCompatibility(client, SCHEMA) >= LATEST_SCHEMA_VERSION) return;
  } catch (error) {
    if (!isError(error) || error.name !== "SchemaMigrationRequiredError") throw error;
  }
  await runMigrations(client, SCHEMA);
}

/** What the server or its client says, where that helps nobody. */
function inWords(said: string): string {
  if (/^(?:no PostgreSQL user name|SASL: .* must be a string)/.test(said)) {
    return "it wants a user and a password, and none were given";
  }
  if (/\btimeout\b/.test(said)) return "it does not answer";
  if (/^Connection terminated|\b(?:EPIPE|ECONNRESET)\b/.test(said)) {
    return "it does not speak as PostgreSQL does";
  }
  return said.replace(/\.$/, "");
}
