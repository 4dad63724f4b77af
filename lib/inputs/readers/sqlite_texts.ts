/**
 * Texts of a database that Deno would change.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";

type Row = Record<string, unknown>;

/**
 * What a checked statement has behind its own columns: how many marks U+FFFD there are; below 0, the number of the first
 * column with a NUL, from 1.
 */
const CHECK = "fanfold: check";

/**
 * A statement that also tells which texts Deno 2.9 would change: it cuts them at a NUL, and has marks U+FFFD for what
 * is not UTF-8. One that can be no part of another, such as a pragma, is given back.
 *
 * @param names What its columns are called.
 */
export function withChecks(
  database: DatabaseSync,
  statement: StatementSync,
  names: readonly string[],
): StatementSync {
  const columns = names.map((name) => `"${name.replaceAll('"', '""')}"`);
  const nul = columns.map((column, i) =>
    `WHEN typeof(${column}) = 'text' AND instr(CAST(${column} AS BLOB), x'00') THEN ${-1 - i}`
  );
  const marks = columns.map((column) =>
    `iif(typeof(${column}) = 'text' AND instr(${column}, char(65533)), ${marksIn(column)}, 0)`
  );
  const query = statement.sourceSQL.trimEnd().replace(/;$/, "");
  try {
    return database.prepare(
      `WITH "fanfold: rows"(${columns}) AS (${query}\n) ` +
        `SELECT *, CASE ${nul.join(" ")} ELSE ${marks.join(" + ")} END AS "${CHECK}" ` +
        `FROM "fanfold: rows"`,
    );
  } catch {
    return statement;
  }
}

function marksIn(column: string): string {
  const bytes = (text: string) => `length(CAST(${text} AS BLOB))`;
  return `(${bytes(column)} - ${bytes(`replace(${column}, char(65533), '')`)}) / 3`;
}

/**
 * The row without the columns of {@link withChecks}, in which all texts are what they are in the database.
 *
 * @param number The number of the row, from 1.
 * @throws If one is not.
 */
export function checkedRow(row: Row, names: readonly string[], number: number): Row {
  const check = row[CHECK];
  if (check === undefined) return row;
  delete row[CHECK];
  const marks = Number(check);
  if (marks < 0) throw new Error(unreadableText(number, names[-1 - marks], "has a NUL"));
  let found = 0;
  for (const name of names) {
    const value = row[name];
    if (typeof value !== "string" || !value.includes("\uFFFD")) continue;
    found += value.split("\uFFFD").length - 1;
    if (found > marks) throw new Error(unreadableText(number, name, "is not UTF-8"));
  }
  return row;
}

function unreadableText(number: number, name: string | undefined, claim: string): string {
  return `the text in row ${number}, column ${JSON.stringify(name)} ${claim}, ` +
    "expected one without; cast(… as blob) gives its bytes";
}
