import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { findChromium } from './vscode/chromium';
import { installServer } from './vscode/install';

const MEDIA = resolve(__dirname, '../media');
const SIZE = 256;

/** Draws media/icon.png from media/icon.svg. */
async function main(): Promise<void> {
  const { executable, environment } = await findChromium(await installServer());
  const browser = await chromium.launch({
    executablePath: executable,
    args: ['--no-sandbox', '--disable-gpu'],
    env: { ...(process.env as Record<string, string>), ...environment },
  });
  const page = await browser.newPage({ viewport: { width: SIZE, height: SIZE } });
  const svg = readFileSync(join(MEDIA, 'icon.svg'), 'utf8');
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${SIZE}px}</style>${svg}`);
  await page.screenshot({ path: join(MEDIA, 'icon.png'), omitBackground: true });
  await browser.close();
}

void main();
