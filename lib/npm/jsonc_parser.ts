/**
 * jsonc-parser: a parser of JSON with comments that knows positions.
 *
 * @module
 */

export * from "npm:jsonc-parser@3.3.1";
