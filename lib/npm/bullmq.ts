/**
 * BullMQ: queues of jobs on Redis and PostgreSQL; with types of ours for what fanfold uses, and that alone, for the whole
 * takes twice as long to import.
 *
 * @module
 */

// @ts-types="./bullmq.d.ts"
export { Queue } from "npm:bullmq@6.7.0/dist/cjs/classes/queue.js";
// @ts-types="./bullmq.d.ts"
export { Worker } from "npm:bullmq@6.7.0/dist/cjs/classes/worker.js";
export type { Backend, BackendFactory, ConnectionOptions, Job } from "./bullmq.d.ts";
