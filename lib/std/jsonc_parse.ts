/**
 * @std/jsonc/parse, from the npm package `deno-std` with types of ours.
 *
 * @module
 */

// @ts-types="./jsonc_parse.d.ts"
export * from "deno-std/jsonc/parse.js";
