/**
 * @std/csv/parse, from the npm package `deno-std` with types of ours.
 *
 * @module
 */

// @ts-types="./csv_parse.d.ts"
export * from "npm:deno-std@1.4.0/csv/parse.js";
