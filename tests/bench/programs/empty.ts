/**
 * Nothing: what it takes is what Deno takes.
 *
 * @module
 */

export {};
