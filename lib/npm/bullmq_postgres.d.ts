import type { BackendFactory } from "./bullmq.d.ts";
import type { Client } from "./pg.d.ts";

export const createPostgresBackend: BackendFactory;
export const LATEST_SCHEMA_VERSION: number;
/** Gives its version. */
export function assertSchemaCompatibility(client: Client, schema: string): Promise<number>;
export function runMigrations(client: Client, schema: string): Promise<number>;
