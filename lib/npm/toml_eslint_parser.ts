/**
 * toml-eslint-parser: a parser of TOML that knows positions.
 *
 * @module
 */

export * from "npm:toml-eslint-parser@1.0.3";
