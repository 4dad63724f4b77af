/**
 * What can be seen of values.
 *
 * @module
 */

/** What can be seen of a value: all that makes it what it is, its buffers and whether they are the same ones too. */
export function described(value: unknown): string {
  const buffers = new Map<ArrayBufferLike, string>();
  const seen = new Set<object>();
  const lines: string[] = [Deno.inspect(value, { depth: 9, iterableLimit: 20, showHidden: false })];
  const look = (value: unknown, path: string) => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    if (ArrayBuffer.isView(value)) {
      look(value.buffer, `${path}.buffer`);
      const { byteOffset, byteLength } = value;
      lines.push(`${path}: ${byteOffset}+${byteLength} of ${buffers.get(value.buffer)}`);
    } else if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
      buffers.set(value, path);
      const bytes = new Uint8Array(value);
      const isResizable = value instanceof ArrayBuffer && value.resizable;
      if (isResizable) value.resize(value.byteLength + 1);
      lines.push(
        `${path}: ${bytes.length} bytes, ${isResizable}, ${bytes.reduce((a, b) => a + b, 0)}`,
      );
    } else if (value instanceof RegExp) lines.push(`${path}: ${value.lastIndex}`);
    else if (value instanceof Error) {
      const { name, message, constructor } = value;
      lines.push(
        `${path}: ${constructor.name}, ${name}, ${message}, ${(value as DOMException).code}`,
      );
      look(value.cause, `${path}.cause`);
    } else if (value instanceof Map || value instanceof Set) {
      [...value].flat().forEach((part, i) => look(part, `${path}(${i})`));
    } else for (const [step, part] of Object.entries(value)) look(part, `${path}.${step}`);
  };
  look(value, "value");
  return lines.join("\n").replaceAll(/\n +(?:at|\.\.\.) .*/g, "");
}
