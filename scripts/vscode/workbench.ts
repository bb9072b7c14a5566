import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import type { Browser } from './chromium';

/** How long anything may take on a busy machine, in milliseconds. */
export const PATIENCE = 60_000;

export interface Workbench {
  readonly page: Page;
  close(): Promise<void>;
}

export interface WorkbenchOptions {
  readonly port: number;
  readonly folder: string;
  /** Pairs for the workbench's `payload`: development paths of extension and tests. */
  readonly payload?: readonly (readonly [string, string])[];
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly locale?: string;
  /** Called before the page loads, to expose functions to it. */
  readonly prepare?: (page: Page) => Promise<void>;
}

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Opens VS Code's workbench in a headless browser; a profile of its own, as webviews need one. */
export async function openWorkbench(browser: Browser, o: WorkbenchOptions): Promise<Workbench> {
  const profile = mkdtempSync(join(tmpdir(), 'ringside-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: browser.executable,
    args: ARGUMENTS,
    env: definedOnly({ ...process.env, ...browser.environment }),
    viewport: { width: o.width ?? 1600, height: o.height ?? 1000 },
    colorScheme: o.colorScheme ?? 'dark',
    locale: o.locale ?? 'en-US',
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(PATIENCE);
  await o.prepare?.(page);
  const query = new URLSearchParams({ folder: o.folder });
  if (o.payload) query.set('payload', JSON.stringify(o.payload));
  await page.goto(`http://127.0.0.1:${o.port}/?${query.toString()}`);
  return {
    page,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

function definedOnly(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}
