/**
 * @std/cli/parse-args, from the npm package `deno-std` with types of ours.
 *
 * @module
 */

// @ts-types="./parse_args.d.ts"
export * from "npm:deno-std@1.4.0/cli/parse_args.js";
