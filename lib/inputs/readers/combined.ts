/**
 * One value of each part, as one input.
 *
 * @module
 */

/** Makes a record by the names, or a list where there are none, of values that it does not keep. */
export function combinedBy(
  names: readonly string[] | undefined,
): (values: readonly unknown[]) => unknown {
  if (!names) return (values) => [...values];
  return (values) => {
    // In Deno, `__proto__` is a field like any other.
    const record: Record<string, unknown> = {};
    for (let at = 0; at < names.length; at++) record[names[at] as string] = values[at];
    return record;
  };
}
