/**
 * Texts as YAML takes them.
 *
 * @module
 */

/** What may stand without quotes in a list of YAML, if it is not one of these, which YAML takes for another value. */
const PLAIN = /^(?=.*[A-Za-z])[\w./][\w./-]*$/;
const NO_TEXT =
  /^(?:true|false|null|yes|no|on|off|y|n|[\d.][\d.e_]*|0[xo][\da-f]+|[-+]?\.(?:inf|nan))$/i;

/** A text in a list of YAML, with quotes where it needs them. */
export function yamlText(text: string): string {
  return PLAIN.test(text) && !NO_TEXT.test(text) ? text : JSON.stringify(text);
}
