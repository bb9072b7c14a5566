import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { formTable } from '../../src/processor/decoder/forms';
import { assembleFirmware } from '../../src/firmware/assemble';
import { packed } from '../../src/firmware/packed';
import { ROMS } from '../../src/firmware/roms';
import { generateInterpreter } from '../../src/processor/interpreter/module';
import { representatives } from '../../src/processor/interpreter/slow-numbers';
import * as assets from './assets';
import { firmwareSources } from './firmware-files';
import { isMonitorFile, monitorSources, readWithSites } from './monitor-files';
import { sampleFiles } from './sample-files';

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

/** A module of JSON that is a file among the assets. */
const jsonAsset = (name: string, constant: string, make: () => object): Plugin => ({
  name,
  setup(build) {
    build.onResolve({ filter: new RegExp(`^ringside:${name}$`) }, () => ({
      path: name,
      namespace: name,
    }));
    build.onLoad({ filter: /.*/, namespace: name }, () => {
      const file = `${name}.json`;
      assets.put(build, file, JSON.stringify(make()));
      return {
        contents: `export const ${constant} = JSON.parse(new TextDecoder().decode(${assets.read(file)}));`,
        loader: 'js',
        resolveDir: __dirname,
      };
    });
  },
});

/** `ringside:monitor-sources`: the monitor's sources as text, to be read in the editor. */
export const monitorTexts = jsonAsset('monitor-sources', 'monitorSources', monitorSources);

/** `ringside:firmware-sources`: the firmware's sources as text, to be read in the editor. */
export const firmwareTexts = jsonAsset('firmware-sources', 'firmwareSources', firmwareSources);

/** `ringside:sample-files`: which files the samples consist of. */
export const sampleNames: Plugin = {
  name: 'sample-files',
  setup(build) {
    const namespace = 'sample-files';
    build.onResolve({ filter: /^ringside:sample-files$/ }, () => ({ path: namespace, namespace }));
    build.onLoad({ filter: /.*/, namespace }, () => ({
      contents: `export const sampleFiles = ${JSON.stringify(sampleFiles())};`,
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

/** iced-x86 reads its WebAssembly by Node's modules; here it is one of the assets. */
export const icedModule: Plugin = {
  name: 'iced-module',
  setup(build) {
    build.onLoad({ filter: /[\\/]iced-x86[\\/]iced_x86\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const loader = /const path = require\('path'\)[^\n]*\nconst bytes = [^\n]*\n/;
      const util = 'const { TextDecoder, TextEncoder } = require(`util`);';
      if (!loader.test(text) || !text.includes(util)) {
        throw new Error('the loader of iced-x86 is not the one that this plugin knows');
      }
      const file = 'iced_x86_bg.wasm';
      assets.put(build, file, await readFile(join(dirname(path), file)));
      const bytes = `const bytes = ${assets.read(file)};\n`;
      return {
        contents: text.replace(util, '').replace(loader, () => bytes),
        loader: 'js',
        resolveDir: dirname(path),
      };
    });
  },
};

/** The few Node modules that the suites in the browser ask for. */
export const browserShims: Plugin = {
  name: 'browser-shims',
  setup(build) {
    const shim = (filter: RegExp, file: string): void => {
      build.onResolve({ filter }, () => ({ path: resolve(__dirname, file) }));
    };
    shim(/^(node:)?assert(\/strict)?$/, 'shims/assert.ts');
    shim(/^(node:)?events$/, '../../src/vscode/web/event-emitter.ts');
  },
};

/** The interpreter, generated once here instead of at every start. */
export const prebuiltInterpreter: Plugin = {
  name: 'prebuilt-interpreter',
  setup(build) {
    build.onLoad({ filter: /[\\/]interpreter[\\/]prebuilt\.ts$/ }, () => {
      const { forms, hot, opcodes } = formTable();
      const data = { forms, hot, opcodes: [...opcodes], slowPaths: representatives(forms) };
      const file = 'interpreter.wasm';
      assets.put(build, file, generateInterpreter(forms, hot));
      return {
        contents: `
          // A text for JSON.parse is read faster than an expression.
          const data = JSON.parse(${JSON.stringify(JSON.stringify(data))});
          export const prebuilt = { ...data, wasm: ${assets.read(file)} };`,
        loader: 'js',
        resolveDir: __dirname,
      };
    });
  },
};

/** What is made of our own sources and of iced-x86. */
export const made: Plugin[] = [
  monitorSites,
  monitorTexts,
  firmwareTexts,
  sampleNames,
  prebuiltFirmware,
  icedModule,
  prebuiltInterpreter,
];
