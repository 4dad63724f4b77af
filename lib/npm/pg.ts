/**
 * pg: a client of PostgreSQL, with types of ours for what fanfold uses.
 *
 * @module
 */

// @ts-types="./pg.d.ts"
export { Pool } from "npm:pg@8.23.1";
export type { Client, PoolConfig } from "./pg.d.ts";
