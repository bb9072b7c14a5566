import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { packageExtension } from '../../scripts/package';
import { findChromium } from '../../scripts/vscode/chromium';
import { installServer } from '../../scripts/vscode/install';
import { Person } from '../../scripts/vscode/person';
import { startServer } from '../../scripts/vscode/server';
import { openWorkbench } from '../../scripts/vscode/workbench';
import { makeWorkspace, ROOT } from '../workbench/workspace-copy';

export type Language = 'en' | 'zh-cn';
export type Theme = 'dark' | 'light' | 'high-contrast';

const THEMES: Readonly<Record<Theme, string>> = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  'high-contrast': 'Default High Contrast',
};

export const OUT = join(ROOT, 'out/screenshots');

/** A real VS Code with the packed extension in it, open on a fresh copy of the samples. */
export interface PackedWorkbench {
  readonly page: Page;
  readonly person: Person;
  readonly folder: string;
  close(): Promise<void>;
}

/** Packed once for all suites of a run, which is told by its environment. */
let packed: Promise<string> | undefined;

function givenOrPacked(): Promise<string> {
  const given = process.env['RINGSIDE_VSIX'];
  return given === undefined ? packageExtension() : Promise.resolve(given);
}

/**
 * @param prepare what the folder has beside the samples
 * @param size of the window, in pixels
 */
export async function openPackedWorkbench(
  language: Language,
  theme: Theme,
  prepare: (folder: string) => void = () => undefined,
  size = { width: 1680, height: 1050 },
): Promise<PackedWorkbench> {
  const vsix = await (packed ??= givenOrPacked());
  const vscode = await installServer();
  const browser = await findChromium(vscode);
  const server = await startServer(vscode, {
    vsix,
    locale: language,
    settings: {
      'workbench.colorTheme': THEMES[theme],
      'editor.minimap.enabled': false,
      // Its text stands in the page then, not in a picture.
      'terminal.integrated.gpuAcceleration': 'off',
    },
  });
  const folder = makeWorkspace(`person-${theme}-${language}`);
  prepare(folder);
  const { page, close } = await openWorkbench(browser, {
    port: server.port,
    folder,
    colorScheme: theme === 'light' ? 'light' : 'dark',
    locale: language === 'en' ? 'en-US' : 'zh-CN',
    ...size,
  });
  const person = new Person(page);
  await person.waitForWorkbench();
  return {
    page,
    person,
    folder,
    close: async () => {
      await close();
      await server.stop();
    },
  };
}
