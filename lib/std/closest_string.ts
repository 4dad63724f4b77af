/**
 * @std/text/closest-string, from the npm package `deno-std` with types of ours.
 *
 * @module
 */

// @ts-types="./closest_string.d.ts"
export * from "deno-std/text/closest_string.js";
