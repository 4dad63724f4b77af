/**
 * Calls of the C library.
 *
 * @module
 */

import { isGranted } from "./proc.ts";

const LIBRARIES: Partial<Record<typeof Deno.build.os, readonly string[]>> = {
  linux: ["libc.so.6", "libc.so"],
  darwin: ["libSystem.B.dylib", "libSystem.dylib"],
  windows: ["ucrtbase.dll"],
};

/**
 * The library with these functions; nothing where it has not all of them, or this process may not call any, of which
 * nobody is asked.
 */
export function openLibc<S extends Deno.ForeignLibraryInterface>(
  symbols: S,
): Deno.DynamicLibrary<S> | undefined {
  if (!isGranted({ name: "ffi" })) return undefined;
  for (const name of LIBRARIES[Deno.build.os] ?? []) {
    try {
      return Deno.dlopen(name, symbols);
    } catch {
      // It has another name here.
    }
  }
  return undefined;
}
