/**
 * @std/assert, from the npm package `deno-std` with types of ours.
 *
 * @module
 */

// @ts-types="./assert.d.ts"
export * from "deno-std/assert/mod.js";
