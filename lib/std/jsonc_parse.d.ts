/**
 * The value of a JSON text with comments and trailing commas.
 *
 * @throws {SyntaxError} If the text is no such JSON.
 */
export declare function parse(text: string): unknown;
