import { assert, assertEquals } from "@std/assert";
import { htmlReport } from "../../lib/reports/html.ts";
import { BROWSER, Page } from "../support/browser.ts";
import { Folder } from "../support/folder.ts";
import { job, runOf, textOf, throwing, wrote } from "./reports.ts";

/** What has the focus, and whether that is to be seen: within the window, with a frame. */
const FOCUSED = `(() => {
  const it = document.activeElement;
  const { top, bottom } = it.getBoundingClientRect();
  const { outlineStyle, outlineWidth } = getComputedStyle(it);
  return {
    name: it.ariaLabel ?? (it.id || it.textContent),
    isSeen: outlineStyle !== "none" && parseFloat(outlineWidth) > 0 &&
      bottom > 0 && top < innerHeight,
  };
})()`;

interface Focused {
  readonly name: string;
  readonly isSeen: boolean;
}

/** A page of two tasks, one job of which has failed. */
async function openPage(folder: Folder, columns: number): Promise<Page> {
  const run = runOf({
    sizes: [
      job("sizes", 0, { input: "a.txt" }),
      job("sizes", 1, { input: "b", ...throwing("no"), output: wrote("", "last words\n") }),
    ],
    "a task of a long name": [job("a task of a long name", 0, { input: "c" })],
  });
  Deno.writeTextFileSync(folder.at("page.html"), await textOf(htmlReport(run)));
  return await Page.open(`file://${folder.at("page.html")}`, folder.at("browser"), columns);
}

function browserTest(name: string, run: () => Promise<void>): void {
  const needs = BROWSER ? "" : " (needs a browser: apt-get install chromium)";
  Deno.test({ name: name + needs, ignore: !BROWSER, fn: run });
}

browserTest(
  "htmlReport() is gone through by Tab, and what has the focus is to be seen",
  async () => {
    using folder = new Folder();
    await using page = await openPage(folder, 1000);
    const names: string[] = [];
    for (let i = 0; i < 11; i++) {
      await page.press("Tab");
      const { name, isSeen } = await page.valueOf<Focused>(FOCUSED);
      assert(isSeen, name);
      names.push(name);
    }
    assertEquals(names, [
      ...["Tasks", "Slots", "How long jobs took", "Slowest jobs", "Jobs that did not end well"],
      ...["Jobs", "Tasks", "Slowest jobs"],
      'task "sizes", job 2, input "b" failed: Error: no',
      ...["field", "Jobs"],
    ]);
  },
);

browserTest("htmlReport() has the way to each part, which Enter goes", async () => {
  using folder = new Folder();
  await using page = await openPage(folder, 1000);
  await page.press("Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Enter", "Tab");
  assertEquals(await page.valueOf(FOCUSED), { name: "field", isSeen: true });
});

browserTest(
  "htmlReport() opens and closes what a job has failed of by Enter and by Space",
  async () => {
    using folder = new Folder();
    await using page = await openPage(folder, 1000);
    await page.press("Tab", "Tab", "Tab", "Tab", "Tab", "Enter", "Tab");
    const isOpen = () => page.valueOf<boolean>("document.querySelector('details').open");
    assertEquals(await isOpen(), false);
    await page.press("Enter");
    assertEquals(await isOpen(), true);
    assertEquals(
      await page.valueOf("document.querySelector('details pre').checkVisibility()"),
      true,
    );
    await page.press("Space");
    assertEquals(await isOpen(), false);
  },
);

browserTest(
  "htmlReport() searches what is typed, says how much is found, and forgets it by Escape",
  async () => {
    using folder = new Folder();
    await using page = await openPage(folder, 1000);
    await page.press("Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Enter", "Tab");
    const found = () =>
      page.valueOf(
        "[found.textContent, [...rows.rows].map(({ cells: [first] }) => first.textContent)]",
      );
    assertEquals(await found(), ["3 found", ['"a.txt"', '"b"', '"c"']]);
    await page.type("FAILED b");
    assertEquals(await found(), ["1 found", ['"b"']]);
    await page.press("Escape");
    assertEquals(await found(), ["3 found", ['"a.txt"', '"b"', '"c"']]);
  },
);

browserTest(
  "htmlReport() scrolls a table by keys where a window is too narrow for it",
  async () => {
    using folder = new Folder();
    await using page = await openPage(folder, 240);
    await page.press("Tab", "Enter", "Tab");
    assertEquals(await page.valueOf(FOCUSED), { name: "Tasks", isSeen: true });
    const wide = "document.querySelector('.wide')";
    assert(await page.valueOf<boolean>(`${wide}.scrollWidth > ${wide}.clientWidth`));
    await page.press("ArrowRight");
    await page.valueOf<void>(
      `new Promise((over) => ${wide}.scrollLeft > 0 ? over() : ${wide}.onscroll = over)`,
    );
  },
);
