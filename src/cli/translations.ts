import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as l10n from '@vscode/l10n';
import type { Translations } from '../adapter/adapter';
import { usageError } from './errors';

/** Where the localisation bundles lie, beside the built command line. */
const BUNDLES = resolve(__dirname, '..', 'l10n');

/** `bundle.l10n.zh-cn.json`; English needs none. */
export async function translationsOf(locale: string): Promise<Translations | undefined> {
  if (!/^[a-z]{2,3}(-[a-z0-9]+)*$/.test(locale)) return undefined;
  try {
    const text = await readFile(resolve(BUNDLES, `bundle.l10n.${locale}.json`), 'utf8');
    return JSON.parse(text) as Translations;
  } catch {
    return undefined;
  }
}

/** Speaks another language from now on. @throws UsageError for one that it does not know */
export async function speak(locale: string): Promise<void> {
  if (locale === 'en') return;
  const contents = await translationsOf(locale.toLowerCase());
  if (!contents) throw usageError(`--locale ${locale}: no such translation (en, zh-cn)`);
  l10n.config({ contents: { ...contents } });
}
