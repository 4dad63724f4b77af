/**
 * yaml: a parser of YAML that knows positions.
 *
 * @module
 */

export * from "npm:yaml@2.9.1";
