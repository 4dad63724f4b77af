/**
 * smol-toml: a light parser of TOML.
 *
 * @module
 */

export * from "npm:smol-toml@1.9.1";
