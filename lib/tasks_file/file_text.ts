/**
 * The text of a tasks file.
 *
 * @module
 */

import { joined } from "../streams/joined.ts";

/** The most bytes that a tasks file may have: what is longer are inputs, which can stand in a file of their own. */
const MOST_BYTES = 32 * 2 ** 20;

/** What is wrong with the bytes of a file, and where, if there is one place. */
export interface BadText {
  readonly message: string;
  readonly hint?: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * The text of a file without its byte order mark, or what is wrong with it.
 *
 * @throws What the system says, if the file cannot be read.
 */
export async function readText(path: string): Promise<string | BadText> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  using file = await Deno.open(path);
  for (const piece = new Uint8Array(64 * 1024);;) {
    const count = await file.read(piece);
    if (count === null) break;
    pieces.push(piece.slice(0, count));
    length += count;
    if (length > MOST_BYTES) {
      return {
        message: `found more than ${MOST_BYTES / 2 ** 20} MiB, wanted less`,
        hint: "inputs can stand in a file of their own",
      };
    }
  }
  const bytes = joined(pieces);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return badText(bytes);
  }
}

/** Where bytes are not UTF-8. */
function badText(bytes: Uint8Array): BadText {
  const isUtf16 = /^(255,254|254,255)$/.test(String(bytes.subarray(0, 2)));
  const hint = isUtf16 ? "it looks like UTF-16: save it as UTF-8" : "save it as UTF-8";
  const message = "found bytes that are not UTF-8, wanted UTF-8";
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let [line, column] = [1, 1];
  try {
    for (let at = 0; at < bytes.length; at++) {
      const text = decoder.decode(bytes.subarray(at, at + 1), { stream: true });
      if (text === "\n") [line, column] = [line + 1, 1];
      else column += text.length;
    }
  } catch {
    // This is the place.
  }
  return { message, hint, line, column };
}
