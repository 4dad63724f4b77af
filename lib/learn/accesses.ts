/**
 * What the jobs of a task have accessed.
 *
 * @module
 */

import { KINDS, type PermissionKind } from "../rules/permissions.ts";

/** What was accessed of each kind, by name, and of which kinds all was. */
export class Accesses {
  readonly named: Readonly<Record<PermissionKind, Set<string>>> = Object.fromEntries(
    KINDS.map((kind) => [kind, new Set<string>()]),
  ) as Record<PermissionKind, Set<string>>;
  readonly all: Set<PermissionKind> = new Set();
  /** Absolute paths that came or went by a system call that takes leave to write the folder they are in. */
  readonly placed: Set<string> = new Set();
  /** Those of them that came, and were not there before. */
  readonly made: Set<string> = new Set();
  /** Absolute paths that were made, or are in what was, and then read. */
  readonly readAnew: Set<string> = new Set();
  /** Ports that were spoken to over UDP, and those of sockets that had none: commands may where any port is allowed. */
  readonly unheldPorts: Set<string> = new Set();
  /** What was seen that no permissions hold, or that could not be made out: sentences without an end. */
  readonly remarks: Set<string> = new Set();

  /** @param name Absolute, if it is a path; all of the kind if absent. */
  add(kind: PermissionKind, name?: string): void {
    if (name === undefined) this.all.add(kind);
    else this.named[kind].add(name);
  }
}
