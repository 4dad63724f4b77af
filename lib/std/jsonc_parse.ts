/**
 * @std/jsonc/parse, from the npm package `deno-std` with types of ours.
 *
 * @module
 */

// @ts-types="./jsonc_parse.d.ts"
export * from "npm:deno-std@1.4.0/jsonc/parse.js";
