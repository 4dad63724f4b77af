/**
 * What Landlock knows of: rights to files, to ports of TCP, and scopes.
 *
 * @module
 */

/** Rights to files, as `linux/landlock.h` numbers them. */
export const RIGHTS = {
  execute: 1 << 0,
  writeFile: 1 << 1,
  readFile: 1 << 2,
  readDir: 1 << 3,
  removeDir: 1 << 4,
  removeFile: 1 << 5,
  makeChar: 1 << 6,
  makeDir: 1 << 7,
  makeReg: 1 << 8,
  makeSock: 1 << 9,
  makeFifo: 1 << 10,
  makeBlock: 1 << 11,
  makeSym: 1 << 12,
  refer: 1 << 13,
  truncate: 1 << 14,
  ioctlDev: 1 << 15,
} as const;

/** What may be done who may read; of a folder, with all that is in it. */
export const READ: number = RIGHTS.readFile | RIGHTS.readDir;

/** Likewise who may write: all but to make devices. */
export const WRITE: number = RIGHTS.writeFile | RIGHTS.truncate | RIGHTS.ioctlDev |
  RIGHTS.makeReg | RIGHTS.makeDir | RIGHTS.makeSym | RIGHTS.makeSock | RIGHTS.makeFifo |
  RIGHTS.removeFile | RIGHTS.removeDir | RIGHTS.refer;

/** What a file can have that is no folder. */
export const OF_FILES: number = RIGHTS.execute | RIGHTS.writeFile | RIGHTS.readFile |
  RIGHTS.truncate | RIGHTS.ioctlDev;

/** Rights to ports of TCP: to bind and to connect. */
export const TCP = 3;

/** What is kept within a domain: abstract Unix sockets and signals. */
export const SCOPES = 3;

/** Since which version of Landlock the kernel knows something. */
export const SINCE = { refer: 2, truncate: 3, tcp: 4, ioctlDev: 5, scopes: 6 } as const;

/** All rights to files that a version of Landlock knows. */
export function rightsOf(version: number): number {
  let rights = RIGHTS.refer - 1;
  if (version >= SINCE.refer) rights |= RIGHTS.refer;
  if (version >= SINCE.truncate) rights |= RIGHTS.truncate;
  if (version >= SINCE.ioctlDev) rights |= RIGHTS.ioctlDev;
  return rights;
}
