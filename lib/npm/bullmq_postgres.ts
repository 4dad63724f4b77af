/**
 * What BullMQ has for PostgreSQL.
 *
 * @module
 */

// @ts-types="npm:bullmq@6.7.0"
export { createPostgresBackend } from "npm:bullmq@6.7.0/dist/cjs/postgres/create-postgres-backend.js";
// @ts-types="npm:bullmq@6.7.0"
export {
  assertSchemaCompatibility,
  runMigrations,
} from "npm:bullmq@6.7.0/dist/cjs/postgres/migrator.js";
