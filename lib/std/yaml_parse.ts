/**
 * @std/yaml/parse, from the npm package `deno-std` with types of ours.
 *
 * @module
 */

// @ts-types="./yaml_parse.d.ts"
export * from "npm:deno-std@1.4.0/yaml/parse.js";
