/**
 * The function of checksums.yaml.
 *
 * @module
 */

import { createHash } from "node:crypto";

/**
 * The SHA-256 of a file as `sha256sum` prints it: the digest in hexadecimal, two spaces, the path.
 *
 * The file is read as a stream. A path with a backslash or a line end in it is escaped, and a backslash
 * then leads the line, as in the manual of GNU coreutils.
 */
export async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  const buffer = new Uint8Array(256 * 1024);
  for (let n = await file.read(buffer); n !== null; n = await file.read(buffer)) {
    hash.update(buffer.subarray(0, n));
  }
  const escaped = path.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `${escaped === path ? "" : "\\"}${hash.digest("hex")}  ${escaped}`;
}
