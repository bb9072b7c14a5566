import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canRunServer } from '../../scripts/vscode/install';
import { openPackedWorkbench, OUT, type PackedWorkbench } from './packed-workbench';

/** What a person does with the mouse and the keyboard, and no API can stand in for. */

const REGISTERS = /^Registers/i;
const TRANSLATION = /^Address Translation/i;
const EXITS = /^VM Exits/i;
const WATCH = /^Watch/i;

function handsSuite(): void {
  describe('by hand', function () {
    this.timeout(120_000);
    let workbench: PackedWorkbench;

    before(async () => {
      mkdirSync(OUT, { recursive: true });
      workbench = await openPackedWorkbench('en', 'dark');
    });

    afterEach(async function () {
      if (this.currentTest?.state !== 'failed') return;
      const name = this.currentTest.title.replace(/\W+/g, '-');
      await workbench.page.screenshot({ path: join(OUT, `failed-${name}.png`) });
      await workbench.page.keyboard.press('Escape'); // what is open would stand in the next one's way
    });

    after(() => workbench?.close());

    /** Leaves only one pane open, so that its rows have room. */
    const openOnly = async (pane: RegExp): Promise<void> => {
      const others = [
        WATCH,
        /^Variables/i,
        /^Breakpoints/i,
        /^Call Stack/i,
        REGISTERS,
        /^VMCS/i,
        TRANSLATION,
        EXITS,
      ];
      const { person } = workbench;
      await person.setPane(pane, true);
      for (const each of others) {
        if (each !== pane && (await person.sees(each))) await person.setPane(each, false);
      }
    };

    const rows = async (pane: RegExp, pattern: RegExp): Promise<void> => {
      const { person } = workbench;
      await person.waitFor(`a row ${String(pattern)}`, async () =>
        (await person.rowsOf(pane)).some((row) => pattern.test(row)),
      );
    };

    it('talks with the guest over its serial port', async () => {
      const { person, page } = workbench;
      await person.openFile('echo.asm');
      await person.stopAfter('F5', 'guest');
      await page.keyboard.press('F5');
      await person.command('Open Guest Terminal');
      const screen = page.locator('.terminal-wrapper.active .xterm-rows');
      await screen.waitFor();
      await page.locator('.terminal-wrapper.active .xterm').click();
      await page.keyboard.type('ring 0?');
      await person.waitFor('the echo', async () => /ring 0\?/.test(await screen.innerText()));
      await page.keyboard.type('q'); // the guest powers off
      await person.waitFor(
        'the end',
        async () => !(await page.locator('.codicon-debug-pause').first().isVisible()),
      );
    });

    it('goes back in time by the toolbar, the keyboard and a row of VM Exits', async () => {
      const { person, page, folder } = workbench;
      const source = readFileSync(join(folder, 'first-exits/kernel.asm'), 'utf8').split('\n');
      const out = source.findIndex((text) => /^\s+out dx, al/.test(text)) + 1;
      await person.openFile('first-exits/kernel.asm');
      await person.goToLine(out);
      await person.toggleBreakpoint();
      await person.stopAfter('F5', 'guest');
      await person.stopAfter('F5', 'guest');
      await person.stopAfter('F10', 'guest');
      const past = (): Promise<void> =>
        person.waitFor('the past', async () => /before the present/.test(await person.world()));
      await page.locator('.codicon-debug-step-back').first().click();
      await past();
      await openOnly(EXITS);
      await page.screenshot({ path: join(OUT, 'going-back.png') });
      await person.stopAfter('F10', 'guest');
      await rows(EXITS, /^#1 /);
      await person.chooseFromMenu(EXITS, /^#1 /, 'Go There');
      await person.waitFor('the monitor', async () => /VMM/.test(await person.world()));
      await past();
      await person.stopAfter('Alt+Shift+F11', 'guest');
      await page.screenshot({ path: join(OUT, 'going-back-to-an-exit.png') });
      await person.startCommand('Ringside: Go to Moment…');
      await page.getByRole('option', { name: /The present/ }).waitFor();
      await page.screenshot({ path: join(OUT, 'going-to-a-moment.png') });
      await page.getByRole('option', { name: /The present/ }).click();
      await person.waitFor('the present', async () => !/before/.test(await person.world()));
      await page.keyboard.press('Shift+F5');
      await page.locator('.codicon-debug-continue').first().waitFor({ state: 'hidden' });
      await person.command('Remove All Breakpoints'); // the next ones go on past it
      await page.locator('.codicon-debug-breakpoint').first().waitFor({ state: 'hidden' });
    });

    it('lets a guest run, is told so, and pauses it', async () => {
      const { person, page } = workbench;
      await person.openFile('loop.asm');
      await person.stopAfter('F5', 'guest');
      await openOnly(REGISTERS);
      await page.keyboard.press('F5');
      await person.waitForRunning();
      const told = page
        .locator('.part.sidebar .pane')
        .filter({ has: page.locator('.pane-header', { hasText: REGISTERS }) })
        .locator('.message', { hasText: 'The guest runs' });
      await told.waitFor();
      await page.keyboard.press('F6');
      await person.waitFor('a stop', async () => (await person.world()).startsWith('guest ·'));
      await told.waitFor({ state: 'hidden' });
      await page.keyboard.press('Shift+F5');
      await page.locator('.statusbar-item[id*="ringside.world"]').waitFor({ state: 'hidden' });
    });

    it('stops at CPUID, and sees values beside the lines and under the mouse', async () => {
      const { person, page, folder } = workbench;
      await person.openFile('first-exits/kernel.asm');
      const source = readFileSync(join(folder, 'first-exits/kernel.asm'), 'utf8').split('\n');
      await person.goToLine(source.findIndex((text) => /^\s+cpuid/.test(text)) + 1);
      await person.toggleBreakpoint();
      await person.stopAfter('F5', 'guest');
      await person.stopAfter('F5', 'guest');
      await person.stopAfter('F10', 'guest');
      const line = page.locator('.view-line', { hasText: /test\s+ecx,\s*ecx/ });
      await person.waitFor('the value beside the line', async () =>
        /ecx = 0xf6da3203/.test((await line.innerText()).replaceAll('\u00a0', ' ')),
      );
      await line.getByText('ecx', { exact: true }).first().hover();
      const hover = page.locator('.debug-hover-widget');
      await hover.waitFor();
      assert.match(await hover.innerText(), /0xf6da3203/);
    });

    it('adds a register to the watch expressions by its context menu', async () => {
      const { person } = workbench;
      await openOnly(REGISTERS);
      await person.chooseFromMenu(REGISTERS, /^rcx/, 'Add to Watch');
      await openOnly(WATCH);
      await rows(WATCH, /rcx.*0xf6da3203/);
    });

    it('filters the exits, sees which filter it is, and clears it', async () => {
      const { person } = workbench;
      await openOnly(EXITS);
      await rows(EXITS, /I\/O instruction/);
      await person.pressButton(EXITS, /Filter VM Exits/);
      await person.answer('cpuid');
      await person.waitFor('only CPUID', async () => {
        const shown = await person.rowsOf(EXITS);
        return shown.length > 0 && shown.every((row) => /CPUID/.test(row));
      });
      await person.pressButton(EXITS, /Clear Filter/);
      await rows(EXITS, /I\/O instruction/);
    });

    it('translates an address that is typed, one picked from a row, and the operand in the editor', async () => {
      const { person, page } = workbench;
      await openOnly(TRANSLATION);
      await person.pressButton(TRANSLATION, /Translate an Address/);
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'rip' }).waitFor();
      await person.answer('hello + 2');
      await rows(TRANSLATION, /^GVA 0x7[c-f][0-9a-f]{2} read, supervisor mode, from hello \+ 2$/);
      await rows(TRANSLATION, /^= HPA 0x[0-9a-f]+$/);
      await openOnly(REGISTERS);
      await person.chooseFromMenu(REGISTERS, /^rsp/, 'Translate This Address');
      await rows(TRANSLATION, /^GVA 0x7bf8 /);
      const operand = page.locator('.view-line', { hasText: /lea\s+rsi,\s+\[rel\s+virtual\]/ });
      await operand.getByText('virtual', { exact: true }).click({ button: 'right' });
      await person.chooseFromOpenMenu('Translate This Register or Operand');
      await rows(TRANSLATION, /^GVA 0x7[c-f][0-9a-f]{2} read, supervisor mode, from virtual$/);
    });

    it('edits a register in its row, and is told what is wrong with an expression', async () => {
      const { person, page } = workbench;
      await openOnly(REGISTERS);
      await person.chooseFromMenu(REGISTERS, /^rbx/, 'Edit Value');
      await person.answer('rax + 0x10');
      await rows(REGISTERS, /^rbx 0x306b9$/);
      await person.chooseFromMenu(REGISTERS, /^rbx/, 'Edit Value');
      await person.answer('no_such_name');
      const told = page.locator('.notification-toast', { hasText: 'no_such_name' });
      await told.waitFor();
    });

    it('shows memory as text where there is no hex editor', async () => {
      const { person, page } = workbench;
      await openOnly(REGISTERS);
      await person.chooseFromMenu(REGISTERS, /^rip/, 'Show in Memory');
      const text = page.locator('.editor-group-container.active .view-lines');
      await person.waitFor('a dump of memory', async () =>
        // CPUID has just been executed; TEST ECX, ECX is next.
        /0*7d72\s+85 c9/i.test((await text.innerText()).replaceAll('\u00a0', ' ')),
      );
    });

    it('opens the Disassembly view from the editor’s context menu', async () => {
      const { person, page } = workbench;
      await person.openFile('first-exits/kernel.asm');
      await page.locator('.view-line', { hasText: /test\s+ecx/ }).click({ button: 'right' });
      await person.chooseFromOpenMenu('Open Disassembly View');
      const view = page.locator('.disassembly-view');
      await person.waitFor('instructions', async () =>
        /test\s+ecx/.test((await view.innerText()).replaceAll('\u00a0', ' ')),
      );
    });
  });
}

if (canRunServer()) handsSuite();
