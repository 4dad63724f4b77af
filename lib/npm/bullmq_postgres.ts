/**
 * What BullMQ has for PostgreSQL, with types of ours.
 *
 * @module
 */

// @ts-types="./bullmq_postgres.d.ts"
export { createPostgresBackend } from "npm:bullmq@6.7.0/dist/cjs/postgres/create-postgres-backend.js";
// @ts-types="./bullmq_postgres.d.ts"
export {
  assertSchemaCompatibility,
  runMigrations,
} from "npm:bullmq@6.7.0/dist/cjs/postgres/migrator.js";
// @ts-types="./bullmq_postgres.d.ts"
export { LATEST_SCHEMA_VERSION } from "npm:bullmq@6.7.0/dist/cjs/postgres/migrations/index.js";
