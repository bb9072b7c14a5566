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

/** The timeline of a run and the picture of the machine as a person sees and uses them, from the packed extension. */

const KERNEL = 'first-exits/kernel.asm';
/** `lea rsi, [rel goodbye]`, near the end. */
const LINE = 105;

const WORDS = {
  en: {
    command: 'Show Run Timeline',
    cpuid: /^CPUID/m,
    ended: /has ended/,
    machine: 'Show The Machine',
    here: /^Guest, ring 0, .*; came by VM entry\.$/,
    left: /^VMM, VMX root at handleExit/,
  },
  'zh-cn': {
    command: '显示运行时间线',
    cpuid: /^CPUID/m,
    ended: /已结束/,
    machine: '显示机器全景',
    here: /^客户机，ring 0，.*；经由：VM 进入。$/,
    left: /^VMM，VMX 根模式，位于 handleExit/,
  },
} as const;

/** A page of ours lies in frames of VS Code's: it is that which has something. */
async function pageWith({ page, person }: PackedWorkbench, what: string): Promise<Frame> {
  let found: Frame | undefined;
  await person.waitFor(`the page with ${what}`, async () => {
    for (const frame of page.frames()) {
      const pieces = await frame
        .locator(what)
        .count()
        .catch(() => 0);
      if (pieces > 0) found = frame;
    }
    return found !== undefined;
  });
  assert.ok(found);
  return found;
}

const timelinePage = (workbench: PackedWorkbench): Promise<Frame> =>
  pageWith(workbench, 'main .picture .piece');

async function audit(frame: Frame): Promise<void> {
  await frame.evaluate(axe.source);
  const { violations } = await frame.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(),
  );
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join()}`);
  assert.deepEqual(found, []);
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

    it('passes an audit of its accessibility', () => audit(frame));

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

    it('gives way to the picture of the machine, which follows each stop', async () => {
      const { page, person } = workbench;
      await person.command(words.machine);
      const machine = await pageWith(workbench, 'main .room.here');
      const tells = (what: RegExp): Promise<void> =>
        person.waitFor(String(what), async () =>
          what.test(await machine.locator('.sentence').innerText()),
        );
      await tells(words.left);
      await shoot('machine-exit');
      await person.stopAfter('Shift+F11', 'guest');
      await tells(words.here);
      await machine.locator('.arrows .latest').waitFor({ state: 'attached' });
      await shoot('machine-guest');
      await audit(machine);
      // By keys alone: the guest's kernel is the second room, and leads to its source.
      await machine.locator('.room').first().focus();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      const tab = page.locator('.tab.active', { hasText: 'kernel.asm' });
      await tab.first().waitFor();
      await person.command(words.command);
      frame = await timelinePage(workbench);
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
