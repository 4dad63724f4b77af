/**
 * YAML 1.2 by its core schema: what looks like a date is a text, and `010` is no octal number.
 *
 * @module
 */

/** Where a plain value may begin. */
const START = String.raw`(?<=^|[\s[{,]|["']:)`;

/**
 * What the light parser reads otherwise than the core schema has it, or than it is written: leading zeros, signs and points,
 * underscores, other bases, many digits, large exponents; and what it leaves alone: merged records and tags.
 */
const UNCLEAR = new RegExp(
  [
    String
      .raw`${START}(?:[-+]?(?:0[\dbox]|[\d.]+_|\._|[\d.]*\d{16}|[\d.]+[eE]\+?\d{3})|\+[\d.]|-\.\d)`,
    "<<",
    "!!",
  ].join("|"),
  "m",
);

/**
 * The value of a YAML document.
 *
 * @throws If the text is no YAML, or has a number that is not read as it is written.
 */
export async function parseYaml(text: string): Promise<unknown> {
  const { parse } = await import("../std/yaml_parse.ts");
  const isUnclear = UNCLEAR.test(text);
  if (
    /^ *\t/m.test(text) && (await import("./positions/yaml_positions.ts")).hasIndentingTab(text)
  ) {
    throw new SyntaxError("found a tab that indents");
  }
  try {
    const document = parse(text, { schema: "core" });
    if (!isUnclear) return document;
  } catch (error) {
    // What is nested too deep is not worth the memory of another parser.
    if (!isUnclear || error instanceof RangeError) throw error;
  }
  return (await import("./positions/yaml_positions.ts")).readYaml(text);
}
