import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { sep } from 'node:path';
import { transformSync } from 'esbuild';
import { firmwareSources } from '../build/firmware-files';
import {
  isMonitorFile,
  monitorSources,
  readWithSites,
  SOURCE_FOLDER,
} from '../build/monitor-files';
import { sampleFiles } from '../build/sample-files';

/**
 * Gives unit tests, which run from the sources, what the build gives the product: the monitor's
 * operations know where they stand, `ringside:monitor-sources` and the like are there, and what a module
 * takes from another one costs next to nothing.
 */

/** Modules that the build makes, by their names; each is made when it is first asked for. */
const MADE: Record<string, () => object> = {
  'ringside:monitor-sources': () => ({ monitorSources: monitorSources() }),
  'ringside:firmware-sources': () => ({ firmwareSources: firmwareSources() }),
  'ringside:sample-files': () => ({ sampleFiles: sampleFiles() }),
};

interface Loader {
  _load(request: string, parent: unknown, isMain: boolean): unknown;
  _extensions: Record<string, (module: Compilable, path: string) => void>;
}

interface Compilable {
  _compile(code: string, path: string): void;
}

const loader = Module as unknown as Loader;
const load = loader._load.bind(loader);
const made = new Map<string, object>();

loader._load = (request, parent, isMain) => {
  const make = MADE[request];
  if (!make) return load(request, parent, isMain);
  const module = made.get(request) ?? make();
  made.set(request, module);
  return module;
};

const plain = loader._extensions['.ts'] ?? loader._extensions['.js'];
loader._extensions['.ts'] = (module, path) => {
  const code = path.startsWith(SOURCE_FOLDER + sep) ? compiled(path) : undefined;
  if (code === undefined) plain?.(module, path);
  else module._compile(code, path);
};

/** What only modules have that are loaded by `import`. */
const OF_MODULES = /\bimport(\.meta|\()/;

/** Undefined for what must be loaded as a module. */
function compiled(path: string): string | undefined {
  const text = isMonitorFile(path) ? readWithSites(path) : readFileSync(path, 'utf8');
  if (OF_MODULES.test(text)) return undefined;
  const { code } = transformSync(text, {
    loader: 'ts',
    format: 'cjs',
    target: 'es2022',
    sourcefile: path,
    sourcemap: 'inline',
  });
  return withoutCopy(code);
}

/**
 * Lets a module give its exports themselves. The compiler makes an object of them, and gives a copy with a getter for
 * each: the tests were half as fast again by these.
 */
function withoutCopy(code: string): string {
  const give = /^module\.exports = __toCommonJS\((\w+)\);$/m;
  const itself = 'module.exports = __defProp($1, "__esModule", { value: true });';
  return code.replace(give, itself);
}
