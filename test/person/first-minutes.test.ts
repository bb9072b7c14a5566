import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { canRunServer } from '../../scripts/vscode/install';
import {
  openPackedWorkbench,
  OUT,
  type Language,
  type PackedWorkbench,
  type Theme,
} from './packed-workbench';

/** What a person meets first, in a window of usual size: the container of the views before, at and after a first stop. */

const SMALL = { width: 1280, height: 800 };

const WORDS = {
  en: {
    registers: /^Registers/i,
    vmcs: /^VMCS/i,
    exits: /^VM Exits/i,
    empty: /registers of the guest/,
    walkthrough: /Walkthrough/,
    nextExit: 'Run to the Next VM Exit',
  },
  'zh-cn': {
    registers: /^寄存器/,
    vmcs: /^VMCS/,
    exits: /^VM 退出/,
    empty: /客户机的寄存器/,
    walkthrough: /演练/,
    nextExit: '运行到下一次 VM 退出',
  },
} as const;

function series(language: Language, theme: Theme): void {
  describe(`the first minutes: ${theme}, ${language}`, function () {
    this.timeout(240_000);
    const words = WORDS[language];
    let workbench: PackedWorkbench;

    before(async () => {
      mkdirSync(OUT, { recursive: true });
      workbench = await openPackedWorkbench(language, theme, undefined, SMALL);
    });

    afterEach(async function () {
      if (this.currentTest?.state === 'failed') await shoot('failed');
    });

    after(() => workbench?.close());

    const shoot = (name: string): Promise<unknown> =>
      workbench.page.screenshot({ path: join(OUT, `first-${name}-${theme}-${language}.png`) });

    it('without a session the container says what will be there', async () => {
      const { person, page } = workbench;
      await person.setPane(words.registers, true);
      const text = page.locator('.part.sidebar .welcome-view-content').first();
      await person.waitFor('the welcome', async () => words.empty.test(await text.innerText()));
      await page.mouse.move(900, 500);
      await page.waitForTimeout(500);
      await shoot('welcome');
    });

    it('leads to a walkthrough of six steps', async () => {
      const { page } = workbench;
      await page.locator('.part.sidebar a.monaco-button', { hasText: words.walkthrough }).click();
      await page.locator('.getting-started-step').nth(5).waitFor();
      await page.waitForTimeout(1000);
      await shoot('walkthrough');
      await page.keyboard.press('Control+B'); // pictures stand beside the steps where there is room
      await page.waitForTimeout(1000);
      await shoot('walkthrough-wide');
      await page.keyboard.press('Control+B');
      assert.equal(await page.locator('.getting-started-step').count(), 6);
      await page.keyboard.press('Control+F4');
    });

    it('at the first stop it has rows in sight, and the keyboard is in the editor', async () => {
      const { person, page } = workbench;
      await page.locator('.part.activitybar .codicon-run-view-icon').first().click();
      await person.openFile('first-exits/kernel.asm');
      await page.mouse.move(900, 500);
      await person.stopAfter('F5', 'guest');
      const pane = page.locator('.part.sidebar .pane').filter({ hasText: words.registers });
      await person.waitFor(
        'rows',
        async () => (await pane.locator('.monaco-list-row').count()) > 4,
      );
      assert.ok((await person.rowsOf(words.vmcs)).length > 4);
      assert.ok(await page.locator('.part.editor .monaco-editor.focused').first().isVisible());
      await shoot('stop');
    });

    it('runs to the next VM exit, and the monitor says why', async () => {
      const { person } = workbench;
      await person.startCommand(words.nextExit);
      await person.waitFor('the monitor', async () => /VMM/.test(await person.world()));
      await person.waitFor('the exit', async () => (await person.rowsOf(words.exits)).length > 0);
      await shoot('exit');
      assert.match((await person.rowsOf(words.exits)).join(), /0x3f8/);
    });
  });
}

if (canRunServer()) {
  series('en', 'dark');
  series('zh-cn', 'light');
}
