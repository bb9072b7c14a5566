import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Frame } from 'playwright-core';
import { canRunServer } from '../../scripts/vscode/install';
import {
  openPackedWorkbench,
  OUT,
  type Language,
  type PackedWorkbench,
  type Theme,
} from './packed-workbench';

/** The timeline of a run as a person sees and uses it, from the packed extension. */

const KERNEL = 'first-exits/kernel.asm';
/** `lea rsi, [rel goodbye]`, near the end. */
const LINE = 105;

const WORDS = {
  en: { command: 'Show Run Timeline', whole: 'Whole Run', cpuid: /^CPUID/m, ended: /has ended/ },
  'zh-cn': { command: '显示运行时间线', whole: '整个运行过程', cpuid: /^CPUID/m, ended: /已结束/ },
} as const;

/** The page lies in frames of VS Code's. */
async function timelinePage({ page, person }: PackedWorkbench): Promise<Frame> {
  let found: Frame | undefined;
  await person.waitFor('the page of the timeline', async () => {
    for (const frame of page.frames()) {
      const pieces = await frame
        .locator('main .picture .piece')
        .count()
        .catch(() => 0);
      if (pieces > 0) found = frame;
    }
    return found !== undefined;
  });
  assert.ok(found);
  return found;
}

function series(language: Language, theme: Theme): void {
  describe(`the timeline: ${theme}, ${language}`, function () {
    this.timeout(240_000);
    const words = WORDS[language];
    let workbench: PackedWorkbench;
    let frame: Frame;

    before(async () => {
      mkdirSync(OUT, { recursive: true });
      workbench = await openPackedWorkbench(language, theme);
      const { person } = workbench;
      await person.openFile(KERNEL);
      await person.goToLine(LINE);
      await person.toggleBreakpoint();
      await person.stopAfter('F5', 'guest');
      await person.stopAfter('F5', 'guest');
      await person.command(words.command);
      frame = await timelinePage(workbench);
    });

    afterEach(async function () {
      if (this.currentTest?.state === 'failed') await shoot('failed');
    });

    after(() => workbench?.close());

    const shoot = (name: string): Promise<unknown> =>
      workbench.page.screenshot({ path: join(OUT, `timeline-${name}-${theme}-${language}.png`) });
    const active = (): Promise<string> => frame.locator('.list .active').innerText();
    const summary = (): Promise<string> => frame.locator('.summary').innerText();

    it('shows the run in lanes, and in words beside them', async () => {
      await shoot('whole');
      assert.ok((await frame.locator('.piece').count()) > 10);
      const rows = await frame.locator('.list li').allInnerTexts();
      assert.ok(
        rows.some((row) => words.cpuid.test(row)),
        rows.join('\n'),
      );
      assert.ok(
        rows.some((row) => /0x3f8.* × \d/.test(row)),
        rows.join('\n'),
      );
    });

    it('passes an audit of its accessibility', async () => {
      await frame.evaluate(axe.source);
      const { violations } = await frame.evaluate(() =>
        (globalThis as unknown as { axe: typeof axe }).axe.run(),
      );
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join()}`);
      assert.deepEqual(found, []);
    });

    it('is walked and zoomed by keys, and leads to a moment', async () => {
      const { page, person } = workbench;
      await frame.locator('.list').focus();
      await page.keyboard.press('ArrowLeft');
      const last = await active();
      for (let n = 0; n < 3; n++) await page.keyboard.press('ArrowLeft');
      await person.waitFor('another event', async () => (await active()) !== last);
      await page.keyboard.press('+');
      await page.keyboard.press('+');
      await page.keyboard.press('+');
      await shoot('zoomed');
      const position = await person.lineOfStop();
      await page.keyboard.press('Enter');
      await person.waitFor('another place', async () => (await person.lineOfStop()) !== position);
      await shoot('gone');
      await frame.locator('.list').focus();
      await page.keyboard.press('Home');
    });

    it('stays when the session is over', async () => {
      const { page, person } = workbench;
      const before = await summary();
      await person.stopAfter('F5', 'guest');
      await page.keyboard.press('F5');
      await person.waitFor('the end', async () =>
        words.ended.test(await frame.locator('.note').innerText()),
      );
      await shoot('ended');
      assert.notEqual(await summary(), before);
      assert.ok((await frame.locator('.piece').count()) > 10);
    });
  });
}

if (canRunServer()) {
  for (const [language, theme] of [
    ['en', 'dark'],
    ['zh-cn', 'light'],
    ['en', 'high-contrast'],
  ] as const) {
    series(language, theme);
  }
}
