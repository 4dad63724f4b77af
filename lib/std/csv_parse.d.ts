/**
 * The rows of a CSV text, however many fields they have.
 *
 * @throws {SyntaxError} If quotes are wrong.
 */
export declare function parse(text: string): string[][];
