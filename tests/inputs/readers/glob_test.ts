import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { globsOf, type Step } from "../../../lib/inputs/readers/glob.ts";

/** The step for one name. */
function stepFor(pattern: string): Step {
  const [glob] = globsOf("/", pattern);
  return glob?.first as Step;
}

/** What a pattern of these characters matches, tried in every way. */
function matchesByTrying(pattern: string, name: string): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return name === "";
  const [character, ...others] = name;
  const [after, left] = [rest.join(""), others.join("")];
  if (first === "*") {
    return matchesByTrying(after, name) ||
      (character !== undefined && matchesByTrying(pattern, left));
  }
  if (character === undefined) return false;
  return (first === "?" || first === character) && matchesByTrying(after, left);
}

Deno.test("globsOf() gives steps that match what trying every way does", () => {
  const text = (characters: string[]) =>
    fc.array(fc.constantFrom(...characters), { maxLength: 9 }).map((all) => all.join(""));
  fc.assert(fc.property(text(["a", "b", "*", "?", "💥"]), text(["a", "b", "💥"]), (end, name) => {
    const pattern = `*${end}`;
    if (pattern === "**") return;
    assertEquals(stepFor(pattern).matches(name), matchesByTrying(pattern, name));
    assertEquals(stepFor(`${end}*x`).matches(`${name}x`), matchesByTrying(`${end}*x`, `${name}x`));
  }));
});

Deno.test("globsOf() gives excludes that match what trying every way does", () => {
  const names = fc.array(fc.constantFrom("a", "b", "ab"), { maxLength: 6 });
  const parts = fc.array(fc.constantFrom("**", "a", "b", "a*"), { minLength: 1, maxLength: 5 });
  const matches = (parts: readonly string[], names: readonly string[]): boolean => {
    const [part, ...rest] = parts;
    const [name, ...others] = names;
    if (part === undefined) return true;
    if (part === "**") {
      return matches(rest, names) || (name !== undefined && matches(parts, others));
    }
    const isMatch = name !== undefined && (part === "a*" ? name.startsWith("a") : name === part);
    return isMatch && matches(rest, others);
  };
  fc.assert(fc.property(parts, names, (parts, names) => {
    const [glob] = globsOf("/", parts.join("/"));
    // A folder that is left out with all that is in it need not be read.
    const before = parts.at(-1) === "**" ? parts.slice(0, -1) : parts;
    assertEquals(glob?.excludes(`/${names.join("/")}`.replace(/\/$/, "")), matches(before, names));
  }));
});

Deno.test("globsOf() gives steps that look at a hostile name no more often than it has characters", () => {
  // To try every way to share them out would take longer than there is time.
  const many = "*-".repeat(40);
  assertEquals(stepFor(`${many}*.jpg`).matches("-".repeat(255)), false);
  assertEquals(stepFor(`${many}*.jpg`).matches(`${"-".repeat(251)}.jpg`), true);
  assertEquals(stepFor("*a".repeat(40) + "b").matches("a".repeat(255)), false);
  assertEquals(stepFor("*[a-b]?".repeat(40) + "c").matches("ab".repeat(127)), false);
  const [glob] = globsOf("/", `${"**/a/".repeat(40)}b`);
  assertEquals(glob?.excludes("/a".repeat(2000)), false);
});
