import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { canRunServer } from '../../scripts/vscode/install';
import { guestPage } from './guest-page';
import {
  openPackedWorkbench,
  OUT,
  type Language,
  type PackedWorkbench,
  type Theme,
} from './packed-workbench';

/** A person looks at the guest's screen, clicks it, types, and gets the keyboard back. */

const WORDS = {
  en: {
    captured: 'Keyboard captured — press Ctrl+Alt to release',
    free: /^Click the screen/,
    over: /^the guest has ended$/,
  },
  'zh-cn': {
    captured: '键盘已捕获：按 Ctrl+Alt 释放',
    free: /^单击屏幕/,
    over: /^客户机已结束$/,
  },
} as const;

function series(language: Language, theme: Theme): void {
  describe(`the guest's screen: ${theme}, ${language}`, function () {
    this.timeout(240_000);
    let workbench: PackedWorkbench;

    before(async () => {
      mkdirSync(OUT, { recursive: true });
      workbench = await openPackedWorkbench(language, theme);
    });

    afterEach(async function () {
      if (this.currentTest?.state === 'failed') await shoot('failed');
    });

    after(() => workbench?.close());

    const shoot = (name: string): Promise<unknown> =>
      workbench.page.screenshot({ path: join(OUT, `screen-${name}-${theme}-${language}.png`) });

    it('shows text, takes the keyboard by a click, and gives it back', async () => {
      const { person } = workbench;
      await person.openFile('picture.asm');
      await person.stopAfter('F5', 'guest');
      await workbench.page.keyboard.press('F5');
      const frame = await guestPage(workbench);
      const [text, hint] = [frame.locator('#text'), frame.locator('#hint')];
      await person.waitFor('the text', async () =>
        ((await text.textContent()) ?? '').includes('║ ring 0           │ CR0.PE = 0        ║'),
      );
      assert.match((await hint.textContent()) ?? '', WORDS[language].free);
      await shoot('1-text');
      await frame.locator('#screen').click();
      assert.equal(await hint.textContent(), WORDS[language].captured);
      await shoot('2-captured');
      await workbench.page.keyboard.down('Control');
      await workbench.page.keyboard.down('Alt');
      await workbench.page.keyboard.up('Alt');
      await workbench.page.keyboard.up('Control');
      assert.match((await hint.textContent()) ?? '', WORDS[language].free);
    });

    it("the keys of VS Code are the guest's too, and a picture is sharp", async () => {
      const { person } = workbench;
      const frame = await guestPage(workbench);
      const canvas = frame.locator('#screen');
      await canvas.press('Enter'); // captures
      await workbench.page.keyboard.press('Escape');
      await person.waitFor(
        'the picture',
        async () => (await canvas.getAttribute('width')) === '320',
      );
      await workbench.page.waitForTimeout(300);
      await shoot('3-picture');
      const scale = await canvas.evaluate(
        (element) => (element.clientWidth * window.devicePixelRatio) / 320,
      );
      assert.equal(scale, Math.floor(scale));
      assert.equal(await frame.locator('#hint').textContent(), WORDS[language].captured);
    });

    it('a guest that ends leaves its picture, and the keyboard free', async () => {
      const { person } = workbench;
      const frame = await guestPage(workbench);
      await workbench.page.keyboard.press('Escape');
      const hint = frame.locator('#hint');
      await person.waitFor('the end', async () => (await hint.textContent()) === '');
      assert.match((await frame.locator('#state').textContent()) ?? '', WORDS[language].over);
      assert.equal(await frame.locator('#screen').getAttribute('width'), '320');
      await shoot('4-end');
    });
  });
}

if (canRunServer()) {
  series('en', 'dark');
  series('zh-cn', 'light');
}
