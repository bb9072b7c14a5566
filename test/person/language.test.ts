import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canRunServer } from '../../scripts/vscode/install';
import {
  openPackedWorkbench,
  OUT,
  type Language,
  type PackedWorkbench,
  type Theme,
} from './packed-workbench';

/** What a person sees who writes assembly: colours, hovers, completions, errors; read from the page and shot. */
function series(language: Language, theme: Theme): void {
  describe(`writing assembly: ${theme}, ${language}`, function () {
    this.timeout(240_000);
    let workbench: PackedWorkbench;
    let lines: string[];

    before(async () => {
      mkdirSync(OUT, { recursive: true });
      workbench = await openPackedWorkbench(language, theme);
      const { person, folder } = workbench;
      await person.openFile('rings/kernel.asm');
      lines = readFileSync(join(folder, 'rings/kernel.asm'), 'utf8').split('\n');
      // The colours come when the service is there.
      await workbench.page.waitForTimeout(2500);
    });

    after(() => workbench?.close());

    const shoot = (name: string): Promise<unknown> =>
      workbench.page.screenshot({ path: join(OUT, `language-${name}-${theme}-${language}.png`) });

    /** Puts the cursor on a word and asks for its hover by keys. */
    async function hover(line: string, word: string): Promise<string> {
      const { page, person } = workbench;
      const number = lines.findIndex((text) => text.includes(line));
      assert.ok(number >= 0, line);
      await person.goToLine(number + 1);
      await page.keyboard.press('Home');
      await page.keyboard.press('Home');
      const column = (lines[number] ?? '').indexOf(word);
      for (let i = 0; i <= column; i++) await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Control+K');
      await page.keyboard.press('Control+I');
      const shown = page.locator('.monaco-hover:not(.hidden) .hover-contents');
      await shown.first().waitFor();
      await page.waitForTimeout(300);
      return (await shown.allInnerTexts()).join('\n');
    }

    it('colours names', async () => {
      await workbench.person.goToLine(60);
      await workbench.page.waitForTimeout(500);
      await shoot('1-colours');
    });

    it('explains an instruction', async () => {
      assert.match(await hover('mov cr0, eax', 'mov'), /MOV/);
      await shoot('2-instruction');
      await workbench.page.keyboard.press('Escape');
      assert.match(await hover('lgdt [gdt_pointer]', 'lgdt'), /46/);
      await shoot('3-lgdt');
      await workbench.page.keyboard.press('Escape');
    });

    it('explains a register and a name', async () => {
      assert.match(await hover('mov eax, cr4', 'eax'), /RAX|rax/);
      await shoot('4-register');
      await workbench.page.keyboard.press('Escape');
      assert.match(await hover('mov eax, cr4', 'cr4'), /PAE/);
      await shoot('5-control-register');
      await workbench.page.keyboard.press('Escape');
      assert.match(await hover('jmp CODE32:protected', 'protected'), /0x7c/);
      await shoot('6-label');
      await workbench.page.keyboard.press('Escape');
    });

    it('leaves names to the debugger while a guest is stopped, and mnemonics to the language', async () => {
      const { page, person } = workbench;
      const point = async (line: string, word: string): Promise<void> => {
        await page.mouse.move(1500, 900);
        await page.waitForTimeout(500);
        const row = page.locator('.view-line').filter({ hasText: line }).first();
        await row.locator(`span > span:text-is("${word}")`).first().hover();
      };
      await person.stopAfter('F5', 'guest');
      await point('mov sp, STACK_TOP', 'sp');
      const values = page.locator('.debug-hover-widget');
      await values.waitFor({ state: 'visible' });
      assert.match(await values.innerText(), /0x/);
      await shoot('9-while-debugging');
      await point('lgdt [gdt_pointer]', 'lgdt');
      const words = page.locator('.monaco-hover:not(.hidden) .hover-contents');
      await words.first().waitFor();
      assert.match((await words.allInnerTexts()).join(), /LGDT/);
      await page.keyboard.press('Shift+F5');
      await page.waitForTimeout(1500);
    });

    it('completes, and shows an error', async () => {
      const { page, person } = workbench;
      await person.goToLine(lines.findIndex((text) => text.includes('lgdt [gdt_pointer]')) + 1);
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await page.keyboard.type('sg', { delay: 80 });
      await page.locator('.suggest-widget .monaco-list-row').first().waitFor();
      await page.waitForTimeout(800);
      await shoot('7-completion');
      await page.keyboard.press('Escape');
      await page.keyboard.type('td eax', { delay: 80 });
      await page.locator('.squiggly-error').first().waitFor();
      await page.keyboard.press('F8');
      await page.waitForTimeout(800);
      await shoot('8-error');
    });
  });
}

if (canRunServer()) {
  series('en', 'dark');
  series('zh-cn', 'light');
}
