/**
 * valibot: schemas that are checked at run time.
 *
 * @module
 */

export * from "npm:valibot@1.5.0";
