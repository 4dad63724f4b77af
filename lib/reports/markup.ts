/**
 * Text of others in XML and HTML.
 *
 * @module
 */

/** What is no character of XML 1.0, in any form. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** A reader would make another character of a bare carriage return. */
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;" } as const;

/** Text of which no part is markup, between elements and in attributes; what cannot be in XML is U+FFFD. */
export function escapedMarkup(text: string): string {
  return text.replaceAll(FORBIDDEN, "\ufffd")
    .replaceAll(/[&<>"\r]/g, (found) => ENTITIES[found as keyof typeof ENTITIES]);
}
