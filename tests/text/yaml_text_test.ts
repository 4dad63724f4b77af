import { assertEquals } from "@std/assert";
import { parse } from "../../lib/npm/yaml.ts";
import { yamlText } from "../../lib/text/yaml_text.ts";

Deno.test("yamlText() is read as the text that it was given, in a list", () => {
  const texts = [
    ...["data", "./a.b/c-d", "/etc", "_x", "9p", "2024-01-01", "1.5e3", ".5e3", "0x1f", "0o17"],
    ...["true", "No", "null", ".inf", "-.inf", ".NaN", "1_000", "127.0.0.1:80", "*:443", "a b"],
    ...["", "-", "~", "a, b", "[x]", "{x", "a: b", "#x", "'", '"', "\\", "é", "a\nb", "y", "ON"],
  ];
  assertEquals(parse(`[${texts.map(yamlText).join(", ")}]`), texts);
});

Deno.test("yamlText() has no quotes where they are not needed", () => {
  assertEquals(["data", "./a.b/c-d", "/etc", "9p"].map(yamlText), [
    "data",
    "./a.b/c-d",
    "/etc",
    "9p",
  ]);
});
