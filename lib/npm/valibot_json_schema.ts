/**
 * @valibot/to-json-schema: the JSON Schema of a valibot schema.
 *
 * @module
 */

export * from "npm:@valibot/to-json-schema@1.8.0";
