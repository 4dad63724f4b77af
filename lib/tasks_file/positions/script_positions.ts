/**
 * Where things stand in a tasks file in TypeScript or JavaScript, as far as its source shows it.
 *
 * @module
 */

import { parse } from "../../npm/babel_parser.ts";
import { type Entry, type Outline, phrase, type Spot } from "./outline.ts";

type Statement = ReturnType<typeof parse>["program"]["body"][number];
type Expression = Extract<Statement, { type: "ExpressionStatement" }>["expression"];
type ObjectExpression = Extract<Expression, { type: "ObjectExpression" }>;
type Property = Extract<ObjectExpression["properties"][number], { type: "ObjectProperty" }>;

/** What the constants of a module are set to. */
type Constants = ReadonlyMap<string, Expression>;

/**
 * The places of what is passed to `defineTasks()`, as a document of `tasks` and `defaults`.
 *
 * Constants of the same file are followed, and spread objects; what is computed is where the computation is.
 */
export function outlineScript(text: string): Outline {
  try {
    const { body } = parse(text, { sourceType: "module", plugins: ["typescript"] }).program;
    return { root: rootOf(body, constantsOf(body)) };
  } catch (error) {
    if (!(error instanceof SyntaxError) || !("pos" in error)) throw error;
    const message = phrase(error.message.replace(/ \(\d+:\d+\)$/, ""));
    return { mistake: { message: `not valid TypeScript, ${message}`, at: Number(error.pos) } };
  }
}

function rootOf(body: readonly Statement[], constants: Constants): Spot {
  for (const statement of body) {
    if (statement.type !== "ExportDefaultDeclaration") continue;
    const at = statement.start ?? 0;
    const made = resolved(statement.declaration as Expression, constants);
    if (made?.type !== "CallExpression") return { at };
    const [tasks, options] = made.arguments.map((argument) =>
      spotOf(argument as Expression, constants)
    );
    return {
      at,
      entry: (key) => {
        if (key === "tasks") return tasks && { key: tasks.at, value: tasks };
        return options?.entry?.(key);
      },
    };
  }
  return { at: 0 };
}

function constantsOf(body: readonly Statement[]): Constants {
  const constants = new Map<string, Expression>();
  for (const statement of body) {
    const declared = statement.type === "ExportNamedDeclaration"
      ? statement.declaration
      : statement;
    if (declared?.type !== "VariableDeclaration") continue;
    for (const { id, init } of declared.declarations) {
      if (id.type === "Identifier" && init) constants.set(id.name, init);
    }
  }
  return constants;
}

/** The expression behind names and types. */
function resolved(expression: Expression, constants: Constants): Expression | undefined {
  const seen = new Set<Expression>();
  let inner: Expression | undefined = expression;
  while (inner !== undefined && !seen.has(inner)) {
    seen.add(inner);
    switch (inner.type) {
      case "TSAsExpression":
      case "TSSatisfiesExpression":
      case "TSNonNullExpression":
        inner = inner.expression;
        break;
      case "Identifier":
        inner = constants.get(inner.name);
        break;
      default:
        return inner;
    }
  }
  return undefined;
}

function spotOf(expression: Expression, constants: Constants): Spot {
  const at = expression.start ?? 0;
  const value = resolved(expression, constants);
  if (value?.type === "ObjectExpression") {
    return { at, entry: (key) => propertyOf(value, key, constants) };
  }
  if (value?.type !== "ArrayExpression") return { at };
  return {
    at,
    entry: (key) => {
      const item = value.elements[Number(key)];
      return item
        ? { key: item.start ?? at, value: spotOf(item as Expression, constants) }
        : undefined;
    },
  };
}

/** The last one counts, and may come from an object that is spread. */
function propertyOf(
  object: ObjectExpression,
  key: string,
  constants: Constants,
): Entry | undefined {
  for (const property of object.properties.toReversed()) {
    if (property.type === "SpreadElement") {
      const entry = spotOf(property.argument, constants).entry?.(key);
      if (entry !== undefined) return entry;
    } else if (!property.computed && nameOf(property.key) === key) {
      const at = property.start ?? 0;
      const value = property.type === "ObjectProperty"
        ? spotOf(property.value as Expression, constants)
        : { at };
      return { key: at, value };
    }
  }
  return undefined;
}

function nameOf(key: Property["key"]): string | undefined {
  if (key.type === "Identifier") return key.name;
  const isLiteral = key.type === "StringLiteral" || key.type === "NumericLiteral";
  return isLiteral ? String(key.value) : undefined;
}
