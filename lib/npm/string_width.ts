/**
 * string-width: how many columns a text takes in a terminal.
 *
 * @module
 */

export { default as stringWidth } from "npm:string-width@9.0.0";
