import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { formTable } from '../../src/processor/decoder/forms';
import { assembleFirmware } from '../../src/firmware/assemble';
import { packed } from '../../src/firmware/packed';
import { ROMS } from '../../src/firmware/roms';
import { generateInterpreter } from '../../src/processor/interpreter/module';
import { representatives } from '../../src/processor/interpreter/slow-numbers';
import { firmwareSources } from './firmware-files';
import { isMonitorFile, monitorSources, readWithSites } from './monitor-files';

/** The monitor knows where its operations stand. */
export const monitorSites: Plugin = {
  name: 'monitor-sites',
  setup(build) {
    build.onLoad({ filter: /[\\/]vmm[\\/].*\.ts$/ }, ({ path }) =>
      isMonitorFile(path)
        ? { contents: readWithSites(path), loader: 'ts', resolveDir: dirname(path) }
        : undefined,
    );
  },
};

/** `ringside:monitor-sources`: the monitor's sources as text, to be read in the editor. */
export const monitorTexts: Plugin = {
  name: 'monitor-texts',
  setup(build) {
    build.onResolve({ filter: /^ringside:monitor-sources$/ }, ({ path }) => ({
      path,
      namespace: 'ringside',
    }));
    build.onLoad({ filter: /:monitor-sources$/, namespace: 'ringside' }, () => ({
      contents: `export const monitorSources = ${JSON.stringify(monitorSources())};`,
      loader: 'js',
    }));
  },
};

/** `ringside:firmware-sources`: the firmware's sources as text, to be read in the editor. */
export const firmwareTexts: Plugin = {
  name: 'firmware-texts',
  setup(build) {
    build.onResolve({ filter: /^ringside:firmware-sources$/ }, ({ path }) => ({
      path,
      namespace: 'ringside',
    }));
    build.onLoad({ filter: /:firmware-sources$/, namespace: 'ringside' }, () => ({
      contents: `export const firmwareSources = ${JSON.stringify(firmwareSources())};`,
      loader: 'js',
    }));
  },
};

/** The firmware, assembled once here instead of at every start. */
export const prebuiltFirmware: Plugin = {
  name: 'prebuilt-firmware',
  setup(build) {
    build.onLoad({ filter: /[\\/]firmware[\\/]prebuilt\.ts$/ }, async () => {
      const sources = firmwareSources();
      const roms = await Promise.all(
        ROMS.map(async (rom) => packed(await assembleFirmware(rom, sources))),
      );
      return { contents: `export const prebuilt = ${JSON.stringify(roms)};`, loader: 'js' };
    });
  },
};

/** iced-x86 reads its WebAssembly by Node's modules; in a browser it has it built in. */
export const icedInBrowser: Plugin = {
  name: 'iced-in-browser',
  setup(build) {
    build.onLoad({ filter: /[\\/]iced-x86[\\/]iced_x86\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const loader = /const path = require\('path'\)[^\n]*\nconst bytes = [^\n]*\n/;
      const util = 'const { TextDecoder, TextEncoder } = require(`util`);';
      if (!loader.test(text) || !text.includes(util)) {
        throw new Error('the loader of iced-x86 is not the one that this plugin knows');
      }
      return {
        contents: text
          .replace(util, '')
          .replace(loader, `const bytes = require('./iced_x86_bg.wasm');\n`),
        loader: 'js',
        resolveDir: dirname(path),
      };
    });
  },
};

/** The few Node modules that `@vscode/debugadapter` asks for. */
export const browserShims: Plugin = {
  name: 'browser-shims',
  setup(build) {
    build.onResolve(
      { filter: /^(node:)?(events|url|net|assert(\/strict)?|fs|path)$/ },
      ({ path }) => ({
        path: resolve(__dirname, 'shims', `${path.replace(/^node:|\/strict$/g, '')}.ts`),
      }),
    );
  },
};

/** The interpreter, generated once here instead of at every start. */
export const prebuiltInterpreter: Plugin = {
  name: 'prebuilt-interpreter',
  setup(build) {
    build.onLoad({ filter: /[\\/]interpreter[\\/]prebuilt\.ts$/ }, () => {
      const { forms, hot, opcodes } = formTable();
      const data = { forms, hot, opcodes: [...opcodes], slowPaths: representatives(forms) };
      const wasm = Buffer.from(generateInterpreter(forms, hot)).toString('base64');
      return {
        contents: `
          const decode = (text) => {
            const raw = atob(text);
            const bytes = new Uint8Array(raw.length);
            for (let n = 0; n < raw.length; n++) bytes[n] = raw.charCodeAt(n);
            return bytes;
          };
          // A text for JSON.parse is read faster than an expression.
          const data = JSON.parse(${JSON.stringify(JSON.stringify(data))});
          export const prebuilt = { ...data, wasm: decode(${JSON.stringify(wasm)}) };`,
        loader: 'js',
      };
    });
  },
};
