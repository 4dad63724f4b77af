/**
 * @std/cli/parse-args, from the npm package `deno-std` with types of ours.
 *
 * @module
 */

// @ts-types="./parse_args.d.ts"
export * from "deno-std/cli/parse_args.js";
