/**
 * @babel/parser: a parser of TypeScript that knows positions.
 *
 * @module
 */

export * from "npm:@babel/parser@8.1.2";
