import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Fault } from "../../../../lib/fault.ts";
import { cacheFolder, FileCache } from "../../../../lib/engines/queue/modules/file_cache.ts";
import { fileSetOf, packed } from "../../../../lib/engines/queue/modules/file_set.ts";
import { sha256 } from "../../../../lib/text/digest.ts";
import { Folder } from "../../../support/folder.ts";

/** A set of files, as it is sent. */
function setOf(files: Readonly<Record<string, string>>) {
  const bytes = Object.entries(files).map(([path, text]) =>
    [path, new TextEncoder().encode(text)] as const
  );
  const set = fileSetOf(new Map(bytes));
  return { digest: sha256(set.index), bytesOf: () => Promise.resolve(packed(set)) };
}

const AB = setOf({ "a.ts": "1", "lib/b.ts": "22" });

const never = () => Promise.reject(new TypeError("asked for what is there"));

async function heldRoot(cache: FileCache, { digest, bytesOf } = AB): Promise<string> {
  const held = await cache.hold(digest, bytesOf);
  return held!.root;
}

function modeOf(path: string): number {
  return Deno.statSync(path).mode! & 0o777;
}

Deno.test("FileCache.hold() has a set on the disk that only its user may read, and asks for it once", async () => {
  using folder = new Folder();
  using cache = new FileCache(folder.at("x/bundles"));
  const held = await cache.hold(AB.digest, AB.bytesOf);
  assertEquals(held, {
    root: folder.at(`x/bundles/${AB.digest}/files`),
    paths: new Set(["a.ts", "lib/b.ts"]),
  });
  assertEquals(Deno.readTextFileSync(`${held!.root}/lib/b.ts`), "22");
  for (const path of ["", `/${AB.digest}`, `/${AB.digest}/files/lib`]) {
    assertEquals(modeOf(folder.at("x/bundles") + path), 0o700, path);
  }
  assertEquals(modeOf(`${held!.root}/lib/b.ts`), 0o600);
  assertEquals(await cache.hold(AB.digest, never), held);
  using other = new FileCache(folder.at("x/bundles"));
  assertEquals(await other.hold(AB.digest, never), held);
});

Deno.test("FileCache.hold() gives nothing where the set cannot be had", async () => {
  using folder = new Folder();
  using cache = new FileCache(folder.path);
  assertEquals(await cache.hold(AB.digest, () => Promise.resolve(undefined)), undefined);
});

const DAMAGES: Readonly<Record<string, (root: string, folder: Folder) => void>> = {
  "a file was changed": (root) => Deno.writeTextFileSync(`${root}/lib/b.ts`, "23"),
  "a file is gone": (root) => Deno.removeSync(`${root}/a.ts`),
  "a file has become a link": (root, folder) => {
    folder.write("same", "22");
    Deno.removeSync(`${root}/lib/b.ts`);
    Deno.symlinkSync(folder.at("same"), `${root}/lib/b.ts`);
  },
  "a folder has become a link": (root, folder) => {
    folder.write("else/b.ts", "22");
    Deno.removeSync(`${root}/lib`, { recursive: true });
    Deno.symlinkSync(folder.at("else"), `${root}/lib`);
  },
  "a folder has become a file": (root) => {
    Deno.removeSync(`${root}/lib`, { recursive: true });
    Deno.writeTextFileSync(`${root}/lib`, "");
  },
  "a file has become a folder": (root) => {
    Deno.removeSync(`${root}/a.ts`);
    Deno.mkdirSync(`${root}/a.ts/x`, { recursive: true });
  },
  "the index was changed": (root) => Deno.writeTextFileSync(`${root}/../index`, "[]"),
  "the index is gone": (root) => Deno.removeSync(`${root}/../index`),
  "all files are gone": (root) => Deno.removeSync(root, { recursive: true }),
  "who wrote it had ended in the middle": (root) => {
    Deno.removeSync(`${root}/../index`);
    Deno.removeSync(`${root}/lib`, { recursive: true });
    Deno.writeTextFileSync(`${root}/../next`, "2");
  },
};

for (const [name, damage] of Object.entries(DAMAGES)) {
  Deno.test(`FileCache.hold() makes a set whole again if ${name}`, async () => {
    using folder = new Folder();
    using cache = new FileCache(folder.at("bundles"));
    const root = await heldRoot(cache);
    damage(root, folder);
    let asked = 0;
    const held = await cache.hold(AB.digest, () => {
      asked++;
      return AB.bytesOf();
    });
    assertEquals(asked, 1);
    assertEquals(held?.root, root);
    assertEquals(Deno.lstatSync(`${root}/lib/b.ts`).isFile, true);
    assertEquals(Deno.readTextFileSync(`${root}/a.ts`), "1");
    assertEquals(Deno.readTextFileSync(`${root}/lib/b.ts`), "22");
    for (const path of ["same", "else/b.ts"]) {
      if (name.includes("link") && path.startsWith(name.includes("folder") ? "e" : "s")) {
        assertEquals(Deno.readTextFileSync(folder.at(path)), "22");
      }
    }
    assertEquals(await cache.hold(AB.digest, never), held);
  });
}

Deno.test("FileCache.hold() is safe when many hosts have one set written at once", async () => {
  using folder = new Folder();
  const script = `
    import { FileCache } from ${
    JSON.stringify(import.meta.resolve("../../../../lib/engines/queue/modules/file_cache.ts"))
  };
    const [folder, digest, bytes] = Deno.args;
    using cache = new FileCache(folder);
    const held = await cache.hold(digest, () => Deno.readFile(bytes));
    console.log([...held.paths].map((path) => Deno.readTextFileSync(held.root + "/" + path)).join());
  `;
  folder.write("host.ts", script);
  const files = Array.from({ length: 200 }, (_, i) => [`d${i % 7}/${i}.ts`, `${i} `.repeat(500)]);
  const set = setOf(Object.fromEntries(files));
  Deno.writeFileSync(folder.at("bytes"), await set.bytesOf());
  const outputs = await Promise.all(
    Array.from({ length: 6 }, () =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "-q", "host.ts", folder.at("bundles"), set.digest, folder.at("bytes")],
        cwd: folder.path,
      }).output()),
  );
  const texts = outputs.map(({ stdout }) => new TextDecoder().decode(stdout));
  const sorted = files.toSorted(([a = ""], [b = ""]) => a < b ? -1 : 1).map(([, text]) => text);
  for (const text of texts) assertEquals(text, `${sorted.join()}\n`);
});

Deno.test("FileCache.hold() removes sets beyond its limit, those first that were used longest ago, and none in use", async () => {
  using folder = new Folder();
  const text = (i: number) => `${i}`.repeat(1000);
  const sets = [0, 1, 2, 3].map((i) => setOf({ "a.ts": text(i) }));
  const [first, second, third, fourth] = sets as [typeof AB, typeof AB, typeof AB, typeof AB];
  const names = () =>
    [...Deno.readDirSync(folder.path)].map(({ name }) => name).filter((name) => name !== "lock");
  const usedAt = (seconds: number, { digest }: typeof AB) =>
    Deno.utimeSync(folder.at(`${digest}/used`), seconds, seconds);
  using user = new FileCache(folder.path);
  await heldRoot(user, first);
  usedAt(1, first);
  {
    using gone = new FileCache(folder.path);
    await heldRoot(gone, second);
    await heldRoot(gone, third);
    usedAt(2, second);
    usedAt(3, third);
  }
  const roomForThree = 3 * 1500;
  using cache = new FileCache(folder.path, { mostBytes: roomForThree });
  await heldRoot(cache, fourth);
  assertEquals(names().sort(), [first, third, fourth].map(({ digest }) => digest).sort());
  assertEquals(Deno.readTextFileSync(await heldRoot(user, first) + "/a.ts"), text(0));
});

Deno.test("FileCache.hold() refuses a place that it cannot write, and says why", async () => {
  using folder = new Folder({ file: "" });
  using cache = new FileCache(folder.at("file/bundles"));
  const fault = await assertRejects(() => cache.hold(AB.digest, AB.bytesOf), Fault);
  assertEquals(fault.kind, "engine");
  assertMatch(fault.message, /^Cannot keep files in ".*\/file\/bundles": Not a directory/);
});

Deno.test("FileCache.hold() closes a folder of its own that others could look into", async () => {
  using folder = new Folder();
  Deno.mkdirSync(folder.at("bundles"));
  Deno.chmodSync(folder.at("bundles"), 0o777);
  using cache = new FileCache(folder.at("bundles"));
  await heldRoot(cache);
  assertEquals(modeOf(folder.at("bundles")), 0o700);
});

Deno.test("cacheFolder() is that of the environment", () => {
  const env = (variables: Readonly<Record<string, string>>) => (name: string) => variables[name];
  assertEquals(cacheFolder(env({ HOME: "/h" })), "/h/.cache/fanfold/bundles");
  assertEquals(cacheFolder(env({ HOME: "/h", XDG_CACHE_HOME: "/c" })), "/c/fanfold/bundles");
  assertEquals(cacheFolder(env({ HOME: "/h", XDG_CACHE_HOME: "" })), "/h/.cache/fanfold/bundles");
});
