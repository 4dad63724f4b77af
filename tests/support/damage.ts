/**
 * Files that a disk or another program has damaged.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";

/** How long a page of SQLite is, in bytes. */
const PAGE = 4096;

/** Random numbers that are the same for a seed: whole ones from 0 to below a limit. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    // Mulberry32, by Tommy Ettinger, in the public domain.
    state = (state + 0x6D2B79F5) >>> 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) % below;
  };
}

/** Does something to the bytes of a file, and says what; a damaged row is done by another program. */
type Damage = (path: string, bytes: Uint8Array, random: (below: number) => number) => string;

const zeroed: Damage = (path, bytes, random) => {
  const page = random(Math.ceil(bytes.length / PAGE));
  Deno.writeFileSync(path, bytes.fill(0, page * PAGE, (page + 1) * PAGE));
  return `page ${page} zeroed`;
};

const copied: Damage = (path, bytes, random) => {
  const pages = Math.ceil(bytes.length / PAGE);
  const [from, to] = [random(pages), random(pages)];
  bytes.copyWithin(to * PAGE, from * PAGE, (from + 1) * PAGE);
  Deno.writeFileSync(path, bytes);
  return `page ${from} over page ${to}`;
};

const flipped: Damage = (path, bytes, random) => {
  const [at, bit] = [random(bytes.length), random(8)];
  bytes[at]! ^= 1 << bit;
  Deno.writeFileSync(path, bytes);
  return `byte ${at}, bit ${bit} flipped`;
};

const spoiled: Damage = (path, bytes, random) => {
  const [at, length] = [random(bytes.length), 1 + random(64)];
  for (let i = at; i < Math.min(at + length, bytes.length); i++) bytes[i] = random(256);
  Deno.writeFileSync(path, bytes);
  return `${length} bytes from ${at} on spoiled`;
};

const cut: Damage = (path, bytes, random) => {
  const length = random(bytes.length);
  Deno.writeFileSync(path, bytes.subarray(0, length));
  return `cut to ${length} bytes`;
};

const changed: Damage = (path, bytes, random) => {
  Deno.writeFileSync(path, bytes);
  using database = new DatabaseSync(path);
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const table = String(tables[random(tables.length)]?.name);
  const columns = database.prepare(`SELECT name FROM pragma_table_info('${table}')`).all();
  const column = String(columns[random(columns.length)]?.name);
  const where = `rowid IN (SELECT rowid FROM ${table} ORDER BY random() LIMIT 1)`;
  const all = [
    `DELETE FROM ${table}`,
    `DELETE FROM ${table} WHERE ${where}`,
    `UPDATE ${table} SET ${column} = substr(${column}, 1, length(${column}) / 2) WHERE ${where}`,
    `UPDATE ${table} SET ${column} = ${column} + 1 WHERE ${where}`,
    `UPDATE ${table} SET ${column} = NULL WHERE ${where}`,
    `UPDATE ${table} SET ${column} = (SELECT ${column} FROM ${table} LIMIT 1) WHERE ${where}`,
  ];
  const statement = all[random(all.length)] as string;
  try {
    database.exec(statement);
  } catch {
    return `refused: ${statement}`;
  }
  return statement;
};

const DAMAGES: readonly Damage[] = [zeroed, copied, flipped, spoiled, cut, changed, changed];

/** Writes a file so that it is damaged, and says how. */
export function damage(path: string, whole: Uint8Array, random: (below: number) => number): string {
  return (DAMAGES[random(DAMAGES.length)] as Damage)(path, whole.slice(), random);
}
