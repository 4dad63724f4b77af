/**
 * Which server a queue is on, and as whom: read from its URL and the environment.
 *
 * @module
 */

import { Fault } from "../../../fault.ts";

export interface ServerAddress {
  readonly kind: "redis" | "postgres";
  readonly host: string;
  readonly port: number;
  /** How it is called in messages: kind, host and port, and never who we are there. */
  readonly shown: string;
  readonly user?: string;
  readonly password?: string;
  readonly isTls: boolean;
  /** Number of the database on Redis; name of it on PostgreSQL. */
  readonly database?: string;
  /** What else the URL says to the client of PostgreSQL: `sslmode=require`. */
  readonly parameters: string;
}

const SCHEMES: Readonly<Record<string, Pick<ServerAddress, "kind" | "isTls" | "port">>> = {
  "redis:": { kind: "redis", isTls: false, port: 6379 },
  "rediss:": { kind: "redis", isTls: true, port: 6379 },
  "postgres:": { kind: "postgres", isTls: false, port: 5432 },
  "postgresql:": { kind: "postgres", isTls: false, port: 5432 },
};

/** The variables that say who we are. */
const [USER, PASSWORD] = ["FANFOLD_QUEUE_USER", "FANFOLD_QUEUE_PASSWORD"];

const WANTED = "wanted redis://HOST, rediss://HOST or postgres://HOST";

/**
 * Reads the URL of a queue. What it does not say of user and password is taken from `FANFOLD_QUEUE_USER` and
 * `FANFOLD_QUEUE_PASSWORD`; what these do not say either is left to the client of the server.
 *
 * @throws {Fault} Of kind `usage`, if it is no URL of a queue. It shows no part of it that could be a password.
 */
export function readAddress(
  url: string,
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
): ServerAddress {
  const scheme = /^([a-z][a-z0-9+.-]*:)\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) throw unreadable(`found no URL, ${WANTED}`);
  const known = SCHEMES[scheme];
  if (!known) throw unreadable(`found "${scheme}//", ${WANTED}`);
  // Only of these schemes are host and port parsed as such.
  const parsed = URL.parse(url.replace(/^[^:]*:/, "http:"));
  const port = /:(\d+)$/.exec(/^[^/]*\/\/[^/?#]*/.exec(url)?.[0] ?? "")?.[1];
  if (!parsed) throw unreadable(`host or port are not valid, ${WANTED}`);
  const host = parsed.hostname.replace(/^\[(.*)\]$/, "$1");
  const database = decoded(parsed.pathname.replace(/^\//, ""), "name of the database");
  if (known.kind === "redis") {
    if (!/^\d*$/.test(database)) {
      throw unreadable(`found database "${database}", wanted a number`);
    }
    if (parsed.search !== "") throw unreadable("found parameters behind a question mark");
  }
  const user = decoded(parsed.username, "user") || env(USER);
  const password = decoded(parsed.password, "password") || env(PASSWORD);
  const address = {
    ...known,
    host,
    port: port === undefined ? known.port : Number(port),
    parameters: parsed.search.replace(/^\?/, ""),
    ...user ? { user } : {},
    ...password ? { password } : {},
    ...database === "" ? {} : { database },
  };
  const name = known.kind === "redis" ? "Redis" : "PostgreSQL";
  const shownHost = host.includes(":") ? `[${host}]` : host;
  return { ...address, shown: `${name} at ${shownHost}:${address.port}` };
}

/** From now on nothing that runs in this program, or is started by it, is told by the environment who we are. */
export function forgetCredentials(): void {
  for (const name of [USER, PASSWORD]) Deno.env.delete(name);
}

/** Puts an address into words that the client of PostgreSQL reads. */
export function postgresUrl(address: ServerAddress, options: string): string {
  const url = new URL("postgres://host");
  const { host, port, user = "", password = "", database = "", parameters } = address;
  // A URL of this scheme takes no host by assignment.
  const at = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const who = user || password
    ? `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`
    : "";
  url.search = parameters;
  const before = url.searchParams.get("options");
  url.searchParams.set("options", before === null ? options : `${before} ${options}`);
  // A plus would be read as such, and not as a space.
  const search = url.searchParams.toString().replaceAll("+", "%20");
  return `postgres://${who}${at}/${encodeURIComponent(database)}?${search}`;
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unreadable(`the ${what} has a % that is no escape, wanted %25`);
  }
}

function unreadable(why: string): Fault {
  return new Fault("usage", `Cannot read the URL of the queue: ${why}`);
}
