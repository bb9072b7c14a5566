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

/**
 * What a person sees in the guest and in the monitor, in a light and a dark theme, in English and
 * Chinese, from the packed extension: each scene is read from the page, then shot into out/screenshots.
 */

const PANES = {
  en: {
    registers: /^Registers/i,
    vmcs: /^VMCS/i,
    translation: /^Address Translation/i,
    tlb: /^TLB/i,
    exits: /^VM Exits/i,
    others: [/^Watch/i, /^Breakpoints/i, /^Variables/i],
    stack: /^Call Stack/i,
  },
  'zh-cn': {
    registers: /^寄存器/,
    vmcs: /^VMCS/i,
    translation: /^地址转换/,
    tlb: /^TLB/i,
    exits: /^VM 退出/,
    others: [/^监视|^Watch/i, /^断点|^Breakpoints/i, /^变量|^Variables/i],
    stack: /^调用堆栈|^Call Stack/i,
  },
} as const;

/** What the rows say in the reader's language. */
const WORDS = {
  en: {
    guest: /^guest · ring 0 · 64-bit mode · VMX non-root$/,
    exit: /VM exit \d+: CPUID \(leaf 0x1\)/,
    why: /^Why we are here 10: CPUID$/,
    output: /^#\d+ I\/O instruction .*OUT .*0x3f8/,
    tlb: /^Guest, supervisor mode \d+ entries, VPID 1$/,
    pageWalk: 'Show Page Walk',
  },
  'zh-cn': {
    guest: /^客户机 · ring 0 · 64 位模式 · VMX 非根模式$/,
    exit: /VM 退出 \d+：CPUID（功能号 0x1）/,
    why: /^本次 VM 退出的原因 10：CPUID$/,
    output: /^#\d+ I\/O 指令 .*OUT .*0x3f8/,
    tlb: /^客户机，管理态 \d+ 项，VPID 1$/,
    pageWalk: '显示页表遍历',
  },
} as const;

const has = (rows: readonly string[], pattern: RegExp): void => {
  assert.ok(
    rows.some((row) => pattern.test(row.replaceAll('\n', ' '))),
    `${String(pattern)} among:\n${rows.join('\n')}`,
  );
};

/** The page of the page walk, which lies in frames of VS Code's. */
async function walkPage({ page, person }: PackedWorkbench): Promise<Frame> {
  let found: Frame | undefined;
  await person.waitFor('the page of the page walk', async () => {
    for (const frame of page.frames()) {
      const cells = await frame
        .locator('main svg.walk .cell')
        .count()
        .catch(() => 0);
      if (cells > 0) found = frame;
    }
    return found !== undefined;
  });
  assert.ok(found);
  return found;
}

function series(language: Language, theme: Theme): void {
  describe(`what a person sees: ${theme}, ${language}`, function () {
    this.timeout(240_000);
    const panes = PANES[language];
    const words = WORDS[language];
    let workbench: PackedWorkbench;

    before(async () => {
      mkdirSync(OUT, { recursive: true });
      workbench = await openPackedWorkbench(language, theme);
      const { person, folder, page } = workbench;
      await person.openFile('first-exits/kernel.asm');
      const source = readFileSync(join(folder, 'first-exits/kernel.asm'), 'utf8').split('\n');
      await person.goToLine(source.findIndex((text) => /^\s+cpuid/.test(text)) + 1);
      await person.toggleBreakpoint();
      await person.stopAfter('F5', 'guest');
      await person.stopAfter('F5', 'guest');
      await page.locator('.part.sidebar').hover();
      await person.widenSidebar();
    });

    afterEach(async function () {
      if (this.currentTest?.state === 'failed') await shoot('failed');
    });

    after(() => workbench?.close());

    const shoot = (name: string): Promise<unknown> =>
      workbench.page.screenshot({ path: join(OUT, `${name}-${theme}-${language}.png`) });

    /** Opens just these panes, and gives the rows of the first. */
    const look = async (...open: RegExp[]): Promise<string[]> => {
      const { registers, vmcs, translation, tlb, exits, stack } = panes;
      const all = [registers, vmcs, translation, tlb, exits, stack];
      for (const pane of [...panes.others, ...all]) {
        if (!open.includes(pane)) await workbench.person.setPane(pane, false);
      }
      for (const pane of open) await workbench.person.setPane(pane, true);
      const [first] = open;
      assert.ok(first);
      await workbench.person.waitFor(
        'rows',
        async () => (await workbench.person.rowsOf(first)).length > 3,
      );
      return workbench.person.rowsOf(first);
    };

    it('the guest before CPUID: its world and its registers', async () => {
      const rows = await look(panes.registers, panes.stack);
      await shoot('1-guest-registers');
      assert.match(await workbench.person.world(), words.guest);
      has(rows, /^rip .*0x7d70 <ask_the_processor\+0x7> · .*0xffff800000001000$/);
      has(await workbench.person.rowsOf(panes.stack), /^long_mode\+0x2a .*kernel\.asm/);
    });

    it('the monitor after CPUID: its source, how control came there, and the VMCS', async () => {
      const { person } = workbench;
      await person.stopAfter('F11', 'monitor');
      await person.stopAfter('F10', 'monitor');
      await person.stopAfter('F10', 'monitor');
      const rows = await look(panes.vmcs, panes.stack);
      await shoot('2-monitor-vmcs');
      assert.match(await person.world(), words.exit);
      const stack = (await person.rowsOf(panes.stack)).map((row) => row.replaceAll('\n', ' '));
      assert.match(stack[0] ?? '', /^handleCpuid .*cpuid\.ts/);
      assert.match(stack[1] ?? '', /^handleExit .*vtx\.ts/);
      assert.match(stack[2] ?? '', words.exit);
      assert.match(stack[3] ?? '', /^ask_the_processor\+0x7 .*kernel\.asm/);
      has(rows, words.why);
      has(rows, /^Exit reason 0xa CPUID$/);
      has(rows, /^VM-exit instruction length 0x2$/);
      assert.match(await person.lineOfStop(), /yield guestRegister\(0\)/);
    });

    it('the trace of VM exits, newest first', async () => {
      const rows = await look(panes.exits);
      await shoot('3-monitor-exits');
      assert.match((rows[0] ?? '').replaceAll('\n', ' '), /^#\d+ CPUID .*ask_the_processor\+0x7/);
      has(rows, words.output);
    });

    it('the guest after CPUID: how its address is translated', async () => {
      await workbench.person.stopAfter('Shift+F11', 'guest');
      const rows = await look(panes.translation);
      await shoot('4-guest-translation');
      has(rows, /^GVA 0x7d72 /);
      has(rows, /^PML4E\[0\] 0x11023 .*GPA 0x11000$/);
      has(rows, /^= GPA 0x7d72$/);
      has(rows, /^= HPA 0x[0-9a-f]+d72$/);
      has(rows, / 19$/); // 3 levels of 5 references, and 4 of the page itself
    });

    it('the guest after CPUID: what the TLB holds', async () => {
      const rows = await look(panes.tlb);
      await shoot('6-guest-tlb');
      has(rows, words.tlb);
      has(rows, /^0x7000 R?W?X → HPA 0x[0-9a-f]+000$/);
    });

    it('the guest after CPUID: what has changed', async () => {
      const rows = await look(panes.registers);
      await shoot('5-guest-after-exit');
      has(rows, /^rcx 0xf6da3203$/);
      assert.equal(await workbench.person.isMarked(panes.registers, /^rcx/), true);
      assert.equal(await workbench.person.isMarked(panes.registers, /^rsi/), false);
      assert.match(await workbench.person.lineOfStop(), /test ecx, ecx.*ecx = 0xf6da3203/);
    });

    it('the guest after CPUID: the same walk as a picture, which is walked by keys', async () => {
      const { person, page } = workbench;
      await person.command(words.pageWalk);
      const frame = await walkPage(workbench);
      const detail = (): Promise<string> => frame.locator('.detail').innerText();
      assert.equal(await frame.locator('svg.walk .cell').count(), 19);
      assert.match(await frame.locator('.verdict').innerText(), /GPA 0x7d72 = HPA 0x[0-9a-f]+d72/);
      await frame.evaluate(axe.source);
      const { violations } = await frame.evaluate(() =>
        (globalThis as unknown as { axe: typeof axe }).axe.run(),
      );
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join()}`);
      assert.deepEqual(found, []);
      await frame.locator('.cell').first().focus();
      for (let n = 0; n < 5; n++) await page.keyboard.press('PageDown');
      assert.equal(await frame.locator('.cell:not(.unlit)').count(), 5);
      assert.match(await detail(), /^PML4E\[0\]/);
      await shoot('7-guest-page-walk');
      await page.keyboard.press('ArrowRight');
      assert.match(await detail(), /^PDPTE\[0\]/);
    });
  });
}

if (canRunServer()) {
  for (const language of ['en', 'zh-cn'] as const) {
    for (const theme of ['dark', 'light'] as const) series(language, theme);
  }
}
