import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { step } from '../progress';
import { cacheFolder, type VsCodeServer } from './install';

export interface Browser {
  readonly executable: string;
  readonly environment: Record<string, string>;
}

const INSTALLED = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser'];

/** A Chromium: RINGSIDE_CHROMIUM, else the one from npm, unpacked; else one that is installed. */
export async function findChromium(server: VsCodeServer): Promise<Browser> {
  const chosen = process.env.RINGSIDE_CHROMIUM;
  if (chosen !== undefined) return { executable: chosen, environment: {} };
  const unpacked = withFonts(await unpack(server.chromiumPackage), server);
  if (starts(unpacked)) return unpacked;
  for (const executable of INSTALLED) {
    const browser = { executable, environment: {} };
    if (starts(browser)) return browser;
  }
  throw new Error('no Chromium starts here; set RINGSIDE_CHROMIUM to one that does');
}

/** Fonts of the system, and those from npm where the system has too few. */
function withFonts({ executable, environment }: Browser, server: VsCodeServer): Browser {
  const file = join(cacheFolder(), 'fonts.conf');
  const folders = [server.chineseFonts, join(cacheFolder(), 'chromium/fonts')];
  writeFileSync(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
${folders.map((folder) => `<dir>${folder}</dir>`).join('\n')}
<cachedir>${join(cacheFolder(), 'font-cache')}</cachedir></fontconfig>\n`,
  );
  return { executable, environment: { ...environment, FONTCONFIG_FILE: file } };
}

function starts({ executable, environment }: Browser): boolean {
  const options = { env: { ...process.env, ...environment }, timeout: 60_000 };
  return spawnSync(executable, ['--version'], options).status === 0;
}

async function unpack(chromiumPackage: string): Promise<Browser> {
  const folder = join(cacheFolder(), 'chromium');
  const executable = join(folder, 'chromium');
  const libraries = join(folder, 'lib');
  if (!existsSync(executable)) {
    await step('  unpacking Chromium', async () => {
      mkdirSync(folder, { recursive: true });
      const read = (name: string): Buffer =>
        brotliDecompressSync(readFileSync(join(chromiumPackage, 'bin', name)));
      for (const archive of ['al2023.tar.br', 'swiftshader.tar.br', 'fonts.tar.br']) {
        const tar = spawnSync('tar', ['xf', '-', '-C', folder], { input: read(archive) });
        if (tar.status !== 0) throw new Error(`tar: ${tar.stderr.toString()}`);
      }
      writeFileSync(`${executable}.new`, read('chromium.br'));
      chmodSync(`${executable}.new`, 0o755);
      renameSync(`${executable}.new`, executable);
    });
  }
  // Its own copies of nspr, nss and expat only where the system has none.
  const plain = { executable, environment: {} };
  if (starts(plain)) return plain;
  return { executable, environment: { LD_LIBRARY_PATH: libraries } };
}
