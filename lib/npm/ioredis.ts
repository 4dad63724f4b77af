/**
 * ioredis: a client of Redis, with types of ours for what fanfold uses.
 *
 * @module
 */

// @ts-types="./ioredis.d.ts"
export { Redis } from "npm:ioredis@6.0.0";
