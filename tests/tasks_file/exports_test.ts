import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { plainExports } from "../../lib/tasks_file/modules.ts";

const plain = [
  "export function x() {}",
  "export async function x<T>(a: { b: T }): Promise<T> { return a.b; }",
  "export function* x() { yield `}`; }",
  "export async function *x() {}",
  "export const x = () => 1;",
  "export const x = (a: number): { a: number } => ({ a });",
  "export const x = async (a) => a",
  "export const x = async a => a;",
  "export const x = function () {};",
  "export const x = async function* named(a) {}\nexport const y = 1;",
  "const a = 1; export const x = () => a;",
  "// the quote in don't\nexport const x = () => 1;",
  "const re = /[\"'`/]/g; export function x() {}",
  "const half = (1 + 2) / 3;\nexport function x() {}",
  "function x() {}\nexport { x };",
  "const local = () => 1;\nexport { other, local as x, type T };",
  "export { x }; async function x() {}",
];
for (const source of plain) {
  Deno.test(`plainExports() is certain of ${JSON.stringify(source)}`, () => {
    assertEquals(plainExports(source).has("x"), true);
  });
}

const unclear = [
  "// export function x() {}",
  "/*\nexport function x() {}\n*/",
  "const s = 'export function x() {}';",
  "const s = `\nexport function x() {}\n`;",
  "const s = `${`\nexport function x() {}`}`;",
  'const re = /"/; const s = ";export function x() {}";',
  'if (a) /"/.test(s); const t = ";export function x() {}";',
  "namespace N {\nexport function x() {}\n}",
  "export const x = (() => 1)();",
  "export const x = (1 + 2);",
  "export const x = function () {}();",
  "export const x = function () {}\n  .name;",
  "export const x = 5;",
  "export const x = make(() => 1);",
  "export let x = () => 1;",
  "export class x {}",
  "export type x = () => void;",
  "export default function x() {}",
  "const x = () => 1;",
  "export { x } from './other.ts';\nfunction x() {}",
  "export { x as y };\nfunction x() {}",
  "export * from './other.ts';",
  "export function xx() {}",
  "export function x() {} }",
  "export function x() { `",
];
for (const source of unclear) {
  Deno.test(`plainExports() is not certain of ${JSON.stringify(source)}`, () => {
    assertEquals(plainExports(source).has("x"), false);
  });
}

Deno.test("plainExports() takes no text in a string for code", () => {
  const code = fc.constantFrom("a", '"', "'", "`", "\\", "\n", "${", "}", "{", "/", "*", " ");
  fc.assert(fc.property(fc.array(code, { maxLength: 12 }), (parts) => {
    const text = JSON.stringify(`${parts.join("")};export function x() {}`);
    assertEquals([...plainExports(`const s = ${text};\nexport function y() {}`)], ["y"]);
  }));
});
