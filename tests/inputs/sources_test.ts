import { assertEquals, assertThrows } from "@std/assert";
import { SOURCE_KEYS } from "../../lib/inputs/inputs_schema.ts";
import type { MODIFIERS } from "../../lib/inputs/modifiers.ts";
import type { SourceKey } from "../../lib/inputs/source_record.ts";
import { KEYS, kindOf, type SourceOf, SOURCES } from "../../lib/inputs/sources.ts";
import type { InferOutput } from "../../lib/npm/valibot.ts";
import type { Any } from "../../lib/schema/schema_parts.ts";

type Same<A, B> = [A] extends [B] ? [B] extends [A] ? true : false : false;
type KeysIn<U> = U extends unknown ? keyof U : never;

/** What a schema takes; lists are read only in types. */
type Taken<S> = S extends (...parts: never) => Any ? ReadOnly<InferOutput<ReturnType<S>>> : never;
type ReadOnly<T> = T extends readonly unknown[] ? Readonly<T> : T;

type Key = Extract<typeof SOURCES[number], { readonly key: SourceKey }>["key"];
type Sides<K> = K extends { readonly goesWith: infer G } ? G : Record<never, never>;
type Needed<G> = {
  [N in keyof G]: G[N] extends { readonly isNeeded: true } ? N : never;
}[keyof G];

/** What a source says by its record, apart from the modifiers. */
type ByRecord<K extends Key, G = Sides<K>> =
  & { readonly [N in K["name"]]: Taken<K["schema"]> }
  & { readonly [N in Needed<G>]: Taken<SchemaOf<G[N]>> }
  & { readonly [N in Exclude<keyof G, Needed<G>>]?: Taken<SchemaOf<G[N]>> };
type SchemaOf<K> = K extends { schema: infer S } ? S : never;

/** What a source says by its type. */
type ByType<K extends Key> = Omit<Parameters<K["sourceOf"]>[0], keyof typeof MODIFIERS>;

/** The names of the sources whose types are another thing than what their records take. */
type Different<K extends Key = Key> = K extends Key
  ? Same<ByRecord<K>, ByType<K>> extends true ? never : K["name"]
  : never;

Deno.test("the types of sources are what their records take", () => {
  const isSame: Same<Different, never> = true;
  assertEquals(isSame, true);
});

Deno.test("defineTasks() knows every key of a source, and no others", () => {
  const isSame: Same<
    KeysIn<SourceOf<unknown>>,
    Key["name"] | KeysIn<Sides<Key>> | keyof typeof MODIFIERS
  > = true;
  assertEquals(isSame, true);
});

Deno.test("keys of sources and what goes with them are told apart by their names", () => {
  assertEquals(SOURCE_KEYS.length, new Set(SOURCE_KEYS).size);
  assertEquals(KEYS.length, SOURCES.filter((source) => "key" in source).length);
});

Deno.test("kindOf() refuses a kind that there is not", () => {
  const message = 'Cannot read inputs of the kind "parquet"';
  assertThrows(() => kindOf({ kind: "parquet" }), TypeError, message);
});

Deno.test("sources are known without the library of schemas, and what reads files", async () => {
  const path = new URL("../../lib/inputs/sources.ts", import.meta.url).pathname;
  const args = ["info", "--json", path];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as Info;
  const ofModule = new Map(modules.map(({ specifier, dependencies = [] }) => [
    specifier,
    dependencies.flatMap(({ code, isDynamic }) => isDynamic ? [] : code?.specifier ?? []),
  ]));
  const loaded = new Set<string>();
  const load = (specifier: string) => {
    if (loaded.has(specifier)) return;
    loaded.add(specifier);
    ofModule.get(specifier)?.forEach(load);
  };
  load(new URL("../../lib/inputs/sources.ts", import.meta.url).href);
  const heavy =
    /valibot|schema_parts|csv_parser|json_parser|file_paths|sqlite_rows|readers\/joined/;
  const found = [...loaded].filter((specifier) => heavy.test(specifier));
  assertEquals(found.map((specifier) => specifier.replace(/^.*\/lib\//, "")), []);
});

interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      readonly isDynamic?: boolean;
    }[];
  }[];
}
