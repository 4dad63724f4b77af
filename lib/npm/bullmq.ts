/**
 * BullMQ: queues of jobs on Redis and PostgreSQL; only what fanfold uses, for the whole takes twice as long to import.
 *
 * @module
 */

// @ts-types="npm:bullmq@6.7.0"
export { Queue } from "npm:bullmq@6.7.0/dist/cjs/classes/queue.js";
// @ts-types="npm:bullmq@6.7.0"
export { Worker } from "npm:bullmq@6.7.0/dist/cjs/classes/worker.js";
export type { BackendFactory, ConnectionOptions, Job } from "npm:bullmq@6.7.0";
