import type { Page } from 'playwright-core';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageExtension } from '../../scripts/package';
import { step } from '../../scripts/progress';
import { findChromium, type Browser } from '../../scripts/vscode/chromium';
import { installServer, type VsCodeServer } from '../../scripts/vscode/install';
import { Person } from '../../scripts/vscode/person';
import { startServer } from '../../scripts/vscode/server';
import { openWorkbench } from '../../scripts/vscode/workbench';
import { makeWorkspace, ROOT } from './workspace-copy';

/**
 * `npm run screenshots`: what a person sees in the guest and in the monitor, in a light and a dark theme,
 * in English and Chinese, from the packed extension. Into out/screenshots.
 */

const FOLDER = join(ROOT, 'out/screenshots');

const PANES = {
  en: {
    registers: /^Registers/i,
    vmcs: /^VMCS/i,
    translation: /^Address Translation/i,
    exits: /^VM Exits/i,
    others: [/^Watch/i, /^Breakpoints/i, /^Variables/i],
    stack: /^Call Stack/i,
  },
  'zh-cn': {
    registers: /^寄存器/,
    vmcs: /^VMCS/i,
    translation: /^地址转换/,
    exits: /^VM 退出/,
    others: [/^监视|^Watch/i, /^断点|^Breakpoints/i, /^变量|^Variables/i],
    stack: /^调用堆栈|^Call Stack/i,
  },
} as const;

type Language = keyof typeof PANES;

export async function takeScreenshots(vscode: VsCodeServer, browser: Browser): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const vsix = await packageExtension();
  for (const language of ['en', 'zh-cn'] as const) {
    for (const theme of ['dark', 'light'] as const) {
      await step(`screenshots: ${theme}, ${language}`, () =>
        series(vscode, browser, vsix, language, theme),
      );
    }
  }
}

async function series(
  vscode: VsCodeServer,
  browser: Browser,
  vsix: string,
  language: Language,
  theme: 'dark' | 'light',
): Promise<void> {
  const server = await startServer(vscode, {
    vsix,
    locale: language,
    settings: {
      'workbench.colorTheme': theme === 'dark' ? 'Default Dark Modern' : 'Default Light Modern',
      'debug.toolBarLocation': 'docked',
      'editor.minimap.enabled': false,
    },
  });
  const folder = makeWorkspace('screenshots');
  const { page, close } = await openWorkbench(browser, {
    port: server.port,
    folder,
    colorScheme: theme,
    locale: language === 'en' ? 'en-US' : 'zh-CN',
    width: 1680,
    height: 1050,
  });
  const panes = PANES[language];
  const person = new Person(page);
  const only = async (...open: RegExp[]): Promise<void> => {
    const all = [panes.registers, panes.vmcs, panes.translation, panes.exits, panes.stack];
    for (const pane of [...panes.others, ...all]) await person.setPane(pane, false);
    for (const pane of open) await person.setPane(pane, true);
    await page.waitForTimeout(600);
  };
  const shoot = (name: string): Promise<unknown> =>
    page.screenshot({ path: join(FOLDER, `${name}-${theme}-${language}.png`) });
  try {
    await person.waitForWorkbench();
    await person.openFile('first-exits/kernel.asm');
    const source = readFileSync(join(folder, 'first-exits/kernel.asm'), 'utf8').split('\n');
    const line = source.findIndex((text) => /^\s+cpuid/.test(text)) + 1;
    await person.goToLine(line);
    await person.toggleBreakpoint();
    await person.stopAfter('F5', 'guest');
    await person.stopAfter('F5', 'guest');
    await page.locator('.part.sidebar').hover();
    await widenSidebar(page);
    await only(panes.registers, panes.stack);
    await shoot('1-guest-registers');
    await person.stopAfter('F11', 'monitor');
    await person.stopAfter('F10', 'monitor');
    await only(panes.vmcs, panes.stack);
    await shortenCallStack(page);
    await shoot('2-monitor-vmcs');
    await only(panes.exits);
    await shoot('3-monitor-exits');
    await person.stopAfter('Shift+F11', 'guest');
    await only(panes.translation);
    await shoot('4-guest-translation');
    await only(panes.registers);
    await shoot('5-guest-after-exit');
  } catch (error) {
    await shoot('failed');
    throw error;
  } finally {
    await close();
    await server.stop();
  }
}

/** Gives the views below the call stack the room that it does not need. */
async function shortenCallStack(page: Page): Promise<void> {
  const panes = page.locator('.part.sidebar .pane-header');
  const next = await panes.nth(3).boundingBox();
  if (!next) return;
  await page.mouse.move(next.x + next.width / 2, next.y);
  await page.mouse.down();
  await page.mouse.move(next.x + next.width / 2, 260, { steps: 8 });
  await page.mouse.up();
  await page.mouse.move(900, 700);
  await page.waitForTimeout(600);
}

/** The views have much to say: a person would drag the sash, too. */
async function widenSidebar(page: Page): Promise<void> {
  const box = await page.locator('.part.sidebar').boundingBox();
  if (!box) return;
  await page.mouse.move(box.x + box.width, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(620, box.y + box.height / 2, { steps: 8 });
  await page.mouse.up();
}

if (require.main === module) {
  const main = async (): Promise<void> => {
    const vscode = await installServer();
    await takeScreenshots(vscode, await findChromium(vscode));
  };
  main().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
      process.exit(1);
    },
  );
}
