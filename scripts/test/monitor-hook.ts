import Module from 'node:module';
import { transformSync } from 'esbuild';
import { firmwareSources } from '../build/firmware-files';
import { isMonitorFile, monitorSources, readWithSites } from '../build/monitor-files';
import { sampleFiles } from '../build/sample-files';

/**
 * Gives unit tests, which run from the sources, what the build gives the product: the monitor's
 * operations know where they stand, and `ringside:monitor-sources` and the like are there.
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
  if (!isMonitorFile(path)) {
    plain?.(module, path);
    return;
  }
  const { code } = transformSync(readWithSites(path), {
    loader: 'ts',
    format: 'cjs',
    target: 'es2022',
    sourcefile: path,
    sourcemap: 'inline',
  });
  module._compile(code, path);
};
