/**
 * What stands for something shared in a message.
 *
 * @module
 */

import type { Home } from "./home.ts";

/** The key under which a clone of something shared carries its token; nobody else is likely to use it. */
export const TOKEN_KEY = "fanfold:shared";

/** What a clone of something shared carries. */
export interface Token {
  readonly kind: string;
  /** Nothing else has this one, in any isolate. */
  readonly id: string;
  readonly about: unknown;
}

/** Something shared, and where it lives. */
export interface Original {
  readonly object: object;
  readonly home: Home;
}

/** What a message has taken along, by the id in its token. */
export type Originals = ReadonlyMap<string, Original>;

// As they were before a function may have put others in their place: messages of jobs that share nothing go this way, too.
const MapOf = Map;
const put: (map: Map<string, Original>, id: string, original: Original) => void = Function.prototype
  .call.bind(Map.prototype.set);
const sizeOf: (map: Originals) => number = Function.prototype.call.bind(
  Object.getOwnPropertyDescriptor(Map.prototype, "size")?.get as () => number,
);

/** What the message under way takes along. */
let notes: Map<string, Original> | undefined;

/** What is being made stands for this, in another isolate. */
let elsewhere: { readonly home: Home; readonly id: string } | undefined;

/**
 * Lets an object travel: to clone it reads its token, which {@link sendNoting} then knows of.
 *
 * @param kind Name of its class.
 * @param about What the class is told where it is made again.
 * @param make Its home, if it is not one that stands for another.
 */
export function homeFor(object: object, kind: string, about: unknown, make: () => Home): Home {
  const home = elsewhere?.home ?? make();
  let id = elsewhere?.id;
  Object.defineProperty(object, TOKEN_KEY, {
    enumerable: true,
    get: (): Token => {
      id ??= crypto.randomUUID();
      if (notes) put(notes, id, { object, home });
      return { kind, id, about };
    },
  });
  return home;
}

/** Makes what stands for something of another isolate. */
export function madeFor<T>(home: Home, id: string, make: () => T): T {
  elsewhere = { home, id };
  try {
    return make();
  } finally {
    elsewhere = undefined;
  }
}

/**
 * Sends a message that says whether something shared is in it, and gives what that was. It is known without
 * a look at the message: the property that says so is the last of it, and whatever clones reads in order.
 */
export function sendNoting<M extends object>(
  message: M,
  send: (message: M & { readonly hasShared: boolean }) => void,
): Originals {
  const before = notes;
  const found = notes = new MapOf<string, Original>();
  try {
    send({
      ...message,
      get hasShared() {
        return sizeOf(found) > 0;
      },
    });
  } finally {
    notes = before;
  }
  return found;
}

/** Whether a value is something shared, which travels as its token. */
export function isShared(value: object): boolean {
  return Object.hasOwn(value, TOKEN_KEY);
}

/** The token that a value carries, if it is a clone of something shared. */
export function tokenOf(value: object): Token | undefined {
  if (!isShared(value)) return undefined;
  const token = (value as Record<string, Partial<Token> | null | undefined>)[TOKEN_KEY];
  const isToken = typeof token?.kind === "string" && typeof token.id === "string";
  return isToken ? token as Token : undefined;
}
