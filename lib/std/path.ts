/**
 * @std/path, from the npm package `deno-std` with types of ours.
 *
 * @module
 */

// @ts-types="./path.d.ts"
export * from "deno-std/path/mod.js";
