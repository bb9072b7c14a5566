import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
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

/** The page *Techniques Compared* as a person sees and uses it, from the packed extension. */

const KERNEL = 'techniques/deprivilege/kernel.asm';

const WORDS = {
  en: {
    command: 'Compare Techniques',
    title: 'Techniques Compared: kernel.asm',
    parts: /^\s*software steps of the monitor/,
    performance: 'Performance',
    otherWay: 'Show This Instruction Under Another Technique',
    hole: /does not trap: 0x9 instead of 0x8/,
  },
  'zh-cn': {
    command: '比较虚拟化技术',
    title: '虚拟化技术比较：kernel.asm',
    parts: /^\s*VMM 的软件步骤/,
    performance: '性能',
    otherWay: '在另一种虚拟化技术下显示此指令',
    hole: /0x9.*0x8/,
  },
} as const;

/** The page lies in frames of VS Code's. */
async function comparisonPage({ page, person }: PackedWorkbench): Promise<Frame> {
  let found: Frame | undefined;
  await person.waitFor('the page of the comparison', async () => {
    for (const frame of page.frames()) {
      const bars = await frame
        .locator('main .bar')
        .count()
        .catch(() => 0);
      if (bars > 0) found = frame;
    }
    return found !== undefined;
  });
  assert.ok(found);
  return found;
}

function series(language: Language, theme: Theme): void {
  describe(`comparing techniques: ${theme}, ${language}`, function () {
    this.timeout(240_000);
    const words = WORDS[language];
    let workbench: PackedWorkbench;
    let frame: Frame;

    before(async () => {
      mkdirSync(OUT, { recursive: true });
      workbench = await openPackedWorkbench(language, theme);
      const { person } = workbench;
      await person.openFile(KERNEL);
      await person.command(words.command);
      frame = await comparisonPage(workbench);
    });

    afterEach(async function () {
      if (this.currentTest?.state === 'failed') await shoot('failed');
    });

    after(() => workbench?.close());

    const shoot = (name: string): Promise<unknown> =>
      workbench.page.screenshot({ path: join(OUT, `comparison-${name}-${theme}-${language}.png`) });

    it('has a chart, and a table with its numbers', async () => {
      await shoot('chart');
      assert.equal(await frame.locator('h1').innerText(), words.title);
      const ways = await frame.locator('thead').first().locator('th').allInnerTexts();
      assert.deepEqual(ways.slice(0, 2), ['none', 'vtx']);
      assert.equal(await frame.locator('.bar').count(), ways.length);
      const names = await frame.locator('table').first().locator('tbody th').allInnerTexts();
      assert.ok(
        names.some((name) => words.parts.test(name)),
        names.join('\n'),
      );
      await frame.locator('caption', { hasText: words.performance }).scrollIntoViewIfNeeded();
      await shoot('tables');
    });

    it('passes an audit of its accessibility', async () => {
      await frame.evaluate(axe.source);
      const { violations, passes } = await frame.evaluate(() =>
        (globalThis as unknown as { axe: typeof axe }).axe.run(),
      );
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join()}`);
      assert.deepEqual(found, []);
      assert.ok(passes.some(({ id }) => id === 'color-contrast'));
    });

    it('reckons with another processor', async () => {
      const numbers = (): Promise<string[]> => frame.locator('.bar .number').allTextContents();
      const before = await numbers();
      await frame.locator('#processor').focus();
      for (const key of ['Space', 'ArrowUp', 'Enter']) await workbench.page.keyboard.press(key);
      await workbench.person.waitFor(
        'other numbers',
        async () => (await numbers()).join() !== before.join(),
      );
    });

    it('leads to the line after which the guest is another', async () => {
      const { page, folder } = workbench;
      const place = frame.locator('button.link').last();
      const line = Number(/:(\d+)$/.exec((await place.innerText()).trim())?.[1]);
      const source = readFileSync(join(folder, KERNEL), 'utf8').split('\n');
      assert.match(source[line - 1] ?? '', /mov eax, cs/);
      await place.focus();
      await page.keyboard.press('Enter');
      const position = page.locator('.statusbar-item[id="status.editor.selection"]');
      await workbench.person.waitFor('the line', async () =>
        (await position.innerText()).includes(` ${String(line)}`),
      );
      await shoot('line');
    });

    it('shows an instruction under another technique, both states side by side', async () => {
      const { page, person } = workbench;
      await page.keyboard.press('Home');
      await person.toggleBreakpoint();
      await person.stopAfter('F5', 'guest');
      await person.stopAfter('F5', 'guest');
      await person.startCommand(words.otherWay);
      await person.answer('deprivilege');
      await person.waitFor('both states', async () => {
        const lines = await page.locator('.view-line').allInnerTexts();
        return words.hole.test(lines.join('\n').replaceAll('\u00a0', ' '));
      });
      await shoot('states');
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
