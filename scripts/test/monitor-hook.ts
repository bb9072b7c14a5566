import Module from 'node:module';
import { transformSync } from 'esbuild';
import { isMonitorFile, monitorSources, readWithSites } from '../build/monitor-files';

/**
 * Gives unit tests, which run from the sources, what the build gives the product: the monitor's
 * operations know where they stand, and `ringside:monitor-sources` is there.
 */

const SOURCES = 'ringside:monitor-sources';

interface Loader {
  _load(request: string, parent: unknown, isMain: boolean): unknown;
  _extensions: Record<string, (module: Compilable, path: string) => void>;
}

interface Compilable {
  _compile(code: string, path: string): void;
}

const loader = Module as unknown as Loader;
const load = loader._load.bind(loader);
let sources: Record<string, string> | undefined;

loader._load = (request, parent, isMain) =>
  request === SOURCES
    ? { monitorSources: (sources ??= monitorSources()) }
    : load(request, parent, isMain);

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
