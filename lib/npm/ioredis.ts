/**
 * ioredis: a client of Redis.
 *
 * @module
 */

export { Redis } from "npm:ioredis@6.0.0";
