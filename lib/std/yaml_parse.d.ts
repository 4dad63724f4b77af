/** How a YAML document is read. */
export interface ParseOptions {
  /** Whether a key that stands twice keeps its last value instead of being an error. */
  readonly allowDuplicateKeys?: boolean;
  /** Which texts are other values than texts. @default "default" */
  readonly schema?: "core" | "default" | "extended" | "failsafe" | "json";
}

/**
 * The value of a YAML document.
 *
 * @throws {SyntaxError} If the text is no YAML.
 */
export declare function parse(text: string, options?: ParseOptions): unknown;
